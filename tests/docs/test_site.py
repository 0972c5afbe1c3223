"""Every page of the documentation can be reached from the first one, and links within it lead somewhere.

Of the Markdown files, without Sphinx; ``make docs`` builds the pages, where a dead link is an error too.
"""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
NOT_PAGES = ("_build", "gallery/pages", "examples")
PAGES = sorted(
    path.relative_to(DOCS).with_suffix("").as_posix()
    for path in DOCS.rglob("*.md")
    if not path.relative_to(DOCS).as_posix().startswith(NOT_PAGES)
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def read(page):
    return (DOCS / f"{page}.md").read_text(encoding="utf-8")


def list_children(page):
    """The pages in the tables of contents of ``page``."""
    children = []
    for block in re.findall(r"^```\{toctree\}\n(.*?)^```", read(page), re.M | re.S):
        names = [line.strip() for line in block.splitlines() if line.strip() and not line.startswith(":")]
        children += [resolve(page, name) for name in names]
    return children


def resolve(page, target):
    """``target``, as ``page`` names it, from the folder of the documentation."""
    return ((DOCS / page).parent / target).resolve().relative_to(DOCS).as_posix()


def test_every_page_is_in_a_table_of_contents():
    reached, waiting = set(), ["index"]
    while waiting:
        page = waiting.pop()
        assert page not in reached, f"{page} is in two tables of contents"
        reached.add(page)
        waiting += list_children(page)
    assert reached == set(PAGES)
    assert len(PAGES) > 25


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page):
    for target in LINK.findall(read(page)):
        path = target.partition("#")[0]
        # Pages of the gallery are made of experiments and examples when the site is built.
        made = re.search(r"gallery/pages/(experiments|examples)-(\w+)\.md$", path)
        if made:
            folder = ROOT if made[1] == "experiments" else DOCS
            assert (folder / made[1] / f"{made[2]}.py").is_file(), target
        elif path and not re.match(r"https?:|mailto:|pages/", path):
            assert (DOCS / page).parent.joinpath(path).exists(), target


def test_code_paths_on_pages_are_there():
    for page in PAGES:
        if page.startswith("learn/"):  # they speak of the reader's own folder, too
            continue
        for path in re.findall(r"`((?:bioplast|models|experiments|tests|benchmarks)/[\w/.-]+)`", read(page)):
            assert (ROOT / path).exists(), f"{page}: {path}"


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md", "ARCHITECTURE.md", "CODE_OF_CONDUCT.md"])
def test_links_of_pages_beside_the_documentation(name):
    for target in LINK.findall((ROOT / name).read_text(encoding="utf-8")):
        if not target.startswith(("http", "#")):
            assert (ROOT / target.partition("#")[0]).exists(), target


def test_modules_list_the_names_that_the_reference_shows():
    shown = re.findall(r"automodule:: (\S+)\n +:members:\n +:imported-members:", "".join(map(read, PAGES)))
    assert "bioplast.brian" in shown
    for module in map(importlib.import_module, shown):
        assert set(module.__all__) <= set(dir(module)), module.__name__
