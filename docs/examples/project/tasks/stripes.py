"""Stripes that lie, stand or lean, with noise: 12 x 12 pixels in 3 classes."""

import numpy as np

from bioplast.tasks import Images, Task

SIDE = 12
NOISE = 60  # gray levels


def load() -> Task:
    """The task; generated, so it is the same wherever it is made."""
    rng = np.random.default_rng(1)
    train, test = _draw(rng, 3000), _draw(rng, 600)
    return Task("stripes", train, test, n_classes=3, shape=(SIDE, SIDE))


def _draw(rng: np.random.Generator, n_images: int) -> Images:
    """Images with phases that differ a little, the classes in turn."""
    rows, columns = np.indices((SIDE, SIDE))
    labels = np.arange(n_images) % 3
    places = np.stack([rows, columns, rows + columns])[labels]
    waves = np.sin(2 * np.pi * (places / 6 + 0.3 * rng.random((n_images, 1, 1))))
    pixels = 120 * (waves > 0.3) + NOISE * rng.random(places.shape)
    pixels = pixels.astype(np.uint8).reshape(n_images, -1)
    return Images(pixels, labels.astype(np.uint8))
