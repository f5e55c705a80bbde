"""Settings: documented as they are, and refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.settings import PREFIX, Settings, SettingsError, load_settings

README = Path(__file__).parent.parent / "README.md"


def test_readme_documents_every_setting_with_its_meaning_and_default() -> None:
    rows = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.*?) \| (.*) \|$", README.read_text(encoding="utf-8"), re.M)
    documented = {name.lower(): (default.strip("`"), meaning) for name, default, meaning in rows}
    fields = Settings.model_fields
    shown = {name: "the `seeds` that come with it" if name == "seeds" else str(f.default) for name, f in fields.items()}
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
