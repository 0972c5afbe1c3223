"""Runs that were never carried out, for what is done with runs."""

import zlib

import numpy as np

from bioplast.plasticity import Plasticity
from bioplast.training.record import Run


def make_run(
    model="ann", rule="plain", seed=1, *, m0=100, m1=10.0, converged=True, trace=None, energy=(), **changes
):
    """The record and trace of a run from the few values a test cares about."""
    energies = {"m0": m0, "m1": m1, "m0_min": m0 / 2, "m1_min": m1 / 2, "layers": {}}
    energies |= {"inefficiency_m0": 2.0, "inefficiency_m1": 2.0}
    record = {
        "model": model,
        "rule": str(Plasticity.parse(rule)),
        "seed": seed,
        "hidden": 100,
        "task": "mnist",
        "protocol": "standard",
        "samples": 4000,
        "converged": converged,
        "diverged": False,
        "accuracy": {"online": 0.94, "validation": 0.95, "test": 0.96},
        "energy": energies | dict(energy),
        "signalling": {"macs": 7},
        "images_per_second": 1000.0,
        "encoding": "rates",
        "goal": 0.95,
        "key": f"{model}-{rule}-{seed}",
    }
    if trace is None:
        trace = [
            {"samples": 2000, "online": 0.8, "validation": None, "m0": m0 // 2, "m1": m1 / 2},
            {"samples": 4000, "online": 0.94, "validation": 0.95, "m0": m0, "m1": m1},
        ]
    return Run(record | changes, trace)


def make_priced(model, rule, seed, *, samples, **values):
    """A run whose samples have 120 spikes and 4,000 synaptic events, or 500 multiply-accumulates, each."""
    has_spikes = model == "spiking"
    counts = {"spikes_input": 100, "spikes_hidden": 20, "synaptic_events": 4000}
    signalling = {name: number * samples * has_spikes for name, number in counts.items()}
    signalling["macs"] = 500 * samples * (not has_spikes)
    defaults = {"config": {"settings": {"n_stimulus": 50} if has_spikes else {}}}
    return make_run(model, rule, seed, samples=samples, signalling=signalling, **defaults | values)


def make_up(config, *, converged=True):
    """A run of ``config`` that was never carried out, with numbers that differ from run to run."""
    rng = np.random.default_rng(zlib.crc32(f"{config.title}, {config.hidden}, {config.goal}".encode()))
    accuracies = np.linspace(0.8, min(config.goal, 0.98), 12)
    spent = np.cumsum(rng.uniform(1e5, 1e6, accuracies.size))
    trace = [
        {
            "samples": 2000 * number,
            "online": accuracy - 0.01,
            "validation": accuracy,
            "m0": int(m0),
            "m1": m0 / 1e4,
        }
        for number, (accuracy, m0) in enumerate(zip(accuracies.tolist(), spent, strict=True), start=1)
    ]
    last = trace[-1]
    settings = {"learning_rate": config.options.get("learning_rate", 0.01)}
    settings |= {"n_stimulus": 50} if config.model == "spiking" else {}
    return make_priced(
        config.model,
        config.rule,
        config.seed,
        m0=last["m0"],
        m1=last["m1"],
        converged=converged and config.goal < 1,
        trace=trace,
        energy={"maintenance": float(rng.uniform(1, 10)), "inefficiency_m1": float(rng.uniform(2, 40))},
        hidden=config.hidden,
        task=config.task,
        protocol=config.protocol,
        samples=last["samples"],
        goal=config.goal,
        config={"options": dict(config.options), "settings": settings},
        key=f"{config.title}-{config.hidden}-{config.goal}",
    )
