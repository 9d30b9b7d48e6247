"""Every permission check of the program, found in its code: a new one is found too.

addresses   the level that an address declares, made weaker; a second factor or a proof that is not asked for
refusals    an `if` in a view, a use-case or a permission, that refuses: its condition never holds; and where
            it has several, each of them
limits      what a selector filters by: each argument of each filter, and each thing that must hold as well
answers     yes or no, of a permission: always yes
the door    whatever lets somebody through it, always does
steps       who may take a step of a lifecycle: everybody

What only spares a later line from a value that is not there (`office is None or ...`) is no check.
"""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from rest_framework.permissions import AllowAny

from desk.access import Access, declared_access
from tests.desk.access.addresses import addresses
from tests.mutations.making import Mutation, Undo, made_by, unwrapped, without
from workflow.governance import governed_models
from workflow.steps import steps_of, terms_of

ROOT = Path(__file__).resolve().parent.parent.parent

# Where whoever may not do or see a thing is refused or left out.
PERMISSIONS = (
    "accounts/selectors.py",
    "accounts/second_factor.py",
    "authorisation/applicants.py",
    "authorisation/permissions.py",
    "desk/api/callers.py",
    "desk/api/permissions.py",
    "desk/permissions.py",
    "desk/people/selectors/authorities.py",
    "desk/selectors/at_the_authority.py",
    "desk/selectors/offices.py",
    "desk/selectors/seen.py",
    "letters/permissions.py",
    "projects/permissions.py",
)
# Where acts begin: pages and the API, use-cases of accounts; and what these are read from, which is limited
# by whom it concerns.
ACTS = ("desk/**/*.py", "accounts/services/*.py", "config/administration.py",
        "authorisation/guards/conflicts.py", "authorisation/services/applicants.py")  # fmt: skip
# Use-cases that leave who may act to the door, but for some that look themselves: these say so by the kind
# of their refusal.
BY_KIND = ("authorisation/services/*.py", "authorisation/vetting.py", "letters/*.py", "projects/*.py",
           "workflow/door.py")  # fmt: skip
# What is told to people, not who may do it; and what runs for whoever has the machine, or the demonstration.
_NO_PERMISSION = (
    "/management/",
    "/migrations/",
    "desk/cast.py",
    "desk/afterwards.py",
    "desk/acts_afterwards.py",
)
_DOOR = "workflow/door.py"
# What Django's administration asks of ours.
_OF_DJANGO = re.compile(r"\.has_\w+_permission$")
_WHOM = re.compile(
    r"\b(authority|authorities|person|organisation|applicant|held|represented|principal|mandatary)\b|_in=cases_seen"
)
_REFUSALS = {
    *("Http404", "PermissionDenied", "ReauthenticationRequired", "Refused"),
    *("AuthenticationFailed", "NotFound", "ValidationError"),
}
_SAYS_KIND = re.compile(r"\b(Kind|Refusal)\.(ROLE|UNSEEN)\b")
_FILTERS = {"filter", "exclude"}


@cache
def mutations() -> tuple[Mutation, ...]:
    """All of them, in the order in which they are tried."""
    found = (*_of_addresses(), *_of_code(), *_of_steps())
    names = [one.name for one in found]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    return found


# -- addresses -------------------------------------------------------------------------------------


def _of_addresses() -> Iterator[Mutation]:
    for name, leaf in addresses():
        layers = made_by(leaf.callback)
        access = declared_access(leaf.callback)
        if access is not Access.ANYBODY:
            yield Mutation(
                name=f"address {name}: for anybody",
                place=f"address:{name}",
                sources=_of_view(leaf.callback),
                apply=partial(_ask_no_caller if access is Access.PROGRAMS else _open, leaf.callback),
            )
        for layer in ("behind_second_factor", "for_administrators", "asks_again", "keeps_a_second_factor"):
            if layer in layers:
                yield Mutation(
                    name=f"address {name}: without {layer}",
                    place=f"address:{name}",
                    sources=_of_view(leaf.callback),
                    apply=partial(unwrapped, leaf.callback, layer),
                )


