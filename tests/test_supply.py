"""What this project is made of: named with a reason, locked with hashes, and listed by command."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
DECLARED = tomllib.loads(PYPROJECT)
LISTS = [
    DECLARED["project"]["dependencies"],
    *DECLARED["project"]["optional-dependencies"].values(),
    *DECLARED["dependency-groups"].values(),
]
NAMES = {Requirement(line).name for lines in LISTS for line in lines}
RECORD = ROOT / "app" / "reader" / "vendored.cdx.json"
VENDORED: list[dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))["components"]
"""What comes along as files."""
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-ray.lock", "tests/openapi/requirements.lock")


def reasons() -> dict[str, str]:
    """Each dependency with the comment on its line."""
    lines = re.findall(r'^ +"([\w.-]+)[^"]*", +# (.+)$', PYPROJECT, re.M)
    return {name: reason for name, reason in lines if name in NAMES}


def locked(lock: str) -> dict[str, str]:
    """Each requirement of a lock, with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return {canonicalize_name(line.split("==")[0].split("[")[0]): line for line in text.splitlines() if line.strip()}


def test_every_dependency_says_why_it_is_there() -> None:
    assert NAMES - reasons().keys() == set()


def test_page_of_dependencies_tells_the_same() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    told = {npm_name(part): part["description"] for part in VENDORED}
    assert dict(re.findall(r"^\| ([@\w./-]+) \| (.+) \|$", page, re.M)[1:]) == {**reasons(), **told}


def npm_name(part: dict[str, Any]) -> str:
    return "/".join(filter(None, (part.get("group"), part["name"])))


@pytest.mark.parametrize("part", VENDORED, ids=npm_name)
def test_file_that_comes_along_is_the_one_that_was_looked_at(part: dict[str, Any]) -> None:
    (place,), (kept,) = part["evidence"]["occurrences"], part["hashes"]
    found = (ROOT / place["location"]).read_bytes()
    assert (kept["alg"], kept["content"]) == ("SHA-256", hashlib.sha256(found).hexdigest())
    assert part["version"].encode() in found.splitlines()[0]


def test_every_file_that_comes_along_is_recorded_and_licensed() -> None:
    folder = ROOT / "app" / "reader" / "static" / "vendor"
    recorded = {ROOT / place["location"] for part in VENDORED for place in part["evidence"]["occurrences"]}
    assert set(folder.iterdir()) - recorded == {folder / "LICENSE"}
    text = (folder / "LICENSE").read_text(encoding="utf-8")
    assert [file.name for file in recorded if file.name not in text] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_locked_with_hashes(lock: str) -> None:
    unhashed = [line for line in locked(lock).values() if "==" not in line or "--hash=sha256:" not in line]
    assert unhashed == []


def test_everything_declared_is_locked() -> None:
    needed = {canonicalize_name(Requirement(line).name) for line in DECLARED["project"]["dependencies"]}
    assert needed - locked("requirements.lock").keys() == set()
    others = locked("requirements-dev.lock").keys() | locked("requirements-ray.lock").keys()
    assert {canonicalize_name(name) for name in NAMES} - others == set()


def test_bill_of_materials_lists_the_lock_and_the_files_with_hashes(tmp_path: Path) -> None:
    made = tmp_path / "bill.json"
    installed = Path(sys.executable).parent
    asked = ["make", "--no-print-directory", "--old-file=install", "sbom", f"SBOM={made}", f"BIN={installed}"]
    subprocess.run(asked, cwd=ROOT, check=True, capture_output=True)
    bill = json.loads(made.read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == DECLARED["project"]["name"]
    listed = {canonicalize_name(part["name"]): part for part in bill["components"] if part not in VENDORED}
    assert listed.keys() == locked("requirements.lock").keys()
    assert [part for part in bill["components"] if part in VENDORED] == VENDORED
    hashes = [reference.get("hashes") for part in listed.values() for reference in part["externalReferences"]]
    assert all(hashes)


def test_every_defence_that_is_claimed_has_its_test() -> None:
    claimed = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    missing = [
        f"{path}::{name}"
        for path, name in claimed
        if not re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.M)
    ]
    assert len(claimed) > 20
    assert missing == []


def test_every_row_of_defences_names_a_test() -> None:
    section = (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("## What is defended")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert [row for row in rows if not re.search(r"`tests/[\w/]+\.py::\w+`", row)] == []
