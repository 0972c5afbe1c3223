"""The page about networks, rules, tasks and figures of one's own."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own.md").read_text(encoding="utf-8")


EXAMPLES = ROOT / "docs" / "examples" / "project"


def test_what_the_page_shows_is_what_works():
    shown = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    files = ("rules/bounded.py", "experiments/first.py")
    for text, name in zip(shown, files, strict=True):
        whole = (EXAMPLES / name).read_text(encoding="utf-8")
        assert all(paragraph.strip("\n") in whole for paragraph in text.split("\n\n"))


def test_every_path_on_the_page_is_there():
    paths = re.findall(r"`((?:docs|bioplast)/[\w/]+\.py)`", PAGE)
    assert len(paths) >= 3
    assert all((ROOT / path).is_file() for path in paths)
