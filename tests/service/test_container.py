"""The container's recipe, as far as it can be tried without an engine: what it names exists, and its commands run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
BIN = Path(sys.executable).parent


def instructions(name: str) -> list[str]:
    return re.findall(rf"^(?:HEALTHCHECK .*)?{name} (.*)$", DOCKERFILE, re.M)


def copied() -> list[str]:
    return [path for line in instructions("COPY") if "--from" not in line for path in line.split()[:-1]]


def test_linter_finds_nothing() -> None:
    ran = subprocess.run([BIN / "hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("", "")


def test_every_path_it_copies_is_there_and_not_ignored() -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert copied()
    assert [path for path in copied() if not (ROOT / path).exists() or path not in let_in] == []


def test_last_stage_is_not_root_and_keeps_the_database_in_its_volume() -> None:
    last = DOCKERFILE.rpartition("FROM ")[2]
    url = re.search(r"ENTENTE_DATABASE_URL=sqlite:////(\S+)", last)
    assert url
    assert re.search(r"^USER [1-9]\d*$", last, re.M)
    assert f"/{url[1]}".startswith(instructions("VOLUME")[0] + "/")


def test_compose_mounts_the_volume_of_the_image_and_its_port() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service = compose["services"]["entente"]
    name, _, target = service["volumes"][0].partition(":")
    assert name in compose["volumes"]
    assert target == instructions("VOLUME")[0]
    assert service["ports"][0].endswith(f":{instructions('EXPOSE')[0]}")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as the image installs it: from a copy of the paths it copies, into an environment of its own."""
    source, target = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("opt") / "entente"
    for path in copied():
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, source / path)
        else:
            shutil.copy(ROOT / path, source / path)
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", target], check=True)
    site = next((target / "lib").glob("python*/site-packages"))
    (site / "outer.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")))
    install = [str(target / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*install, "--ignore-installed", str(source)], check=True)
    return target


def test_its_command_runs_and_its_health_check_tells_when_it_is_well(installed: Path, tmp_path: Path) -> None:
    command = json.loads(instructions("CMD")[-1])
    check = json.loads(instructions("CMD")[0])
    environment = {**os.environ, "ENTENTE_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", "ENTENTE_PORT": "0"}
    program = [installed / "bin" / command[0], *command[1:]]
    process = subprocess.Popen(program, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        address = re.search(r"(http://\S+?)/?$", process.stdout.readline())
        assert address
        probe = [sys.executable, *(part.replace("http://127.0.0.1:8000", address[1]) for part in check[1:])]
        until = time.monotonic() + 120
        while (probed := subprocess.run(probe, capture_output=True, text=True, check=False)).returncode:
            assert time.monotonic() < until, probed.stderr
            time.sleep(0.1)
    finally:
        process.terminate()
        assert process.wait(30) == 0
    assert subprocess.run(probe, capture_output=True, check=False).returncode != 0


def test_it_holds_every_file_that_pages_load(installed: Path) -> None:
    (reader,) = installed.glob("lib/python*/site-packages/app/reader")
    ours, theirs = (
        {file.relative_to(folder): file.read_bytes() for file in (folder / "static").rglob("*") if file.is_file()}
        for folder in (ROOT / "app" / "reader", reader)
    )
    assert ours.keys() >= {Path("static/vendor/d3.min.js"), Path("static/vendor/plot.umd.min.js")}
    assert theirs == ours
