"""The README's example is what the service answers."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.client import Client

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_request_of_the_readme_gives_the_answer_of_the_readme(seeded: Client) -> None:
    path = re.search(r"curl -s 'http://127\.0\.0\.1:8000(/\S+)'", README)
    shown = re.search(r"```json\n(.*?)```", README, re.S)
    assert path
    assert shown
    assert seeded.get(path[1]).json() == json.loads(shown[1])
