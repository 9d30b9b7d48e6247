"""Reads national oversight from the tables of a procedure file: lists, what is eligible, the contribution."""

from collections.abc import Mapping
from datetime import date
from itertools import combinations

from django.utils.translation import gettext_lazy as _

from authorisation.procedures.lists import (
    GASES,
    ActivityList,
    Admitted,
    Budget,
    Contribution,
    Eligible,
    Entry,
    Force,
    Outside,
    Scope,
    Sort,
    Target,
)
from authorisation.procedures.tables import Table, is_code
from projects import codes

_FORCES: Mapping[str, Force] = {str(one): one for one in Force}
_SORTS: Mapping[str, Sort] = {str(one): one for one in Sort}
_SECTORS = {code: code for edition in codes.SECTORS.editions for code in edition.codes}
_TYPES = {code: code for edition in codes.ACTIVITY_TYPES.editions for code in edition.codes}
_GASES = {gas: gas for gas in GASES}


# -- lists of activities -----------------------------------------------------------------------------


def read_lists(top: Table) -> Mapping[str, ActivityList]:
    """The lists of activities, by code."""
    table = top.table("lists")
    return {code: _list(code, one) for code, one in table.named_tables()} if table is not None else {}


def _list(code: str, table: Table) -> ActivityList:
    if not is_code(code):
        table.problems.add(
            table.place,
            _("“%(code)s” is no code: small letters, digits and underlines make one.") % {"code": code},
        )
    sort = table.one_of("sort", _SORTS, Sort.POSITIVE, must=True)
    automatic = sort is Sort.AUTOMATIC
    force = table.one_of("force", _FORCES, Force.INFORMATION if automatic else Force.WARNING)
    if automatic and force is not Force.INFORMATION:
        table.fault(
            "force", _("an automatic list relieves an applicant and binds nobody: only information goes.")
        )
    since, until = _days(table)
    found = ActivityList(
        code=code,
        sort=sort,
        name=table.texts("name"),
        force=force,
        source=table.text("source"),
        complete=table.flag("complete", default=True),
        since=since,
        until=until,
        entries=tuple(_entry(one) for one in table.tables("entries")),
    )
    if found.complete and not found.entries:
        table.fault("entries", _("the list has no entry. Where they were not read, say complete = false."))
    table.close()
    return found


def _entry(table: Table) -> Entry:
    since, until = _days(table)
    found = Entry(
        name=table.texts("name"),
        scope=_scope(table, must=True),
        since=since,
        until=until,
        source=table.text("source", must=False),
    )
    table.close()
    return found


def _scope(table: Table, *, must: bool) -> Scope:
    words = table.values.get("technologies")
    given = {one: one for one in words if isinstance(one, str)} if isinstance(words, list) else {}
    found = Scope(
        sectors=frozenset(table.several_of("sectors", _SECTORS, _("sector"))),
        activity_types=frozenset(table.several_of("activity_types", _TYPES, _("type of activity"))),
        technologies=table.several_of("technologies", given, _("technology")),
    )
    if any(not one.strip() for one in found.technologies):
        table.fault("technologies", _("an empty word would be found in every application."))
    if must and not found.is_given:
        table.problems.add(
            table.place,
            _("no activity could be compared with this: name sectors, activity_types or technologies."),
        )
    return found


def _days(table: Table) -> tuple[date | None, date | None]:
    since, until = table.day("from", must=False), table.day("until", must=False)
    if since is not None and until is not None and until < since:
        table.fault("until", _("this ends before it begins, on %(from)s.") % {"from": since.isoformat()})
    return since, until


# -- what is eligible --------------------------------------------------------------------------------


def read_eligible(top: Table) -> Eligible:
    """The eligible standards and methodologies; none listed where the file says nothing of them."""
    table = top.table("eligible")
    if table is None:
        return Eligible()
    found = Eligible(
        force=table.one_of("force", _FORCES, Force.WARNING),
        standards=tuple(_read_admitted(one) for one in table.tables("standards")),
        methodologies=tuple(_read_admitted(one) for one in table.tables("methodologies")),
    )
    if not found.standards and not found.methodologies:
        table.problems.add(table.place, _("neither a standard nor a methodology is listed."))
    table.close()
    return found


def _read_admitted(table: Table) -> Admitted:
    since, until = _days(table)
    also = table.values.get("also")
    given = {one: one for one in also if isinstance(one, str)} if isinstance(also, list) else {}
    found = Admitted(
        name=table.text("name"),
        also=table.several_of("also", given, _("name")),
        since=since,
        until=until,
        source=table.text("source"),
    )
    table.close()
    return found


# -- the contribution --------------------------------------------------------------------------------


def read_contributions(top: Table) -> tuple[Contribution, ...]:
    """The Party's contributions, of which no two may speak for the same year on the same day."""
    tables = top.tables("ndc")
    found = tuple(_contribution(one) for one in tables)
    for (place, one), (_other_place, other) in combinations(zip(tables, found, strict=True), 2):
        if one.overlaps(other) and _years_overlap(one, other):
            place.fault(
                "years",
                _("another contribution, “%(name)s”, says something of the same years on the same days.")
                % {"name": next(iter(other.name.values()), "")},
            )
    return found


def _years_overlap(one: Contribution, other: Contribution) -> bool:
    return other.years is None or one.runs_in(*other.years)


def _contribution(table: Table) -> Contribution:
    since, until = _days(table)
    years = table.numbers("years")
    if years and (len(years) != 2 or years[0] > years[1]):
        table.fault("years", _("the first and the last year of the period are expected here."))
        years = ()
    sectors = table.several_of("sectors", _SECTORS, _("sector"))
    gases = table.several_of("gases", _GASES, _("gas"))
    outside, budget = table.table("outside"), table.table("budget")
    found = Contribution(
        name=table.texts("name"),
        source=table.text("source"),
        years=(years[0], years[1]) if years else None,
        since=since,
        until=until,
        sectors=frozenset(sectors) or None,
        gases=frozenset(gases) or None,
        outside=_outside(outside) if outside is not None else None,
        targets=tuple(_target(one, frozenset(sectors)) for one in table.tables("targets")),
        budget=_budget(budget) if budget is not None else None,
    )
    if found.budget is not None and found.years is None:
        table.fault("budget", _("of which years this is the budget is not said: years is missing."))
    table.close()
    return found


def _outside(table: Table) -> Outside:
    found = Outside(
        force=table.one_of("force", _FORCES, Force.WARNING),
        conditions=table.texts("conditions", must=False),
        source=table.text("source", must=False),
    )
    table.close()
    return found


def _target(table: Table, covered: frozenset[str]) -> Target:
    conditional = table.flag("conditional", default=False)
    if not table.has("conditional"):
        table.fault("conditional", _("this must be given, and is not."))
    found = Target(
        name=table.texts("name"),
        conditional=conditional,
        force=table.one_of("force", _FORCES, Force.INFORMATION if conditional else Force.WARNING),
        scope=_scope(table, must=True),
        source=table.text("source", must=False),
    )
    for sector in sorted(found.scope.sectors - covered) if covered else ():
        table.fault(
            "sectors", _("the contribution does not cover the sector “%(sector)s”.") % {"sector": sector}
        )
    table.close()
    return found


def _budget(table: Table) -> Budget:
    found = Budget(
        tonnes=table.number("tonnes"),
        force=table.one_of("force", _FORCES, Force.WARNING),
        source=table.text("source", must=False),
    )
    table.close()
    return found