def _of_view(view: Any) -> tuple[Path, ...]:
    """The files that say who may call it."""
    innermost = inspect.unwrap(view)
    source = inspect.getsourcefile(getattr(innermost, "cls", innermost))
    return (Path(str(source)), ROOT / "desk" / "access.py")


def _open(view: Any) -> Undo:
    """The address asks for no sign-in any more."""
    view.login_required = False

    def undo() -> None:
        view.login_required = True

    return undo


def _ask_no_caller(view: Any) -> Undo:
    """The address of the API, which asks by itself who calls, asks no more."""
    endpoint = view.cls
    own = endpoint.__dict__.get("permission_classes")
    endpoint.permission_classes = [AllowAny]

    def undo() -> None:
        if own is None:
            del endpoint.permission_classes
        else:
            endpoint.permission_classes = own

    return undo


# -- code ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """One check in the tree of a module: how to take it out of a fresh tree, and what it says."""

    function: str
    words: str
    take_out: Callable[[ast.Module], None]


def _of_code() -> Iterator[Mutation]:
    for path in paths():
        module, seen = module_of(path), dict[str, int]()
        for place in _places(ROOT / path, path):
            name = f"{path} {place.function}: without {place.words}"
            seen[name] = seen.get(name, 0) + 1
            yield Mutation(
                name=name if seen[name] == 1 else f"{name} ({seen[name]})",
                place=f"{module}:{place.function.split('.<locals>.')[0]}",
                sources=(ROOT / path,),
                apply=partial(without, module, place.take_out, _outward(place.function)),
            )


def paths() -> list[str]:
    """The files in which checks are looked for."""
    found = _globbed(ACTS) | _globbed(BY_KIND)
    return sorted({*PERMISSIONS, *(path for path in found if not any(no in path for no in _NO_PERMISSION))})


@cache
def _globbed(globs: tuple[str, ...]) -> frozenset[str]:
    return frozenset(str(found.relative_to(ROOT)) for glob in globs for found in ROOT.glob(glob))


