"""The page about networks, rules, tasks and figures of one's own."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "own.md").read_text(encoding="utf-8")


def test_the_rule_on_the_page_is_the_one_that_works():
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    whole = (ROOT / "docs" / "examples" / "project" / "rules" / "bounded.py").read_text(encoding="utf-8")
    for paragraph in shown.split("\n\n"):
        assert paragraph.strip("\n") in whole


def test_every_path_on_the_page_is_there():
    paths = re.findall(r"`((?:docs|bioplast)/[\w/]+\.py)`", PAGE)
    assert len(paths) >= 3
    assert all((ROOT / path).is_file() for path in paths)
