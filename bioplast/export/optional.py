"""Libraries that only an export needs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bioplast.errors import RequestError


def need(module: str, purpose: str) -> Any:
    """The module, imported.

    Raises
    ------
    RequestError : it is not installed
    """
    try:
        return import_module(module)
    except ImportError:
        raise RequestError(
            f"{purpose}: needs the package {module.partition('.')[0]}: pip install 'bioplast[export]'"
        ) from None
