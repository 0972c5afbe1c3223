"""Ticks of logarithmic axes that can be read at print size."""

from __future__ import annotations

import math

from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

_PLAIN_UP_TO = 99_999
_STEPS = {  # by the decades that are seen, at most
    0.8: (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0),
    1.3: (1.0, 2.0, 5.0),
    1.7: (1.0, 3.0),
    math.inf: (1.0,),
}
_MOST_DECADES = 5


def label_log_axis(axis: Axis, most_decades: int = _MOST_DECADES) -> None:
    """Label decades or, where less than two are seen, steps between them; call when all is drawn.

    Numbers up to five digits are written out, 300 rather than 3 x 10^2, unless many decades are seen.
    A narrow axis has room for fewer than usual, ``most_decades``.
    """
    low, high = sorted(axis.get_view_interval())
    if low <= 0:  # nothing is drawn, and the axis has the limits of an empty one
        return
    decades = math.log10(high / low)
    steps = next(steps for most, steps in _STEPS.items() if decades < most)
    axis.set_major_locator(LogLocator(subs=steps, numticks=most_decades if len(steps) == 1 else 15))
    plain_up_to = 0 if decades > _MOST_DECADES else _PLAIN_UP_TO
    axis.set_major_formatter(FuncFormatter(lambda value, _: format_log_tick(value, plain_up_to)))
    axis.set_minor_formatter(NullFormatter())


def format_log_tick(value: float, plain_up_to: float = _PLAIN_UP_TO) -> str:
    r"""The label of a tick: written out up to ``plain_up_to``, else with a power of ten.

    >>> [format_log_tick(value) for value in (0.01, 30, 10_000, 1e6, 2e9)]
    ['0.01', '30', '10,000', '$10^{6}$', '$2\\times10^{9}$']
    """
    exponent = math.floor(math.log10(value) + 1e-9)
    if exponent >= -3 and value <= plain_up_to:
        return f"{value:,.10g}"
    factor = value / 10.0**exponent
    power = f"10^{{{exponent}}}"
    return f"${power}$" if math.isclose(factor, 1.0) else f"${factor:g}\\times{power}$"
