"""The project's own files, found without git: a clean room has none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FOLDERS = (".ci", "app", "packaging", "resources", "tests")
_TEXT = {
    ".cfg", ".desktop", ".in", ".ini", ".json", ".lock", ".md", ".py", ".qss", ".service", ".sh",
    ".svg", ".toml", ".ts", ".txt", ".xml", "",
}  # fmt: skip


def python_files(*folders: str) -> list[Path]:
    """Every module below these folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files() -> list[Path]:
    """Every text file of the project, at its root and in its folders."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in _FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(
        path
        for path in found
        if path.suffix in _TEXT
        and "__pycache__" not in path.parts
        and not path.name.startswith(".coverage")
    )


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST) -> str:
    """Where `node` stands, as an editor understands it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def dotted(node: ast.expr) -> str:
    """The name of what is called: ``asyncio.sleep``; a call inside it counts as its name."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case ast.Call(func=function):
            return f"{dotted(function)}()"
        case _:
            return "?"


def calls(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call below `node` with its dotted name."""
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            yield dotted(child.func), child


def calls_in_coroutine(function: ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.Call]]:
    """Every call that the coroutine itself makes; functions defined inside it run elsewhere."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            yield dotted(node.func), node
        todo += ast.iter_child_nodes(node)
