"""The files of a study on their way to workers that were started elsewhere."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bioplast.build_cache import cache_folder
from bioplast.project import EXAMPLES
from bioplast.project import FOLDERS as ADDED
from bioplast.training.record import replace_files

FOLDERS = (*ADDED, EXAMPLES)


@dataclass(frozen=True)
class ProjectFiles:
    """The Python files of a project, as they were when the study began.

    Attributes
    ----------
    files : path below the project to content
    commit : the project's git commit, which a copy does not know; empty without git
    """

    files: dict[str, bytes]
    commit: str

    @classmethod
    def pack(cls, project: Path, commit: str) -> ProjectFiles:
        """The files of ``project``."""
        paths = [path for folder in FOLDERS for path in sorted((project / folder).glob("*.py"))]
        return cls({path.relative_to(project).as_posix(): path.read_bytes() for path in paths}, commit)

    @cached_property
    def digest(self) -> str:
        """24 hexadecimal digits that differ whenever a file differs."""
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:24]

    def unpack(self) -> Path:
        """A project of these files in this machine's cache; the same files are there once.

        A worker lives longer than a version of a file does, so each version has a folder of its own.
        """
        for folder in FOLDERS:
            cache_folder(f"projects/{self.digest}/{folder}")
        project = cache_folder(f"projects/{self.digest}")
        for name, content in self.files.items():
            path = project / name
            if not path.is_file() or path.read_bytes() != content:
                replace_files(path.parent, {path.name: content})
        return project
