"""What the numbers of a measurement depend on that is no training run."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from bioplast.code_digest import digest_code, digest_function
from bioplast.loading import read_source
from bioplast.plasticity import RULES
from bioplast.project import EXAMPLES, MODELS, list_files
from bioplast.training.provenance import digest_rule
from bioplast.training.revisions import collect_all_revisions


def collect_provenance(module: ModuleType) -> dict[str, Any]:
    """What the points of an experiment depend on, as JSON values.

    That is the function ``measure`` with all that it uses of its file, the networks and examples whose names
    stand in this code or in the file's constants, and, since it may use any of them, every rule and revision.

    Parameters
    ----------
    module : the file ``experiments/NAME.py``
    """
    path = Path(module.__file__ or "")
    project = path.parent.parent
    digest, texts = digest_function(read_source(path), "measure")
    _, more = digest_function(read_source(path), "make_points")
    code = {path.relative_to(project).as_posix(): digest}
    for folder in (MODELS, EXAMPLES):
        for name, file in sorted(list_files(folder, project).items()):
            if name in texts | more:
                code[f"{folder}/{name}.py"] = digest_code(read_source(file))
    code |= {f"rule {name}": digest_rule(rule) for name, rule in RULES.items()}
    return {"revisions": dict(collect_all_revisions()), "code": code}
