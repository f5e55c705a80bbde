"""Settings: documented as they are, and refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.ingest.extractors import extractor_maker
from app.settings import PREFIX, Settings, SettingsError, load_settings

README = Path(__file__).parent.parent / "README.md"


def test_readme_documents_every_setting_with_its_meaning_and_default() -> None:
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*) \|$", README.read_text(encoding="utf-8"), re.M)
    documented = {name.lower(): (default.strip("`"), meaning) for name, default, meaning in rows}
    fields = Settings.model_fields
    shown = {name: "none" if f.default is None else str(f.default) for name, f in fields.items()}
    shown["seeds"] = "the `seeds` that come with it"
    assert documented == {name: (shown[name].strip("`"), f.description) for name, f in fields.items()}


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "eighty", "0 to 65535"),
        ("PORT", "70000", "0 to 65535"),
        ("LOG_LEVEL", "loud", "'debug'"),
        ("DATABASE_URL", "nonsense", "sqlite:///"),
        ("DATABASE_URL", "sqlite://", "sqlite:///"),
        ("DRAIN_SECONDS", "-1", "0 to 600"),
        ("EXTRACTOR", "gpt", "'entente' or 'llm'"),
        ("LLM_URL", "localhost:8080/v1", "http://"),
        ("LLM_URL", "http:///v1", "http://"),
    ],
)
def test_bad_value_is_refused_with_name_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(f"ENTENTE_{name}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert f"ENTENTE_{name} is {value!r}" in str(refused.value)
    assert allowed in str(refused.value)


def test_what_the_command_line_says_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_PORT", "8001")
    assert (load_settings().port, load_settings(port=8002).port, load_settings(port=None).port) == (8001, 8002, 8001)


def test_key_is_not_shown_where_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTENTE_LLM_KEY", "sk 1234")
    with pytest.raises(SettingsError, match="ENTENTE_LLM_KEY") as refused:
        load_settings()
    assert "1234" not in str(refused.value)
    monkeypatch.setenv("ENTENTE_LLM_KEY", "sk-1234")
    assert "1234" not in repr(load_settings())


@pytest.mark.parametrize("missing", ["LLM_URL", "LLM_MODEL"])
def test_setting_that_the_language_model_needs_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given = {"EXTRACTOR": "llm", "LLM_URL": "http://127.0.0.1:9/v1", "LLM_MODEL": "small"}
    for name, value in given.items():
        if name != missing:
            monkeypatch.setenv(f"ENTENTE_{name}", value)
    with pytest.raises(SettingsError, match=f"ENTENTE_{missing} is not set"):
        extractor_maker(load_settings())
