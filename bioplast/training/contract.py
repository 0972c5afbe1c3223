"""What a model file must give, checked where it is given, so that the model is named and not our code."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import NoReturn

import numpy as np

from bioplast.energy import Signalling
from bioplast.errors import RequestError
from bioplast.network import Layer, Model, Outcome, State

_MODULE = ("N_HIDDEN", "make_network")
_OPTIONS = ("n_pixels", "n_classes", "n_hidden", "plasticity", "device")
_MODEL = ("n_hidden", "build_seconds", "settings", "with_settings", "initial_state", "present")


def check_module(module: ModuleType) -> None:
    """Raise ``RequestError`` unless the file defines what every model defines."""
    for name in _MODULE:
        if not hasattr(module, name):
            raise RequestError(f"model: {module.__file__} must define {' and '.join(_MODULE)}, has no {name}")
    makers = getattr(module, "MAKERS", {})
    if not isinstance(makers, Mapping) or not all(map(callable, (*makers.values(), module.make_network))):
        raise RequestError(f"model: {module.__file__}: make_network and those in MAKERS must be functions")
    for maker in (module.make_network, *makers.values()):
        _check_takes(f"{module.__file__}: {maker.__name__}", maker, **dict.fromkeys(_OPTIONS))
    counts = module.N_HIDDEN if isinstance(module.N_HIDDEN, tuple) and module.N_HIDDEN else (module.N_HIDDEN,)
    if any(isinstance(count, bool) or not isinstance(count, int) or count < 1 for count in counts):
        raise RequestError(
            f"model: {module.__file__}: N_HIDDEN must be a whole number >= 1, or a tuple of them, got "
            f"{module.N_HIDDEN!r}"
        )


def check_model(model: Model, module: ModuleType) -> None:
    """Raise ``RequestError`` unless ``model``, made by ``module``, is a network."""
    lacking = [name for name in _MODEL if not hasattr(model, name)]
    if lacking:
        _refuse(module.__file__, "the network", model, f"which has no {', '.join(lacking)}")
    name = f"{module.__file__}: {type(model).__name__}"
    _check_takes(f"{name}.with_settings", model.with_settings, {})
    _check_takes(f"{name}.initial_state", model.initial_state, 1)
    _check_takes(f"{name}.present", model.present, None, None, learn=True)
    try:
        json.dumps(dict(model.settings), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise RequestError(
            f"model: {module.__file__}: settings must be JSON values by name: {error}"
        ) from None


def check_state(model: Model, state: State) -> None:
    """Raise ``RequestError`` unless ``state`` is one that ``model`` can learn from."""
    place = f"{type(model).__name__}.initial_state"
    if not isinstance(state, State):
        _refuse(place, "a State", state)
    if not state.layers or not all(isinstance(layer, Layer) for layer in state.layers):
        _refuse(place, "a State of layers", state.layers)
    for layer in state.layers:
        for array in (layer.weights, layer.plastic, layer.books.initial, layer.books.m0, layer.books.m1):
            if not isinstance(array, np.ndarray) or array.shape != layer.weights.shape or array.ndim != 2:
                _refuse(place, f"arrays (n_pre, n_post) in {layer.name}", array)


def check_outcome(model: Model, outcome: Outcome, n_trials: int) -> None:
    """Raise ``RequestError`` unless ``outcome`` is what a chunk of ``n_trials`` trials gives."""
    place = f"{type(model).__name__}.present"
    if not isinstance(outcome, Outcome) or not isinstance(outcome.signalling, Signalling):
        _refuse(place, "an Outcome with Signalling", outcome)
    if np.shape(outcome.predictions) != (n_trials,):
        _refuse(place, f"{n_trials} predictions", outcome.predictions)


def _check_takes(place: str, function: Callable[..., object], *values: object, **options: object) -> None:
    """Raise ``RequestError`` unless ``function`` can be called so."""
    try:
        inspect.signature(function).bind(*values, **options)
    except TypeError as error:
        wanted = ", ".join([*("a value" for _ in values), *(f"{name}=..." for name in options)])
        raise RequestError(f"model: {place} must take {wanted}: {error}") from None


def _refuse(place: object, wanted: str, found: object, more: str = "") -> NoReturn:
    shape = f" of shape {found.shape}" if isinstance(found, np.ndarray) else ""
    raise RequestError(
        f"model: {place} must give {wanted}, gave {type(found).__name__}{shape}{', ' * bool(more)}{more}"
    )
