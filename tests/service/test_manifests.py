"""The manifests of what runs containers, held against the schemas that such things publish."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
TOOLS = Path(sys.prefix) / "tools" / "bin"
VALIDATOR = TOOLS / "kubernetes-validate"

COMPOSED = """
import sys
from compose_spec import PyCompose
print(*PyCompose.from_yaml(sys.stdin.read()).service_names())
"""

needs_tools = pytest.mark.skipif(not VALIDATOR.exists(), reason="no kubernetes-validate: make check-slow installs it")


def validated(manifest: Path) -> tuple[int, str]:
    ran = subprocess.run([VALIDATOR, "--strict", manifest], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@needs_tools
def test_kubernetes_knows_all_that_its_manifest_says() -> None:
    code, said = validated(ROOT / "docs" / "kubernetes.yaml")
    assert code == 0, said
    assert said.count(" passed for ") == 4


@needs_tools
@pytest.mark.parametrize(
    ("right", "wrong"),
    [("replicas: 2", "replicas: two"), ("livenessProbe", "aliveProbe"), ("path: /health/live", "paths: /health/live")],
)
def test_what_kubernetes_does_not_know_is_found(tmp_path: Path, right: str, wrong: str) -> None:
    manifest = tmp_path / "wrong.yaml"
    manifest.write_text((ROOT / "docs" / "kubernetes.yaml").read_text(encoding="utf-8").replace(right, wrong))
    assert validated(manifest)[0] != 0


def composed(text: str) -> subprocess.CompletedProcess[str]:
    # Docker takes a port of the machine from a range for each replica, which this reader of the specification does not.
    given = text.replace("8001-8002:8000", "8001:8000")
    return subprocess.run([TOOLS / "python", "-c", COMPOSED], input=given, capture_output=True, text=True, check=False)


@needs_tools
def test_compose_file_is_as_its_specification_has_it() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    read = composed(text)
    assert sorted(read.stdout.split()) == ["database", "entente", "replica", "worker"], read.stderr
    for right, wrong in (
        ("restart:", "restarts:"),
        ("service_healthy", "service_happy"),
        ("read_only: true", "read_only: 7"),
    ):
        assert composed(text.replace(right, wrong)).returncode != 0, wrong
