"""No line of the product writes a state, or what goes with it, outside the door.

A reader of the source finds what no type checker sees: a constructor that sets a state, an `update()`,
a `setattr`, a step called by its method. It is itself tested, with lines that must be found and lines
that must not; and what `workflow.governed` promises to refuse at run time is tried at run time.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django_fsm import TransitionNotAllowed

from authorisation.models import Case
from tests.authorisation.factories import drafted, submitted, two_staffs
from workflow.governed import DOOR_COLUMNS, Governed, OutsideTheDoor
from workflow.steps import steps_of, terms_of

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "accounts",
    "audit",
    "authorisation",
    "bench",
    "config",
    "desk",
    "letters",
    "projects",
    "reporting",
    "workflow",
)
# The door writes, and the wrapper of django-fsm takes the step for it.
DOOR = frozenset({"workflow/door.py", "workflow/steps.py"})
# Where a lifecycle's own columns are declared or kept.
DECLARING = frozenset({"workflow/governed.py"})

# What only the door writes. `due_on` and `waiting_since` are also columns of the door; a record is born
# with the second.
WRITTEN_AT_THE_DOOR = frozenset({"state", "came_from", "outcome", "version"})
# Names that other models and values bear too: `outcome` of a decision, `version` of a procedure. As a
# keyword they count only for what is governed; as an attribute always, but in packages below the door,
# which can know no governed record.
SHARED = frozenset({"outcome", "version"})
BELOW = frozenset({"accounts", "audit"})
GOVERNED = frozenset(model.__name__ for model in apps.get_models() if issubclass(model, Governed))
STEPS = frozenset(
    terms_of(step).name
    for model in apps.get_models()
    if issubclass(model, Governed)
    for step in steps_of(model)
)
MANY = frozenset({"update", "aupdate", "update_or_create", "aupdate_or_create", "get_or_create"})
CREATING = frozenset(
    {"create", "acreate", "get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create"}
)
BULK = frozenset({"bulk_update", "abulk_update", "bulk_create", "abulk_create"})
NAMING_FIELDS = frozenset({"fields", "update_fields"})


def findings(source: str) -> list[tuple[int, str]]:
    """The lines that write a state past the door, each with what is wrong."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(source)):
        found += [(getattr(node, "lineno", 0), what) for what in _of(node)]
    return sorted(set(found))


def _of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _of_target(target)
        case ast.AnnAssign(target=target, value=value) if value is not None:
            yield from _of_target(target)
        case ast.AugAssign(target=target) | ast.For(target=target) | ast.NamedExpr(target=target):
            yield from _of_target(target)
        case ast.withitem(optional_vars=ast.expr() as target):
            yield from _of_target(target)
        case ast.Delete(targets=targets):
            for target in targets:
                yield from _of_target(target)
        case ast.Call():
            yield from _of_call(node)


