"""Which software a run was made with."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

import bioplast
from bioplast.notice import warn_on_stderr

# Those whose version can change a number.
PACKAGES = ("numpy", "numba", "brian2")


def collect_versions() -> dict[str, str]:
    """Versions of Python, of this library and of the packages that compute."""
    packages = {package: _find_version(package) for package in PACKAGES}
    return {"python": platform.python_version(), "bioplast": bioplast.__version__, **packages}


@cache
def _find_version(package: str) -> str:
    """As it was when first asked: what is imported stays as it is for the life of the process."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def find_commit(folder: Path, warn: Callable[[str], None] = warn_on_stderr) -> str | None:
    """The git commit of the study in ``folder``; None without git.

    ``-dirty`` follows it if files differ from it, and in brackets the Python files that it lacks.

    Parameters
    ----------
    warn : told why there is no commit, where git refuses to say
    """
    if _find_above(folder, ".git") is None:
        return None
    try:
        commit = _ask_git(folder, "rev-parse", "HEAD")
        status = _ask_git(folder, "status", "--porcelain", "--untracked-files=all", "-z")
    except FileNotFoundError:  # no git
        return None
    except (OSError, subprocess.SubprocessError) as error:
        said = " ".join((getattr(error, "stderr", None) or str(error)).split())
        warn(f"commit: git does not tell that of {folder}, so none is recorded: {said[:200]}")
        return None
    changes = [line for line in status.split("\0") if line]
    untracked = sorted(line[3:] for line in changes if line.startswith("??") and line.endswith(".py"))
    text = commit.strip()
    if any(not line.startswith("??") for line in changes) or untracked:
        text += "-dirty"
    return text + (f" (without {', '.join(untracked)})" if untracked else "")


def _ask_git(folder: Path, *arguments: str) -> str:
    """What git says of the repository around ``folder``, whatever the environment says of another."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    return done.stdout


def _find_above(folder: Path, name: str) -> Path | None:
    folder = folder.resolve()
    return next((found / name for found in (folder, *folder.parents) if (found / name).exists()), None)
