"""Digests of Python code that tell whether it does something else, not whether it reads otherwise.

Comments, blank lines, docstrings and the way a line is broken do not count. The digest is the same under
every version of Python.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import lru_cache

_N_DIGITS = 16


@lru_cache(maxsize=256)
def digest_code(source: bytes) -> str:
    """16 hexadecimal digits of what the file ``source`` does.

    Raises
    ------
    SyntaxError : it is not Python

    >>> digest_code(b"x = 1  # one") == digest_code(b"x = (1)")
    True
    >>> digest_code(b"x = 1") == digest_code(b"x = 2")
    False
    """
    return _digest(ast.parse(source).body)


def digest_function(source: bytes, name: str) -> tuple[str, frozenset[str]]:
    """Digest of the function ``name`` and of all that it uses of its file, however deep.

    Parameters
    ----------
    source : the file
    name : of a function, class or constant at its top level

    Returns
    -------
    digest, texts : and the texts that stand in this code, which may name other files

    Raises
    ------
    SyntaxError : it is not Python
    """
    body = ast.parse(source).body
    makers: dict[str, list[int]] = {}
    for place, statement in enumerate(body):
        for bound in _list_bound(statement):
            makers.setdefault(bound, []).append(place)
    wanted, used = [name], set[int]()
    while wanted:
        for place in makers.get(wanted.pop(), []):
            if place not in used:
                used.add(place)
                wanted += [node.id for node in ast.walk(body[place]) if isinstance(node, ast.Name)]
    code = [body[place] for place in sorted(used)]
    nodes = (node for statement in code for node in ast.walk(statement))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant))
    return _digest(code), frozenset(text for text in texts if isinstance(text, str))


def _digest(body: list[ast.stmt]) -> str:
    digest = hashlib.sha256()
    for text in _describe(ast.Module(body, [])):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:_N_DIGITS]


def _describe(node: object) -> Iterator[str]:
    """The tree as texts; what is empty is left out, since versions of Python differ in what may be."""
    if isinstance(node, ast.AST):
        yield type(node).__name__
        for field, value in ast.iter_fields(node):
            if field == "body" and isinstance(value, list):
                value = _leave_out_docstring(value)
            if value not in (None, []) and field not in ("ctx", "kind", "type_comment"):
                yield field
                yield from _describe(value)
        yield "end"
    elif isinstance(node, list):
        for item in node:
            yield from _describe(item)
    else:
        yield repr(node)


def _leave_out_docstring(body: list[ast.AST]) -> list[ast.AST]:
    match body:
        case [ast.Expr(value=ast.Constant(value=str())), *rest]:
            return rest
    return body


def _list_bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top level of a file makes."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