def _of_target(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Tuple(elts=inner) | ast.List(elts=inner):
            for one in inner:
                yield from _of_target(one)
        case ast.Starred(value=inner_target):
            yield from _of_target(inner_target)
        case ast.Attribute(value=ast.Name(id="self"), attr=_):
            return  # a value object's own field: the methods of a lifecycle have empty bodies
        case ast.Attribute(attr=name) if name in WRITTEN_AT_THE_DOOR:
            yield f"assigns .{name}"
        case ast.Subscript(value=ast.Attribute(attr="__dict__"), slice=ast.Constant(value=str(name))):
            if name in WRITTEN_AT_THE_DOOR:
                yield f"writes __dict__[{name!r}]"


def _of_call(call: ast.Call) -> Iterator[str]:
    yield from _of_setting(call)
    yield from _of_writing(call)
    if _called(call) in STEPS and _is_a_step(call):
        yield f"calls the step {_called(call)}"


def _of_setting(call: ast.Call) -> Iterator[str]:
    name = _called(call)
    if name in ("setattr", "__setattr__", "__setitem__"):
        for argument in call.args:
            if isinstance(argument, ast.Constant) and argument.value in WRITTEN_AT_THE_DOOR:
                yield f"{name} of {argument.value!r}"


def _of_writing(call: ast.Call) -> Iterator[str]:
    name = _called(call)
    keywords = {keyword.arg for keyword in call.keywords if keyword.arg}
    if name in MANY | CREATING or name in GOVERNED:
        touched = keywords | _literal_names(call)
        governed = name in GOVERNED or _is_about_governed(call)
        for column in sorted(touched & WRITTEN_AT_THE_DOOR):
            if column == "state" or governed:
                yield f"{name}({column}=…)"
    if name in BULK or name in ("save", "asave"):
        for column in sorted(_named_fields(call) & WRITTEN_AT_THE_DOOR):
            yield f"{name} names {column!r}"


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _literal_names(call: ast.Call) -> set[str]:
    """Keys of `defaults={…}`, `create_defaults={…}` and `**{…}`."""
    names: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg in (None, "defaults", "create_defaults") and isinstance(keyword.value, ast.Dict):
            names |= {str(key.value) for key in keyword.value.keys if isinstance(key, ast.Constant)}
        if keyword.arg in ("defaults", "create_defaults") and isinstance(keyword.value, ast.Call):
            names |= {inner.arg for inner in keyword.value.keywords if inner.arg}
    return names


def _named_fields(call: ast.Call) -> set[str]:
    lists = [keyword.value for keyword in call.keywords if keyword.arg in NAMING_FIELDS]
    if _called(call) in BULK:
        lists += call.args[1:2]
    return {
        item.value
        for given in lists
        if isinstance(given, ast.List | ast.Tuple | ast.Set)
        for item in given.elts
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    }


def _is_about_governed(call: ast.Call) -> bool:
    """Whether the chain of the call begins with a governed model, or with the plural a relation bears."""
    names = {node.id for node in ast.walk(call.func) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(call.func) if isinstance(node, ast.Attribute)}
    relations = {"cases", "letters", "authorisations", "activities", "approaches"}
    return bool(names & (GOVERNED | relations))


def _is_a_step(call: ast.Call) -> bool:
    """A step called on a model's class or on a record, and not a use-case of the same name in a module."""
    if not isinstance(call.func, ast.Attribute):
        return False
    owner = call.func.value
    if isinstance(owner, ast.Name):
        return owner.id in GOVERNED or owner.id in RECORDS
    return isinstance(owner, ast.Attribute) and owner.attr in RECORDS


# How this code base calls a record that has a lifecycle.
RECORDS = frozenset(
    {"case", "letter", "authorisation", "activity", "approach", "record", "fresh", "self", "head"}
)


def product_files() -> list[Path]:
    files = [
        path
        for package in PACKAGES
        for path in sorted((CHECKOUT / package).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    return [path for path in files if path.relative_to(CHECKOUT).as_posix() not in DOOR | DECLARING]


def test_no_line_of_the_product_writes_a_state_outside_the_door() -> None:
    files = product_files()
    assert len(files) > 100
    found = [
        f"{path.relative_to(CHECKOUT)}:{line}: {what}"
        for path in files
        for line, what in findings(path.read_text(encoding="utf-8"))
        if not (path.relative_to(CHECKOUT).parts[0] in BELOW and any(name in what for name in SHARED))
    ]
    assert found == []


BITES = """
case.state = "granted"
case.state: str = "granted"
case.state += "x"
case.version += 1
case.came_from = ""
case.outcome = "granted"
case.authorisation.state = S.REVOKED
first, case.state = 1, "granted"
for case.state in states: pass
setattr(case, "state", "granted")
object.__setattr__(case, "state", "granted")
Model.__setattr__(case, "outcome", "granted")
case.__dict__["state"] = "granted"
case.__dict__["version"] += 1
case.__dict__.__setitem__("state", "granted")
Case(state="granted")
models.Case(authority=a, state="granted")
Letter(version=3)
Case(**{"state": "granted"})
Case.objects.create(state=S.GRANTED)
Case.objects.create(outcome="granted")
authority.cases.create(version=2)
Case.objects.get_or_create(reference="1", defaults={"state": "granted"})
Case.objects.update_or_create(reference="1", defaults=dict(state="granted"))
Case.objects.update_or_create(reference="1", create_defaults={"outcome": "granted"})
Case.objects.bulk_create([Case(state="granted")])
Case.objects.bulk_create(cases, update_conflicts=True, update_fields=["state"])
Case.objects.filter(pk=1).update(state="granted")
Case._base_manager.filter(pk=1).update(**{"state": "granted"})
Case.objects.filter(pk=1).update(came_from="")
type(case)._base_manager.update(state="granted")
Case.objects.bulk_update(cases, ["state"])
Case.objects.bulk_update(cases, fields=("reference", "version"))
case.save(update_fields=["state"])
await case.asave(update_fields={"outcome"})
case.submit()
Case.submit(case)
letter.case.withdraw()
self.activity.authorise()
Letter.issue(letter)
record.approve_in_part()
""".strip().splitlines()

LEAVES_ALONE = """
state = "granted"
case.state == "granted"
if case.state in ENDED: pass
return_state = case.state
Case.objects.filter(state="granted")
Case.objects.exclude(state=S.DRAFT).count()
Decision.objects.create(outcome=outcome)
Terms(version="built-in/1")
letter.Instrument(identifier=i, version=1)
Status(in_force=False, word="void")
Move(step=Case.submit, record=case)
applications.submit(case, act=act, declared=True)
decisions.approve(case, act=act)
letters.consent(letter, act=act, digest=d)
issue(letter)
Case.objects.filter(pk=1).update(identifier="x")
case.save(update_fields=["identifier"])
Happening(action="open", to_state=case.state)
columns = {"version": 1, "state": after}
case.identifier = "x"
Case.objects.order_by("state")
Case.objects.values("state")
setattr(case, "identifier", "x")
text.withdraw
stand.end()
""".strip().splitlines()


@pytest.mark.parametrize("line", BITES)
def test_a_line_that_writes_a_state_is_found(line: str) -> None:
    source = f"async def f():\n    {line}" if line.startswith("await") else line
    assert findings(source), line


@pytest.mark.parametrize("line", LEAVES_ALONE)
def test_a_line_that_writes_none_is_left_alone(line: str) -> None:
    assert findings(line) == [], line


def test_the_door_itself_would_be_found() -> None:
    """The files left out are left out because they write: a door that moved elsewhere would be noticed."""
    wrapper = ast.parse((CHECKOUT / "workflow/steps.py").read_text(encoding="utf-8"))
    door = ast.parse((CHECKOUT / "workflow/door.py").read_text(encoding="utf-8"))
    assert any(isinstance(node, ast.Call) and _called(node) == "update" for node in ast.walk(door))
    assert any(isinstance(node, ast.FunctionDef) and node.name == "move_state" for node in ast.walk(wrapper))


def test_nobody_but_the_door_asks_the_wrapper_to_take_a_step() -> None:
    for path in product_files():
        names = {
            name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.ImportFrom | ast.Import)
                else [node.attr]
                if isinstance(node, ast.Attribute)
                else [node.id]
                if isinstance(node, ast.Name)
                else []
            )
        }
        assert not names & {"move_state", "_admitted", "GovernedQuerySet"}, path


# -- the same, tried at run time -------------------------------------------------------------------


def _row(case: Case) -> Any:
    return Case.objects.filter(pk=case.pk).values().get()


def _assigned(case: Case) -> None:
    case.state = "granted"  # type: ignore[assignment]


def _set(case: Case) -> None:
    setattr(case, "state", "granted")  # noqa: B010 - what is tried


def _slipped_in(case: Case) -> None:
    case.__dict__["state"] = "granted"
    case.save()


def _slipped_in_and_named(case: Case) -> None:
    case.__dict__["state"] = "granted"
    case.save(update_fields=["state"])


def _saved_whole(case: Case) -> None:
    Case.objects.get(pk=case.pk).save()


def _copied_over(case: Case) -> None:
    values = {field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}
    Case(**values | {"outcome": "granted"}).save()


def _copied_over_in_bulk(case: Case) -> None:
    values = {field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}
    Case.objects.bulk_create(
        [Case(**values | {"outcome": "granted"})],
        update_conflicts=True,
        update_fields=["outcome"],
        unique_fields=["id"],
    )


def _another_born_granted(case: Case) -> None:
    values = {field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}
    fresh = {"id": None, "public_id": None, "reference": "X", "state": "granted"}
    Case(**values | fresh | {"trail_sequence": 0, "trail_digest": "", "version": 0}).save()


def _another_born_granted_in_bulk(case: Case) -> None:
    values = {field.attname: getattr(case, field.attname) for field in Case._meta.concrete_fields}
    fresh = {"id": None, "reference": "X", "state": "granted", "trail_sequence": 0, "trail_digest": ""}
    Case.objects.bulk_create([Case(**values | fresh | {"version": 0})])


def _updated_in_bulk(case: Case) -> None:
    Case.objects.bulk_update([case], ["version"])


REFUSED_AT_RUN_TIME: list[tuple[Callable[[Case], Any], type[Exception]]] = [
    (_assigned, AttributeError),
    (_set, AttributeError),
    (_slipped_in, OutsideTheDoor),
    (_slipped_in_and_named, OutsideTheDoor),
    (_saved_whole, OutsideTheDoor),
    (_copied_over, OutsideTheDoor),
    (_copied_over_in_bulk, OutsideTheDoor),
    (_another_born_granted, OutsideTheDoor),
    (_another_born_granted_in_bulk, OutsideTheDoor),
    (_updated_in_bulk, OutsideTheDoor),
    (lambda case: case.delete(), OutsideTheDoor),
    (lambda case: Case.objects.filter(pk=case.pk).delete(), OutsideTheDoor),
    (lambda case: Case.objects.update_or_create(pk=case.pk, defaults={"state": "granted"}), AttributeError),
    (lambda case: Case.objects.update_or_create(pk=case.pk, defaults={"version": 9}), OutsideTheDoor),
    (lambda case: case.authority.cases.update(state="granted"), OutsideTheDoor),
    (lambda case: case.authority.cases.all().update(version=9), OutsideTheDoor),
    (lambda case: getattr(case, "submit")(), TransitionNotAllowed),  # noqa: B009 - past the type checker
    (getattr(Case, "submit"), TransitionNotAllowed),  # noqa: B009
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attempt", "refusal"),
    REFUSED_AT_RUN_TIME,
    ids=[str(number) for number in range(len(REFUSED_AT_RUN_TIME))],
)
def test_what_would_write_a_state_past_the_door_is_refused_and_writes_nothing(
    attempt: Callable[[Case], Any], refusal: type[Exception]
) -> None:
    ours, theirs = two_staffs()
    case, other = drafted(ours), submitted(theirs)
    before, beside, count = _row(case), _row(other), Case.objects.count()
    with transaction.atomic(), pytest.raises(refusal):
        attempt(Case.objects.get(pk=case.pk))
    assert (_row(case), _row(other), Case.objects.count()) == (before, beside, count)


@pytest.mark.django_db
@pytest.mark.parametrize("column", sorted(DOOR_COLUMNS))
def test_no_column_of_the_door_can_be_updated_or_saved_by_name(column: str) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    before = _row(case)
    with pytest.raises(OutsideTheDoor, match=column):
        Case.objects.filter(pk=case.pk).update(**{column: before[column]})
    with pytest.raises(OutsideTheDoor, match=column):
        case.save(update_fields=[column])
    assert _row(case) == before


@pytest.mark.django_db
def test_reading_a_record_again_gives_its_state_and_leaves_the_state_protected() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    same = Case.objects.get(pk=case.pk)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE authorisation_case SET state = 'submitted' WHERE id = %s", [case.pk])
    same.refresh_from_db()
    assert same.state == "submitted"
    with pytest.raises(AttributeError):
        _assigned(same)
    with pytest.raises(Case.DoesNotExist):
        Case(pk=-1).refresh_from_db()
    with pytest.raises(AttributeError):
        _assigned(same)


@pytest.mark.django_db
def test_a_record_loaded_without_its_state_can_be_read_and_not_be_written() -> None:
    ours, _theirs = two_staffs()
    case = Case.objects.defer("state").get(pk=drafted(ours).pk)
    assert case.state == "draft"
    with pytest.raises(AttributeError):
        _assigned(case)
