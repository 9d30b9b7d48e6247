"""Taking one check out of the running program, and putting it back.

A function is changed by giving it the code that its module would have without the check; whoever holds the
function, holds the changed one. So are the functions inside it, and those that decorators hold.
"""

import ast
import gc
import importlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

Undo = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One check taken out.

    name      where it is and what is taken out: the same in every run
    place     what has to be run for anybody to notice: `module:function`, `address:name`, or `step`
    sources   the files that say what is checked: when one changes, what was found before holds no more
    apply     takes it out, and gives what puts it back
    """

    name: str
    place: str
    sources: tuple[Path, ...]
    apply: Callable[[], Undo]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The program without the check."""
        undo = self.apply()
        try:
            yield
        finally:
            undo()


# -- code ------------------------------------------------------------------------------------------


def without(module: str, change: Callable[[ast.Module], None], functions: tuple[str, ...]) -> Undo:
    """Gives functions of a module (by their qualified names) the code it has after `change`."""
    source = Path(str(inspect.getsourcefile(importlib.import_module(module))))
    tree = ast.parse(source.read_text(encoding="utf-8"))
    change(tree)
    ast.fix_missing_locations(tree)
    changed = dict(_codes(compile(tree, str(source), "exec")))
    undone: list[tuple[FunctionType, CodeType]] = []
    for function in _functions().get(str(source), []):
        if function.__code__.co_qualname in functions:
            old, new = function.__code__, changed[_key(function.__code__)]
            function.__code__ = new
            undone.append((function, old))
    assert undone, f"{module}: no function {functions} is there"

    def undo() -> None:
        for function, old in undone:
            function.__code__ = old

    return undo


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield _key(constant), constant
            yield from _codes(constant)


@cache
def _functions() -> dict[str, list[FunctionType]]:
    """All functions there are, wherever it is held, by its source file: to look for them takes a second."""
    held: dict[str, list[FunctionType]] = {}
    for found in gc.get_objects():
        # Not `isinstance`, which asks a weak proxy whose object has gone.
        if type(found) is FunctionType:
            held.setdefault(found.__code__.co_filename, []).append(found)
    return held


def watched(module: str, hit: Callable[[str], None]) -> Undo:
    """Every outermost function of a module tells, whenever it is called, that it was (`module:function`)."""
    holder = importlib.import_module(module)
    mark = "_watched_by_the_mutation_run"
    setattr(holder, mark, hit)
    names: list[str] = []

    def add(tree: ast.Module) -> None:
        for node in tree.body:
            of = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
            for function in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(function, ast.FunctionDef):
                    name = of + function.name
                    names.append(name)
                    call = ast.parse(f"{mark}({f'{module}:{name}'!r})").body[0]
                    function.body.insert(0, ast.copy_location(call, function.body[0]))

    add(ast.parse(Path(str(inspect.getsourcefile(holder))).read_text(encoding="utf-8")))
    present = tuple(names)
    return without(module, add, present) if present else lambda: None


# -- wrappers --------------------------------------------------------------------------------------


def unwrapped(holder: Any, inner: str) -> Undo:
    """Takes the wrapper whose qualified name begins so out of a chain of wrapped views."""
    outer = holder
    while hasattr(outer, "__wrapped__"):
        held = outer.__wrapped__
        if _made_by(held) == inner:
            return _skip(outer, held)
        outer = held
    raise AssertionError(f"{holder} is not wrapped by {inner}")


def made_by(view: Any) -> list[str]:
    """By which decorators the layers of a view were made, the outermost first."""
    found = [_made_by(view)]
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
        found.append(_made_by(view))
    return found


def _made_by(view: Any) -> str:
    code = getattr(view, "__code__", None)
    return code.co_qualname.partition(".<locals>")[0] if code is not None else ""


def _skip(outer: Any, held: Any) -> Undo:
    cells = [cell for cell in outer.__closure__ if cell.cell_contents is held]
    assert cells, f"{outer} does not hold {held}"
    for cell in cells:
        cell.cell_contents = held.__wrapped__

    def undo() -> None:
        for cell in cells:
            cell.cell_contents = held

    return undo
