"""The model as files: where it is, which version, whether it is whole; without the libraries that load it."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from app.language.broken import BrokenModel

READER = "entente_reader"
"""The reader's name in a spaCy pipeline, and its folder in that of a model."""

FILES = ("reader.onnx", "pairs.npz", "labels.json", "vocabulary.txt")
CHECKSUMS = "checksums.json"
"""SHA-256 of each of the files, by its name."""


def shipped_model() -> Path:
    """The folder of the model that comes with the package."""
    return Path(str(files("app.language"))) / "model"


def model_version(folder: Path | None = None) -> str:
    """The version of the model of a folder, or of the shipped one, and the beginning of its checksum."""
    where = folder or shipped_model()
    version = json.loads((where / "meta.json").read_text(encoding="utf-8"))["version"]
    return f"{version} {sha256((where / READER / CHECKSUMS).read_bytes()).hexdigest()[:8]}"


def check_model(folder: Path | None = None) -> None:
    """Raise `BrokenModel` unless the model of a folder, or the shipped one, is there and whole. Loads nothing."""
    where = folder or shipped_model()
    if not (where / "config.cfg").is_file():
        raise BrokenModel(f"there is no language model in {where}: config.cfg is missing")
    check_files(where / READER)


def check_files(folder: Path) -> None:
    """Raise `BrokenModel` unless all files are there and whole: quicker than loading them, and surer."""
    try:
        sums = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        for name in FILES:
            if sha256((folder / name).read_bytes()).hexdigest() != sums.get(name):
                raise BrokenModel(f"{folder / name} is damaged: its checksum differs from that in {CHECKSUMS}")
    except (OSError, ValueError) as error:
        raise BrokenModel(f"{folder} is no reader: {error}") from None


def write_checksums(folder: Path) -> None:
    """Note the checksums of the files in a folder."""
    sums = {name: sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")