def module_of(path: str) -> str:
    """The module of a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _outward(function: str) -> tuple[str, ...]:
    """The function and those it stands in: they make it anew at every call."""
    parts = function.split(".<locals>.")
    return tuple(".<locals>.".join(parts[: number + 1]) for number in range(len(parts)))


def _places(source: Path, path: str) -> Iterator[_Place]:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    everything = path in PERMISSIONS
    if not everything and path not in _globbed(ACTS):
        yield from _by_kind(tree, nodes, path)
        return
    for function, node in _with_function(tree):
        if isinstance(node, ast.If):
            yield from _of_if(nodes, node, function, everything)
        elif isinstance(node, ast.Call):
            yield from _of_filter(nodes, node, function, everything)
        elif isinstance(node, ast.comprehension) and (everything or _WHOM.search(ast.unparse(node))):
            for place, condition in enumerate(node.ifs):
                words = f"“if {ast.unparse(condition)}”"
                yield _Place(function, words, partial(_hold, nodes.index(node), place))
        elif isinstance(node, ast.Return) and (
            (everything and _yes_or_no(node.value)) or _OF_DJANGO.search(function)
        ):
            yield from _of_answer(nodes, node, function)


def _by_kind(tree: ast.Module, nodes: list[ast.AST], path: str) -> Iterator[_Place]:
    """Refusals that say that somebody may not act or see; and what directly before them spares from one."""
    sparing = {
        id(before)
        for node in nodes
        for before, after in pairwise(getattr(node, "body", ()) if isinstance(node, ast.stmt) else ())
        if isinstance(before, ast.If) and isinstance(before.body[-1], ast.Return) and _refuses_by_kind(after)
    }
    tests: set[tuple[str, str]] = set()
    for function, node in _with_function(tree):
        if isinstance(node, ast.If) and _refuses_by_kind(node.body[-1]):
            yield _Place(function, f"“if {ast.unparse(node.test)}”", partial(_never, nodes.index(node)))
            if isinstance(node.test, ast.BoolOp):
                yield from _parts(nodes, node.test, function)
            tests |= {(function, name.id) for name in ast.walk(node.test) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.If) and (id(node) in sparing or _lets_through(path, function, node)):
            yield _Place(function, f"“if {ast.unparse(node.test)}”", partial(_always, nodes.index(node)))
            if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
                yield from _parts(nodes, node.test, function)
    for function, node in _with_function(tree):
        named = node.targets if isinstance(node, ast.Assign) and isinstance(node.value, ast.BoolOp) else []
        if any((function, ast.unparse(target)) in tests for target in named):
            yield from _parts(nodes, node.value, function)  # type: ignore[attr-defined]


def _refuses_by_kind(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) and _SAYS_KIND.search(ast.unparse(node)) is not None


def _lets_through(path: str, function: str, node: ast.If) -> bool:
    """Whether it gives no reason against somebody at the door."""
    of_door = path == _DOOR and function in (
        *("against_role", "against_proof", "refuse_unproved", "_against_unconfirmed"),
    )
    return of_door and isinstance(node.body[-1], ast.Return)


def _of_if(nodes: list[ast.AST], node: ast.If, function: str, everything: bool) -> Iterator[_Place]:
    """A refusal never happens; what is let in on a condition, always is."""
    words, refuses = f"“if {ast.unparse(node.test)}”", _refuses(node, everything) and "Form." not in function
    if refuses:
        yield _Place(function, words, partial(_never, nodes.index(node)))
    elif everything and not node.orelse:
        yield _Place(function, words, partial(_always, nodes.index(node)))
    if isinstance(node.test, ast.BoolOp) and (refuses or everything):
        yield from _parts(nodes, node.test, function)


def _of_filter(nodes: list[ast.AST], call: ast.Call, function: str, everything: bool) -> Iterator[_Place]:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _FILTERS or _only_names_it(call):
        return
    number = nodes.index(call)
    limits = [
        (ast.unparse(one), partial(_drop_argument, number, place)) for place, one in enumerate(call.args)
    ]
    limits += [
        (ast.unparse(one), partial(_drop_keyword, number, place)) for place, one in enumerate(call.keywords)
    ]
    for words, take_out in limits:
        if everything or _WHOM.search(words):
            yield _Place(function, f"“{words}”", take_out)


def _yes_or_no(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr == "exists"
    return isinstance(value, ast.Compare | ast.BoolOp)


def _of_answer(nodes: list[ast.AST], node: ast.Return, function: str) -> Iterator[_Place]:
    """The answer is yes; and of several things that must hold, each is left out."""
    if node.value is not None:
        yield _Place(function, f"“return {ast.unparse(node.value)}”", partial(_yes, nodes.index(node)))
    if isinstance(node.value, ast.BoolOp) and isinstance(node.value.op, ast.And):
        yield from _parts(nodes, node.value, function)


def _only_names_it(call: ast.Call) -> bool:
    """A look-up of the one thing that was asked for, limited by nothing."""
    return [keyword.arg for keyword in call.keywords] in (["public_id"], ["pk"]) and not call.args


def _parts(nodes: list[ast.AST], test: ast.BoolOp, function: str) -> Iterator[_Place]:
    for place, part in enumerate(test.values):
        if _spares(part, test.op):
            continue
        yield _Place(function, f"“{ast.unparse(part)}”", partial(_drop_value, nodes.index(test), place))


def _spares(part: ast.expr, op: ast.boolop) -> bool:
    """Whether it only keeps a value that is not there from the conditions after it."""
    words = ast.unparse(part)
    if isinstance(op, ast.And):
        return words.endswith(" is not None")
    return words.endswith(" is None") or words.startswith("not isinstance(")


def _with_function(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every node that stands in a function, with the qualified name of that."""

    def walk(node: ast.AST, name: str, inside: bool) -> Iterator[tuple[str, ast.AST]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                joint = ".<locals>." if inside else "."
                inner = f"{name}{joint}{child.name}" if name else child.name
                yield from walk(child, inner, isinstance(child, ast.FunctionDef))
            else:
                if inside:
                    yield name, child
                yield from walk(child, name, inside)

    return walk(tree, "", False)


def _refuses(node: ast.If, limits: bool) -> bool:
    """Whether it ends in a refusal or, where things are limited, in giving nothing."""
    last = node.body[-1]
    if isinstance(last, ast.Raise) and last.exc is not None:
        raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
        return isinstance(raised, ast.Name) and raised.id in _REFUSALS
    if not limits or not isinstance(last, ast.Return):
        return False
    return last.value is None or ast.unparse(last.value) in {"None", "[]", "()", "frozenset()", "False"}


def _node(number: int, tree: ast.Module) -> Any:
    return list(ast.walk(tree))[number]


def _never(number: int, tree: ast.Module) -> None:
    found = _node(number, tree)
    found.test = ast.BoolOp(op=ast.And(), values=[ast.Constant(value=False), found.test])


def _always(number: int, tree: ast.Module) -> None:
    found = _node(number, tree)
    found.test = ast.BoolOp(op=ast.Or(), values=[ast.Constant(value=True), found.test])


def _yes(number: int, tree: ast.Module) -> None:
    found = _node(number, tree)
    found.value = ast.BoolOp(op=ast.Or(), values=[ast.Constant(value=True), found.value])


def _hold(number: int, place: int, tree: ast.Module) -> None:
    found = _node(number, tree)
    found.ifs[place] = ast.BoolOp(op=ast.Or(), values=[ast.Constant(value=True), found.ifs[place]])


def _drop_value(number: int, place: int, tree: ast.Module) -> None:
    """One of several conditions: the neutral value in its place, which still names what it named."""
    found = _node(number, tree)
    conjunction = isinstance(found.op, ast.And)
    neutral = ast.Constant(value=conjunction)
    joined: ast.boolop = ast.Or() if conjunction else ast.And()
    found.values[place] = ast.BoolOp(op=joined, values=[neutral, deepcopy(found.values[place])])


def _drop_argument(number: int, place: int, tree: ast.Module) -> None:
    del _node(number, tree).args[place]


def _drop_keyword(number: int, place: int, tree: ast.Module) -> None:
    del _node(number, tree).keywords[place]


# -- steps -----------------------------------------------------------------------------------------


def _of_steps() -> Iterator[Mutation]:
    for model in sorted(governed_models(), key=lambda model: model.__name__):
        for step in steps_of(model):
            terms = terms_of(step)
            source = Path(str(inspect.getsourcefile(inspect.unwrap(cast(Any, step)))))
            yield Mutation(
                name=f"step {model.__name__}.{terms.name}: for everybody",
                place="step",
                sources=(source,),
                apply=partial(_change_terms, terms, "roles", tuple(_every_role())),
            )
            if terms.asks_again:
                yield Mutation(
                    name=f"step {model.__name__}.{terms.name}: without asking again",
                    place="step",
                    sources=(source,),
                    apply=partial(_change_terms, terms, "asks_again", False),
                )


def _every_role() -> list[str]:
    """Of all lifecycles: a record that one role alone may move would else be open to nobody more."""
    return sorted(
        {role for model in governed_models() for step in steps_of(model) for role in terms_of(step).roles}
    )


def _change_terms(terms: Any, name: str, value: Any) -> Undo:
    before = getattr(terms, name)
    object.__setattr__(terms, name, value)

    def undo() -> None:
        object.__setattr__(terms, name, before)

    return undo


def load() -> None:
    """Imports every module in which checks are looked for, before any is changed."""
    for path in paths():
        assert inspect.getsourcefile(importlib.import_module(module_of(path)))
