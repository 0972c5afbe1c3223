"""What the numbers of a measurement depend on that is no training run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from bioplast.code_digest import digest_code, digest_function
from bioplast.errors import RequestError
from bioplast.loading import read_source
from bioplast.plasticity import RULES
from bioplast.project import EXAMPLES, MODELS, list_files
from bioplast.studies.declaration import Study
from bioplast.training.provenance import digest_rule
from bioplast.training.revisions import collect_all_revisions


def collect_provenance(
    module: ModuleType, study: Study, points: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the points of an experiment depend on, as JSON values.

    That is the function that measures with all that it uses of its file, the networks and examples whose
    names stand in this code or among the points' values, and, since it may use any, every rule and revision.

    Parameters
    ----------
    module : the file ``experiments/NAME.py``
    study : what it declares
    points : what is measured

    Raises
    ------
    RequestError : what measures is no function of the file
    """
    path = Path(module.__file__ or "")
    project = path.parent.parent
    name = getattr(study.measure, "__name__", "")
    if getattr(module, name, None) is not study.measure:
        raise RequestError(f"Study.measure: must be a function of {path}, got {study.measure!r}")
    digest, texts = digest_function(read_source(path), name)
    words = texts | {value for point in points for value in point.values() if isinstance(value, str)}
    code = {path.relative_to(project).as_posix(): digest}
    for folder in (MODELS, EXAMPLES):
        for stem, file in sorted(list_files(folder, project).items()):
            if stem in words:
                code[f"{folder}/{stem}.py"] = digest_code(read_source(file))
    code |= {f"rule {name}": digest_rule(rule) for name, rule in RULES.items()}
    return {"revisions": dict(collect_all_revisions()), "code": code}
