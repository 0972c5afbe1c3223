"""The text form of a declaration: ``largest(0.1) + subnet(100)``.

Grammar::

    declaration = term {"+" term}
    term        = name ["(" [argument {"," argument}] ")"]
    argument    = [name "="] value
    value       = number | word | '"' word '"'

The text is read by this parser and never evaluated.
"""

import dataclasses
import re

from bioplast.errors import RequestError
from bioplast.plasticity.part import RULES, Part
from bioplast.spelling import list_known
from bioplast.terms import read_arguments

_TERM = re.compile(r"\s*(?P<name>\w+)\s*(?:\((?P<arguments>[^()]*)\))?\s*")


def parse_parts(text: str) -> list[Part]:
    """The parts named in ``text``, in its order.

    Raises
    ------
    RequestError : not of the grammar above, no such rule, or a value the rule refuses
    """
    parts = []
    position = 0
    while True:
        term = _TERM.match(text, position)
        if term is None:
            raise RequestError(f"rule: cannot read {text!r}; write for instance 'largest(0.1) + subnet(100)'")
        position = term.end()
        if position < len(text) and text[position] != "+":
            raise RequestError(f"rule: expected '+' or the end at {text[position:]!r} in {text!r}")
        parts.append(_make_part(term["name"], term["arguments"]))
        if position == len(text):
            return parts
        position += 1


def format_part(part: Part) -> str:
    """The shortest text that reads back as ``part``."""
    required, optional = [], []
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if field.default is dataclasses.MISSING:
            required.append(_format_value(value))
        elif value != field.default:
            optional.append(f"{field.name}={_format_value(value)}")
    arguments = ", ".join(required + optional)
    return f"{part.name}({arguments})" if arguments else part.name


def _make_part(name: str, arguments: str | None) -> Part:
    if name not in RULES:
        raise RequestError(f"rule: no rule {name!r}; {list_known(name, sorted(RULES))}")
    rule = RULES[name]
    return rule(**read_arguments("rule", name, rule, arguments))


def _format_value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
