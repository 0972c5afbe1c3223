"""Requests that nobody would think of: refused in one line, or carried out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import numpy as np
from fuzz.cases import N_CASES, STUDY, Fault, ask, find_faults

from bioplast.plasticity import RULES

GOOD_NUMBERS = ("1", "2", "3", "12")
NUMBERS = (
    *("0", "-0", "-1", "1.5", ".5", "0.95", "1e3", "1e-300", "1e400", "nan", "inf", "-inf", "", " 2", "+2"),
    *("0x10", "1_0", "٣", "²", "½", "1" + "0" * 15, "1" + "0" * 30, "9" * 5000, "true", "None"),
)
TEXTS = (
    *("", " ", "a b", "x" * 256, "x" * 5000, "nul\0", "line\nbreak", "\r\n", "\x1b[31m", "\u2028", "\u202e"),
    *("[/red]", "[bold]x", "[link=x]", "{0}", "%s", "\ud800", "\udcff", "ü", "😀", "--", "-", "--json", "*"),
    *("[" * 100_000, '{"a":' * 3000, "null", '"x"', "a=b", "=", "==", "tiny", "nothing", "plain", "mnist"),
)
# Only what lies below the study: what is written, or collected as garbage, must stay there.
PATHS = (
    *("", ".", "models", "models/tiny.py", "models/tiny.py/deeper", "results", "results/train", "none", "~"),
    *("a/b/c", "x" * 256, "x/" * 3000, "nul\0", "[/red]", "\udcff", "\ud800", "ü b", "line\nbreak", "link"),
)
READ_PATHS = (*PATHS, "..", "../patterns", "../patterns/train-images-idx3-ubyte", "/dev/null", "/proc/self")
RULE_PIECES = (
    *("(", ")", ",", "=", "+", " ", '"', "'", "output", "fraction", "units", "theta", "target", "rate"),
    *RULES,
)
FIELDS = ("experiment", "status", "key", "model", "rule", "hidden", "seed", "task", "protocol", "size", "")


class Drawer:
    """Draws requests."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def choose(self, *options: str) -> str:
        return options[self.rng.integers(len(options))]

    def request(self) -> list[str]:
        draw = {
            "train": self.train,
            "run": self.run,
            "list": self.list,
            "show": self.show,
            "gc": self.gc,
            "sweep": self.sweep,
            "plot": self.plot,
            "compare": self.compare,
            "export": self.export,
            "evaluate": self.evaluate,
        }
        command = self.choose("train", "train", *draw, self.text())
        arguments = [command, *draw.get(command, self.show)()]
        if self.chance(0.05):
            arguments.insert(self.rng.integers(len(arguments) + 1), self.text())
        return arguments

    def train(self) -> list[str]:
        odd = {
            "--hidden": self.number,
            "--goal": self.number,
            "--seed": self.number,
            "--max-samples": self.number,
            "--rule": self.rule,
            "--protocol": self.text,
            "--task": lambda: self.choose("../patterns", self.read_path()),
            "--out": self.path,
            "--project": lambda: self.choose(".", self.read_path()),
            "--device": lambda: self.choose("cpp_standalone", "runtime", self.text()),
            "--set": lambda: f"{self.choose('learning_rate', 'scales', self.text())}={self.value()}",
        }
        arguments = [self.text() if self.chance(0.05) else "tiny"]
        given = {"--task": "../patterns", "--max-samples": "20"}
        for name in self.rng.permutation(list(odd))[: self.rng.integers(1, 4)]:
            given[str(name)] = odd[name]()
        arguments += [text for pair in given.items() for text in pair]
        arguments += ["--record", self.kinds()] if self.chance(0.1) else []
        return arguments + self.flags("--json", "--resume", "--quiet", "--verbose")

    def sweep(self) -> list[str]:
        """Only previews: nothing is to be run."""
        arguments = [self.choose("tiny", self.text()) for _ in range(self.rng.integers(3))]
        odd = {
            "--hidden": self.number,
            "--goal": self.number,
            "--rule": self.rule,
            "--max-samples": self.number,
            "--seeds": lambda: self.choose("1", "2", "0", "x"),
            "--set": lambda: f"{self.choose('learning_rate', self.text())}={self.value()}",
            "--name": lambda: self.choose("mine", "compare", self.text()),
            "--file": lambda: self.choose("sweep.toml", self.read_path()),
            "--task": lambda: self.choose("../patterns", self.read_path()),
        }
        for name in self.rng.choice(list(odd), self.rng.integers(5)):
            arguments += [str(name), odd[str(name)]()]
        return [*arguments, "--dry-run", *self.flags("--quiet", "--verbose")]

    def plot(self) -> list[str]:
        out = ["--out", self.choose("x.png", "x.gif", self.path())] if self.chance(0.5) else []
        return [*self.show(), *out]

    def compare(self) -> list[str]:
        return [self.choose(self.read_path(), self.text()), *self.show()]

    def export(self) -> list[str]:
        form = ["--to", self.choose("npz", "netcdf", "nir", "spikes", "neo", self.text())]
        trials = ["--trials", self.trials()] if self.chance(0.3) else []
        return [*self.show(), *form, *trials]

    def evaluate(self) -> list[str]:
        record = ["--record", self.kinds()] if self.chance(0.5) else []
        trials = ["--trials", self.trials()] if self.chance(0.5) else []
        return [*self.show(), *record, *trials, *self.flags("--json")]

    def kinds(self) -> str:
        return self.choose("spikes", "potentials", "spikes,potentials", "spikes,", self.text())

    def trials(self) -> str:
        return self.choose(
            "0:3", "5", "3,7", ":", "1:", "9:1", "0:999999999", f"{self.number()}:{self.number()}"
        )

    def run(self) -> list[str]:
        arguments = [self.choose("nothing", self.text())]
        for name in ("--seeds", "--workers"):
            arguments += [name, self.number()] if self.chance(0.3) else []
        return arguments + self.flags("--quick", "--fresh", "--retry")

    def list(self) -> list[str]:
        arguments = self.flags("--runs")
        if self.chance(0.5):
            arguments += ["--where", f"{self.choose(*FIELDS)}={self.value()}"]
        return arguments + self.folders()

    def show(self) -> list[str]:
        return [self.choose(self.read_path(), self.text(), "0123abcd"), *self.folders()]

    def gc(self) -> list[str]:
        return self.flags("--delete") + (["--results", self.path()] if self.chance(0.5) else [])

    def folders(self) -> list[str]:
        arguments = ["--results", self.read_path()] if self.chance(0.3) else []
        return arguments + (["--project", self.read_path()] if self.chance(0.2) else [])

    def flags(self, *names: str) -> list[str]:
        return [name for name in names if self.chance(0.3)]

    def number(self) -> str:
        if self.chance(0.5):
            return self.choose(*GOOD_NUMBERS)
        return self.choose(*NUMBERS) if self.chance(0.9) else self.text()

    def text(self) -> str:
        return self.spoil(self.choose(*TEXTS))

    def value(self) -> str:
        return self.number() if self.chance(0.5) else self.text()

    def path(self) -> str:
        return self.choose(*PATHS)

    def read_path(self) -> str:
        return self.choose(*READ_PATHS)

    def rule(self) -> str:
        if self.chance(0.2):
            return self.text()
        if self.chance(0.5):
            return f"{self.choose(*RULES)}({self.choose('0.1', '0.5', self.number())})"
        pieces = [*RULE_PIECES, *NUMBERS]
        return "".join(self.choose(*pieces) for _ in range(self.rng.integers(1, 12)))

    def spoil(self, text: str) -> str:
        """``text`` with, now and then, a character too many."""
        if self.chance(0.8):
            return text
        place = int(self.rng.integers(min(len(text), 40) + 1))
        return text[:place] + chr(int(self.rng.integers(1, 0x300))) + text[place:]


def test_odd_requests_get_one_line_or_what_they_ask_for(place):
    study = place / "study"

    def run(rng: np.random.Generator, case: int) -> None:
        if case % 50 == 0:  # what cases leave behind must not make later ones slow
            for path in study.iterdir():
                path.unlink() if path.is_file() or path.is_symlink() else shutil.rmtree(path)
            shutil.copytree(STUDY, study, dirs_exist_ok=True)
            (study / "link").symlink_to("link")
        arguments = Drawer(rng).request()
        try:
            if ask(*arguments).status == 1:
                raise Fault("blamed on the model, which is as it should be")
        except Fault as fault:
            raise Fault(f"{shorten(arguments)}: {fault}") from None

    assert find_faults(range(N_CASES * 6 // 10), run) == []


def shorten(arguments: Sequence[str]) -> str:
    return " ".join(repr(text if len(text) < 60 else f"{text[:40]}... ({len(text)})") for text in arguments)
