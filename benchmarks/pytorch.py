"""The same network in PyTorch: layers, autograd, SGD, one image at a time, books for every synapse.

Written as one writes PyTorch, frozen units outside autograd.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from bioplast.backends.numeric.settings import Settings
from bioplast.network import State
from bioplast.plasticity import Largest, Plasticity, Subnet
from bioplast.plasticity.projection import ProjectionView
from bioplast.tasks.task import Images


class TorchNetwork:
    """784-N-10 and its like, with ``plain`` or ``largest(f)``, and ``subnet(k)`` with either.

    Parameters
    ----------
    state : the first weights; they are copied
    plasticity : what may change
    settings : of the network
    """

    def __init__(self, state: State, plasticity: Plasticity, settings: Settings) -> None:
        torch.set_num_threads(1)
        hidden, output = state.layers
        n_pixels, n_hidden = hidden.weights.shape[0] - 1, hidden.weights.shape[1]
        live = plasticity.path.units if isinstance(plasticity.path, Subnet) else n_hidden
        self.selection, self.error_slope = plasticity.selection, settings.error_slope
        self.hidden = make_linear(hidden.weights[:n_pixels, :live], hidden.weights[n_pixels, :live])
        if live == n_hidden:
            self.output = make_linear(output.weights[:n_hidden], output.weights[n_hidden])
            self.frozen = None
        else:
            self.output = make_linear(output.weights[:live], None)
            self.frozen = torch.nn.Sequential(
                make_linear(hidden.weights[:n_pixels, live:], hidden.weights[n_pixels, live:]),
                torch.nn.ReLU(),
                make_linear(output.weights[live:n_hidden], output.weights[n_hidden]),
            )
        self.layers = (
            (hidden.view, list(self.hidden.parameters())),
            (output.view, list(self.output.parameters())),
        )
        rates = (settings.learning_rate, settings.learning_rate_output)
        groups = zip(self.layers, rates, strict=True)
        self.optimizer = torch.optim.SGD([{"params": part, "lr": rate} for (_, part), rate in groups])
        parameters = [parameter for _, part in self.layers for parameter in part]
        self._m0 = {parameter: torch.zeros(parameter.shape, dtype=torch.int64) for parameter in parameters}
        self._m1 = {parameter: torch.zeros(parameter.shape, dtype=torch.float64) for parameter in parameters}

    def learn(self, images: Images, indices: NDArray[np.int64]) -> NDArray[np.int64]:
        """Show images in order, learn from each, and say which class each was taken for."""
        inputs = torch.from_numpy(images.pixels[indices]).to(torch.float32) / 255
        targets = torch.nn.functional.one_hot(
            torch.from_numpy(images.labels[indices].astype(np.int64)), self.output.out_features
        ).to(torch.float32)
        predictions = np.empty(len(indices), np.int64)
        for trial in range(len(indices)):
            x = inputs[trial]
            y = self.output(rectify(self.hidden(x), self.error_slope))
            if self.frozen is not None:
                with torch.no_grad():
                    constant = self.frozen(x)
                y = y + constant
            predictions[trial] = int(y.argmax())
            self.optimizer.zero_grad()
            loss = 0.5 * ((targets[trial] - y) ** 2).sum()
            loss.backward()
            with torch.no_grad():
                self._change()
        return predictions

    @property
    def n_writes(self) -> int:
        """Weight writes so far."""
        return sum(int(writes.sum()) for writes in self._m0.values())

    @property
    def m1(self) -> float:
        """Summed size of the changes so far."""
        return sum(float(sizes.sum()) for sizes in self._m1.values())

    def _change(self) -> None:
        if isinstance(self.selection, Largest):
            for view, parameters in self.layers:
                keep_largest(parameters, self.selection, view)
        before = {parameter: parameter.clone() for parameter in self._m0}
        self.optimizer.step()
        for parameter, old in before.items():
            applied = (parameter.double() - old.double()).abs_()
            self._m0[parameter] += applied != 0
            self._m1[parameter] += applied


def rectify(h: torch.Tensor, error_slope: float) -> torch.Tensor:
    """ReLU that lets a part of the error pass below zero."""
    below = h.clamp(max=0)
    return torch.relu(h) + error_slope * (below - below.detach())


def make_linear(weights: NDArray[Any], bias: NDArray[Any] | None) -> torch.nn.Linear:
    """A layer with the given weights (n_pre, n_post) and biases (n_post,)."""
    linear = torch.nn.Linear(*weights.shape, bias=bias is not None)
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weights.T.copy()))
        if bias is not None:
            linear.bias.copy_(torch.from_numpy(bias.copy()))
    return linear


def keep_largest(parameters: list[torch.nn.Parameter], selection: Largest, view: ProjectionView) -> None:
    """Set the gradients of a layer to zero that are not among the largest."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    sizes = torch.cat([gradient.abs().flatten() for gradient in gradients])
    n_written = selection.count(view, len(sizes))
    cutoff = torch.topk(sizes, n_written, sorted=False).values.min()
    for gradient in gradients:
        gradient[gradient.abs() < cutoff] = 0
