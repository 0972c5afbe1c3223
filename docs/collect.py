"""Put pictures, captions and numbers of figures into docs/gallery, small enough for the repository.

python docs/collect.py results        # of the experiments that were carried out there
python docs/collect.py --examples     # of the examples in docs/examples, which are run for it
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
MOST_BYTES = 150_000
WIDTHS = (1600, 1400, 1200, 1000, 800, 640)
MOST_COLORS = 128


def shrink(picture: Path) -> bytes:
    """The picture as a PNG of at most ``MOST_BYTES``, as wide as that allows.

    Raises
    ------
    ValueError : it is larger even at the least width
    """
    with Image.open(picture) as image:
        image = image.convert("RGB")
        for width in WIDTHS:
            size = (width, round(image.height * width / image.width))
            small = image.resize(size, Image.Resampling.LANCZOS) if width < image.width else image
            content = io.BytesIO()
            small.quantize(MOST_COLORS, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
            if content.tell() <= MOST_BYTES:
                return content.getvalue()
    raise ValueError(f"{picture}: more than {MOST_BYTES:,} bytes even when {WIDTHS[-1]} pixels wide")


def collect_results(results: Path, names: list[str]) -> Iterator[Path]:
    """Copy figure, caption and numbers of the experiments ``names``, of all if empty; give the pictures."""
    target = DOCS / "gallery" / "experiments"
    for figure in sorted(results.glob("*/figure.png")):
        name = figure.parent.name
        if names and name not in names:
            continue
        target.joinpath(f"{name}.png").write_bytes(shrink(figure))
        target.joinpath(f"{name}.txt").write_bytes((figure.parent / "caption.txt").read_bytes())
        # The numbers as they are drawn; where these are many, the table of their medians.
        numbers = figure.parent / "figure.csv"
        if numbers.stat().st_size > MOST_BYTES:
            numbers = figure.parent / "table.csv"
        target.joinpath(f"{name}.csv").write_bytes(numbers.read_bytes())
        if name == "claims":
            replace_table(DOCS / "claims.md", (figure.parent / "table.md").read_text(encoding="utf-8"))
        yield target / f"{name}.png"


def replace_table(page: Path, table: str) -> None:
    """Put ``table`` in the place of the table that ``page`` ends with."""
    words = page.read_text(encoding="utf-8").partition("\n| ")[0]
    page.write_text(f"{words}\n{table}", encoding="utf-8")


def collect_examples(names: list[str]) -> Iterator[Path]:
    """Run the examples ``names``, all if empty, each in an empty folder, and keep their pictures."""
    for example in sorted((DOCS / "examples").glob("*.py")):
        if names and example.stem not in names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            asks = "--figure" in example.read_text(encoding="utf-8")
            options = ["--figure", "figure.png"] if asks else []
            subprocess.run([sys.executable, str(example), *options], cwd=folder, check=True)
            pictures = sorted(Path(folder).glob("*.png"))
            if not pictures:
                continue
            target = DOCS / "gallery" / "examples" / f"{example.stem}.png"
            target.write_bytes(shrink(pictures[0]))
        yield target


def main() -> None:
    """Read the command line and copy."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("results", type=Path, nargs="?", help="folder with a folder for each experiment")
    parser.add_argument("--examples", action="store_true", help="run the examples")
    parser.add_argument("--only", metavar="NAME", nargs="+", default=[], help="these alone")
    arguments = parser.parse_args()
    if (arguments.results is None) != arguments.examples:
        parser.error("give a results folder, or --examples")
    found = (
        collect_examples(arguments.only)
        if arguments.examples
        else collect_results(arguments.results, arguments.only)
    )
    for path in found:
        print(f"{path.relative_to(DOCS.parent)}  {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
