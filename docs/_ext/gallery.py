"""The gallery: a page for each experiment and example, from its file and from what is stored of it.

Pictures, captions and numbers lie in docs/gallery (``python docs/collect.py`` puts them there). For an
experiment that has none there they are taken from the results folder that ``BIOPLAST_RESULTS`` names; without
them a page says how they are made.
"""

import ast
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx

from bioplast.loading import load_module
from bioplast.project import STUDY, list_experiments

PAGES = "gallery/pages"  # written anew at each build
KINDS = ("experiments", "examples")


@dataclass(frozen=True)
class Item:
    """An experiment or an example: its words, and the files that are stored of it.

    Attributes
    ----------
    kind, name : one of ``KINDS``, and the name of its file
    source : its file
    message : what the figure shows, in a sentence; empty where nothing says so
    picture, numbers : files, where they are stored
    caption : the words below the picture
    """

    kind: str
    name: str
    source: Path
    message: str
    picture: Path | None
    caption: str
    numbers: Path | None

    @property
    def words(self) -> tuple[str, str]:
        """What the file says it is, in a line, and the rest."""
        text = ast.get_docstring(ast.parse(self.source.read_text(encoding="utf-8"))) or self.name
        first, _, rest = text.partition("\n\n")
        return " ".join(first.split()), rest

    @property
    def command(self) -> str:
        if self.kind == "experiments":
            return f"bioplast run {self.name}"
        return f"python docs/examples/{self.name}.py"


def find_items(docs: Path, results: Path | None) -> list[Item]:
    """All experiments of the study and all examples, by name.

    Parameters
    ----------
    docs : folder of the documentation
    results : folder with a folder for each experiment that was carried out
    """
    files = {"experiments": [STUDY / "experiments" / f"{name}.py" for name in list_experiments(STUDY)]}
    files["examples"] = sorted((docs / "examples").glob("*.py"))
    return [_make_item(docs, kind, source, results) for kind, sources in files.items() for source in sources]


def _make_item(docs: Path, kind: str, source: Path, results: Path | None) -> Item:
    name = source.stem
    stored = docs / "gallery" / kind
    places = [(stored / f"{name}.png", stored / f"{name}.txt", stored / f"{name}.csv")]
    if results is not None and kind == "experiments":
        folder = results / name
        places.append((folder / "figure.png", folder / "caption.txt", folder / "figure.csv"))
    picture, caption, numbers = next((place for place in places if place[0].is_file()), places[0])
    message, words = "", caption.read_text(encoding="utf-8").strip() if caption.is_file() else ""
    if words and load_module("experiment", name, STUDY).STUDY.headline is not None:
        first, gap, rest = words.partition("\n\n")  # a study's headline comes first, if it had one to say
        if gap:
            message, words = first, rest
    return Item(
        kind,
        name,
        source,
        message,
        picture if picture.is_file() else None,
        words,
        numbers if numbers.is_file() else None,
    )


def make_page(item: Item) -> str:
    """The page of an item; files that it shows lie beside it."""
    title, rest = item.words
    parts = [f"# {title.rstrip('.')}"]
    if item.message:
        parts.append(f"::::{{div}} message\n{item.message}\n::::")
    if item.picture:
        parts.append(f"```{{image}} {item.kind}-{item.name}.png\n:alt: {title}\n:class: figure\n```")
    else:
        parts.append(
            "The command below draws the figure; it is not stored in this copy of the documentation."
        )
    if item.caption:
        parts.append(f"::::{{div}} caption\n{item.caption.strip()}\n::::")
    if rest:
        parts.append(f"## About\n\n{_indent_code(rest)}")
    source = f"{item.kind}/{item.name}.py" if item.kind == "experiments" else f"docs/examples/{item.name}.py"
    parts.append(f"## Make it yourself\n\n```console\n$ {item.command}\n```")
    if item.kind == "experiments":
        parts.append(f"`bioplast run {item.name} --quick` is a small form, to see that it works.")
    files = [f"{{download}}`{source} <{item.kind}-{item.name}.py>`"]
    if item.numbers:
        files.append(f"{{download}}`the numbers of the figure (CSV) <{item.kind}-{item.name}.csv>`")
    parts.append("Files: " + ", ".join(files) + ".")
    return "\n\n".join(parts) + "\n"


def _indent_code(text: str) -> str:
    """Blocks that a docstring indents are code in Markdown already; what is meant as one block stays one."""
    return text.replace("::\n", ":\n")


def make_cards(items: list[Item]) -> str:
    """A grid with a card for each item, those with pictures first, and a table of contents of their pages."""
    lines = ["::::{grid} 1 2 2 3", ":gutter: 3", ""]
    for item in sorted(items, key=lambda item: (item.picture is None, item.name)):
        title, _ = item.words
        lines += [f":::{{grid-item-card}} {item.name}", f":link: pages/{item.kind}-{item.name}"]
        lines += [":link-type: doc", ":class-card: gallery-card"]
        if item.picture:
            lines += [f":img-top: pages/{item.kind}-{item.name}.png", f":img-alt: {title}"]
        lines += ["", item.message or title, ":::", ""]
    lines += ["::::", "", "```{toctree}", ":hidden:", ""]
    lines += [f"{item.name} <pages/{item.kind}-{item.name}>" for item in items]
    return "\n".join([*lines, "```", ""])


def write_pages(app: Sphinx) -> None:
    """Write the pages and copy what they show, those alone that differ from what is there."""
    docs = Path(app.srcdir)
    named = os.environ.get("BIOPLAST_RESULTS")
    items = find_items(docs, Path(named) if named else None)
    folder = docs / PAGES
    folder.mkdir(exist_ok=True)
    texts = {f"{item.kind}-{item.name}.md": make_page(item) for item in items}
    for kind in KINDS:
        texts[f"{kind}.inc"] = make_cards([item for item in items if item.kind == kind])
    copies = {
        f"{item.kind}-{item.name}{path.suffix}": path
        for item in items
        for path in (item.picture, item.numbers, item.source)
        if path is not None
    }
    for path in folder.iterdir():
        if path.name not in texts | copies:
            path.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for name, path in copies.items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != path.read_bytes():
            shutil.copyfile(path, folder / name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for them."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
