"""Which software a run was made with."""

from __future__ import annotations

import platform
import subprocess
from importlib import metadata
from pathlib import Path

import bioplast

# Those whose version can change a number.
PACKAGES = ("numpy", "numba", "brian2")


def collect_versions() -> dict[str, str]:
    """Versions of Python, of this library and of the packages that compute."""
    versions = {"python": platform.python_version(), "bioplast": bioplast.__version__}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def find_commit(folder: Path) -> str | None:
    """The git commit of ``folder``, with ``-dirty`` if files differ from it; None without git."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None
