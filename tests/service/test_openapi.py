"""The specification as others use it: a linter that knows OpenAPI, and a client that is generated from it."""

from __future__ import annotations

import compileall
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.test_serve import serving, wait_until_ready

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
CHECKS = ROOT / "tests" / "openapi"
SPECTRAL = CHECKS / "node_modules" / ".bin" / "spectral"
GENERATOR = ROOT / ".venv" / "tools" / "bin" / "openapi-python-client"

READING = """
from made import Client
from made.api.commitments import get_commitment, list_commitments
from made.api.search import search_articles

client = Client(base_url={address!r})
page = list_commitments.sync(client=client, country=["BY"], limit=200)
first = page.items[0]
assert get_commitment.sync(first.id, client=client) == first
assert {{party.country for party in first.parties}} >= {{"BY"}}
assert first.evidence[0].quote
assert search_articles.sync(client=client, q="military").items[0].article.id == first.article
print(len(page.items))
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service is, with the seed article loaded, so that the examples are in the specification."""
    with serving(tmp_path_factory.mktemp("openapi") / "store.db") as (_, client):
        wait_until_ready(client)
        yield str(client.base_url)


@pytest.fixture(scope="module")
def specification(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import httpx

    kept = tmp_path_factory.mktemp("specification") / "openapi.json"
    kept.write_bytes(httpx.get(f"{address}/openapi.json").content)
    return kept


@pytest.mark.skipif(not SPECTRAL.exists(), reason="no Spectral: make check-slow installs it where there is npm")
def test_specification_lints_clean(specification: Path) -> None:
    command: list[str | Path] = [
        SPECTRAL,
        "lint",
        "--fail-severity",
        "hint",
        "--ruleset",
        CHECKS / "spectral.yaml",
        specification,
    ]
    linted = subprocess.run(command, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.skipif(not GENERATOR.exists(), reason="no openapi-python-client: make check-slow installs it")
def test_generated_client_compiles_and_reads_the_commitments(specification: Path, address: str, tmp_path: Path) -> None:
    made = tmp_path / "made"
    command: list[str | Path] = [
        GENERATOR,
        "generate",
        "--path",
        specification,
        "--output-path",
        made,
        "--meta",
        "none",
    ]
    generated = subprocess.run(command, capture_output=True, text=True, check=False)
    assert generated.returncode == 0, generated.stdout + generated.stderr
    assert "could not be" not in generated.stdout.lower(), generated.stdout
    assert compileall.compile_dir(made, quiet=1)
    python = GENERATOR.parent / "python"
    reading: list[str | Path] = [python, "-c", READING.format(address=address)]
    read = subprocess.run(reading, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr
    assert int(read.stdout) > 0
