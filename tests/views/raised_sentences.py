"""What the control plane's modules raise, read out of their sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from app import errors
from app.errors import AppError

SAMPLE = "Xy"
"""Stands for every value in a sentence."""


def raised(source: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every message and remedy that a module gives an `AppError`.

    A name stands for what the function or the module sets it to. What comes from a caller is not
    followed, but the callers' `failure=` is looked at, where they say it.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"))
    known = _assigned(tree.body)
    functions = [node for node in ast.walk(tree) if isinstance(node, _FUNCTION)]
    for function in functions:
        names = known | _assigned(list(ast.walk(function)))
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                for value in _said(node):
                    yield from ((value.lineno, text) for text in _texts(value, names))


def spoken(source: Path, known: str) -> Iterator[tuple[int, str]]:
    """Line and text of every whole sentence of a module, whoever it is for.

    Docstrings and the log's words are left out.

    Args:
        source: the module.
        known: stands in the place of a sentence within a sentence: of another failure's message,
            and of what is called `said` or `sentence`.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    unsaid = {id(inner) for node in nodes if _is_unsaid(node) for inner in ast.walk(node)}
    unsaid |= {
        id(inner)
        for node in nodes
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        for inner in ast.walk(part)
    }
    for node in nodes:
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in unsaid:
            text = _with_values(node, known)
            if re.fullmatch(r"[A-Z].* .*\.", text):
                yield node.lineno, text


def _is_unsaid(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id == "_log"
    return False


def _with_values(node: ast.Constant | ast.JoinedStr, known: str) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(_value(part, known) for part in node.values)


def _value(part: ast.expr, known: str) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    inner = part.value if isinstance(part, ast.FormattedValue) else part
    is_sentence = (isinstance(inner, ast.Attribute) and inner.attr == "message") or (
        isinstance(inner, ast.Name) and inner.id in {"said", "sentence"}
    )
    return known if is_sentence else SAMPLE


_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _said(call: ast.Call) -> list[ast.expr]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "damaged":
        holder = ast.JoinedStr(
            [
                ast.Constant(f"{SAMPLE} is damaged: "),
                ast.FormattedValue(call.args[1], -1),
                ast.Constant("."),
            ]
        )
        return [ast.copy_location(holder, call)]
    found = [keyword.value for keyword in call.keywords if keyword.arg == "failure"]
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, AppError):
        found += call.args[:1]
        found += [word.value for word in call.keywords if word.arg in {"message", "remedy"}]
    return found


def _assigned(nodes: list[ast.stmt] | list[ast.AST]) -> dict[str, ast.expr]:
    found: dict[str, ast.expr] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
    return found


def _texts(node: ast.expr, names: dict[str, ast.expr]) -> list[str]:
    """Every text that an expression can be; none for one that is not known."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name) and node.id in names:
        rest = {name: value for name, value in names.items() if name != node.id}
        return _texts(names[node.id], rest)
    if isinstance(node, ast.Name) and isinstance(getattr(errors, node.id, None), str):
        return [getattr(errors, node.id)]
    if isinstance(node, ast.IfExp):
        return _texts(node.body, names) + _texts(node.orelse, names)
    if isinstance(node, ast.JoinedStr):
        whole = [""]
        for part in node.values:
            value = part.value if isinstance(part, ast.FormattedValue) else part
            ends = _texts(value, names) or [SAMPLE]
            whole = [start + end for start in whole for end in ends]
        return whole
    return []
