"""From the text of a procedure file (TOML) to the procedure, or to everything that is wrong with it.

`docs/procedures.md` explains every key to whoever writes such a file.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pycountry
from django.utils.translation import gettext_lazy as _

from accounts.models import Function
from accounts.parties import known_parties
from authorisation.clocks import Clock
from authorisation.kinds import Kind
from authorisation.procedures import contradictions
from authorisation.procedures.reading_aftercare import read_requirements, read_told
from authorisation.procedures.reading_lists import read_contributions, read_eligible, read_lists
from authorisation.procedures.shape import (
    Body,
    Calendar,
    ClockRule,
    DocumentRule,
    ExtraQuestion,
    Fee,
    Handling,
    Majority,
    Notice,
    OfficeRule,
    Procedure,
    SheetItem,
    Silence,
    Source,
    Stage,
    Unit,
    Validity,
)
from authorisation.procedures.tables import Problems, Table, is_code, unknown
from projects import codes

LARGEST = 500_000  # bytes of a file

# The first part of the version of a procedure that belongs to no Party.
DEFAULT = "default"

WEEKDAYS: Mapping[str, int] = {
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}

_VERSION = re.compile(r"[A-Za-z-]{3,10}/[A-Za-z0-9][A-Za-z0-9.-]{0,25}")
_DOCUMENT_TYPE = re.compile(r"[a-z][a-z0-9_-]{0,49}")


def _by_value(of: Any) -> dict[str, Any]:
    return {str(member.value): member for member in of}


_FUNCTIONS: Mapping[str, Function] = _by_value(Function)
_KINDS: Mapping[str, Kind] = _by_value(Kind)
_CLOCKS: Mapping[str, Clock] = _by_value(Clock)
_NOTICES: Mapping[str, Notice] = _by_value(Notice)
_STAGES: Mapping[str, Stage] = _by_value(Stage)
_SECTORS = {code: code for edition in codes.SECTORS.editions for code in edition.codes}


class BadProcedure(ValueError):
    """A procedure file that cannot be used: `sentences` says everything that is wrong, by file and key."""

    def __init__(self, name: str, faults: list[str]) -> None:
        self.sentences = [f"{name}: {fault}" for fault in faults]
        super().__init__("\n".join(self.sentences))


def read_procedure(text: str, *, name: str) -> Procedure:
    """The procedure that a text says; `name` is the file's, for the sentences. Raises BadProcedure."""
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ValueError, ArithmeticError, RecursionError) as fault:
        raise BadProcedure(name, [_("this is no TOML: %(fault)s.") % {"fault": str(fault)}]) from None
    problems = Problems()
    found = _procedure(Table(values, "", problems))
    contradicting = Problems()
    contradictions.find(found, values, contradicting)
    problems.add_unless_known(contradicting)
    if problems.found:
        raise BadProcedure(name, problems.sentences)
    return found


def text_of(content: bytes, *, name: str) -> str:
    """The bytes of a file as text. Raises BadProcedure where they are too many, or no UTF-8."""
    if len(content) > LARGEST:
        raise BadProcedure(
            name, [_("the file is too large: at most %(limit)s bytes are read.") % {"limit": LARGEST}]
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadProcedure(name, [str(_("this is no text in UTF-8."))]) from None


def _procedure(top: Table) -> Procedure:
    version, party = top.text("version"), _party(top)
    _check_version(top, version, party)
    shared = _clocks(top, {})
    bodies = _bodies(top)
    made = Procedure(
        version=version,
        party=party,
        name=top.texts("name"),
        as_of=top.day("as_of") or date.min,
        in_force_from=top.day("in_force_from") or date.min,
        sources=tuple(_source(one) for one in top.tables("sources", must=True)),
        calendar=_calendar(top),
        bodies=bodies,
        handling=_kinds(top, shared),
        assumptions=_assumptions(top),
        lists=read_lists(top),
        eligible=read_eligible(top),
        contributions=read_contributions(top),
        told=read_told(top),
    )
    top.close()
    return made


def _as_given(names: Any) -> Mapping[str, str]:
    """Names that are defined elsewhere: every one is taken as it is."""
    return {name: name for name in names if isinstance(name, str)} if isinstance(names, list) else {}


def _party(top: Table) -> str | None:
    if not top.has("party"):
        return None
    code = top.text("party")
    if code and code not in known_parties():
        top.fault("party", unknown(code, (), _("code of a Party")))
    return code or None


def _check_version(top: Table, version: str, party: str | None) -> None:
    if not version:
        return
    if not _VERSION.fullmatch(version):
        top.fault(
            "version",
            _("“%(version)s” names no version: the Party, a stroke and a name are, such as “GHA/2022-1”.")
            % {"version": version},
        )
    elif party is not None and version.partition("/")[0] != party:
        top.fault(
            "version",
            _("“%(version)s” does not begin with the Party, “%(party)s/”.")
            % {"version": version, "party": party},
        )
    elif party is None and version.partition("/")[0] in known_parties():
        top.fault("version", _("“%(version)s” is of a Party, and no party is given.") % {"version": version})


def _source(table: Table) -> Source:
    found = Source(
        title=table.text("title"),
        citation=table.text("citation", must=False),
        address=table.text("address", must=False),
    )
    if found.address and not found.address.startswith(("https://", "http://")):
        table.fault("address", _("“%(value)s” is no address of a page.") % {"value": found.address})
    table.close()
    return found


def _assumptions(top: Table) -> Mapping[str, str]:
    table = top.table("assumptions")
    return {place: table.text(place) for place in table.values} if table is not None else {}


# -- the calendar ------------------------------------------------------------------------------------


def _calendar(top: Table) -> Calendar:
    table = top.table("calendar", must=True)
    if table is None:
        return Calendar()
    weekend = table.several_of("weekend", WEEKDAYS, _("day of the week"), must=True)
    if len(weekend) == len(WEEKDAYS):
        table.fault("weekend", _("no day of the week is left on which anybody works."))
    years = table.numbers("years")
    if years and (len(years) != 2 or years[0] > years[1]):
        table.fault("years", _("the first and the last year of the holidays are expected here."))
        years = ()
    holidays = table.table("holidays")
    named = _holidays(holidays, years) if holidays is not None else {}
    if named and not table.has("years"):
        table.fault("years", _("the holidays are listed, and of which years they are is not said."))
    table.close()
    return Calendar(weekend=frozenset(weekend), holidays=named, years=(years[0], years[1]) if years else None)


def _holidays(table: Table, years: tuple[int, ...]) -> Mapping[date, str]:
    found: dict[date, str] = {}
    for key in table.values:
        name = table.text(key)
        try:
            day = date.fromisoformat(key)
        except ValueError:
            table.fault(key, _("“%(value)s” is no date, such as 2026-03-06.") % {"value": key})
            continue
        if years and not years[0] <= day.year <= years[1]:
            table.fault(
                key,
                _("the holiday is in none of the years %(first)s to %(last)s.")
                % {"first": years[0], "last": years[1]},
            )
        if found and day <= max(found):
            table.fault(key, _("the holidays are not in the order of their days."))
        found[day] = name
    return found


# -- bodies and offices ------------------------------------------------------------------------------


def _bodies(top: Table) -> Mapping[str, Body]:
    table = top.table("bodies")
    return {code: _body(code, one) for code, one in table.named_tables()} if table is not None else {}


def _body(code: str, table: Table) -> Body:
    if not is_code(code):
        table.problems.add(
            table.place,
            _("“%(code)s” is no code: small letters, digits and underlines make one.") % {"code": code},
        )
    if code in _FUNCTIONS or code == "applicant":
        table.problems.add(
            table.place,
            _("a body cannot be called “%(code)s”: that names somebody else already.") % {"code": code},
        )
    found = Body(
        code=code,
        name=table.texts("name"),
        sectors=frozenset(table.several_of("sectors", _SECTORS, _("sector"))),
        members=table.number("members", must=False),
        quorum=table.number("quorum", must=False),
        majority=table.one_of("majority", _by_value(Majority), Majority.SIMPLE),
        silence=table.one_of("silence", _by_value(Silence), Silence.WAITS),
        casting_vote=table.flag("casting_vote", default=False),
        sheet=tuple(_sheet_item(one) for one in table.tables("sheet")),
    )
    table.close()
    return found


def _sheet_item(table: Table) -> SheetItem:
    found = SheetItem(
        code=table.code("code"),
        question=table.texts("question"),
        required=table.flag("required", default=True),
    )
    table.close()
    return found


def _office(table: Table) -> OfficeRule:
    found = OfficeRule(
        function=table.one_of("function", _FUNCTIONS, Function.DECIDER, must=True),
        unit=table.code("unit", must=False),
        title=table.texts("title", must=False),
    )
    table.close()
    return found


# -- the kinds of case -------------------------------------------------------------------------------


def _kinds(top: Table, shared: Mapping[Clock, ClockRule]) -> Mapping[Kind, Handling]:
    table = top.table("kinds", must=True)
    if table is None:
        return {}
    found = {}
    for name, one in table.named_tables():
        if name in _KINDS:
            found[_KINDS[name]] = _handling(_KINDS[name], one, shared)
        else:
            table.fault(name, unknown(name, tuple(_KINDS), _("kind of case")))
    return found


def _handling(kind: Kind, table: Table, shared: Mapping[Clock, ClockRule]) -> Handling:
    deciding = table.table("deciding", must=True)
    validity = table.table("validity")
    found = Handling(
        kind=kind,
        prerequisites=table.several_of("prerequisites", _KINDS, _("kind of case")),
        documents=tuple(_document(one) for one in table.tables("documents")),
        questions=tuple(_question(one) for one in table.tables("questions")),
        bodies=table.several_of("bodies", _as_given(table.values.get("bodies")), _("body")),
        routed=table.flag("routed", default=False),
        deciding=_office(deciding) if deciding is not None else OfficeRule(function=Function.DECIDER),
        signing=tuple(_office(one) for one in table.tables("signing", must=True)),
        on_paper=table.flag("on_paper", default=False),
        clocks=_clocks(table, shared),
        fees=tuple(_fee(one) for one in table.tables("fees")),
        letter=table.texts("letter", must=False),
        notices=table.several_of("notices", _NOTICES, _("notice")),
        validity=_validity(validity) if validity is not None else None,
        host_share=table.decimal("host_share", most=100, places=4, must=False),
        host_share_most=table.decimal("host_share_most", most=100, places=4, must=False),
        consent=table.several_of("consent", {"change": "change", "revocation": "revocation"}, _("act")),
        obligations=read_requirements(table),
    )
    table.close()
    return found


def _clocks(table: Table, shared: Mapping[Clock, ClockRule]) -> Mapping[Clock, ClockRule]:
    """The clocks of a kind: those for all kinds, and in their stead those that it has of its own."""
    found = dict(shared)
    clocks = table.table("clocks")
    if clocks is not None:
        for name, one in clocks.named_tables():
            if name in _CLOCKS:
                found[_CLOCKS[name]] = _clock(one)
            else:
                clocks.fault(name, unknown(name, tuple(_CLOCKS), _("clock")))
    return found


def _clock(table: Table) -> ClockRule:
    found = ClockRule(
        days=table.number("days"),
        unit=table.one_of("unit", _by_value(Unit), Unit.CALENDAR, must=True),
        owner=_owner(table),
        stands_still=table.flag("stands_still", default=True),
        remind=table.numbers("remind"),
        escalate_to=table.one_of("escalate_to", {**_FUNCTIONS}, None),
    )
    table.close()
    return found


def _owner(table: Table) -> str:
    if not table.has("owner"):
        table.fault("owner", _("the clock has no owner: whoever lets it run out must be named."))
        return ""
    return table.text("owner")


def _document(table: Table) -> DocumentRule:
    found = DocumentRule(
        type=table.text("type"),
        name=table.texts("name"),
        stage=table.one_of("stage", _STAGES, Stage.SUBMISSION),
        required=table.flag("required", default=True),
        confidential=table.flag("confidential", default=False),
    )
    if found.type and not _DOCUMENT_TYPE.fullmatch(found.type):
        table.fault(
            "type",
            _("“%(type)s” is no type: small letters, digits and hyphens make one.") % {"type": found.type},
        )
    table.close()
    return found


def _question(table: Table) -> ExtraQuestion:
    found = ExtraQuestion(
        code=table.code("code"),
        question=table.texts("question"),
        help=table.texts("help", must=False),
        required=table.flag("required", default=True),
    )
    table.close()
    return found


# Offices that sign or review have no word in what is paid.
_EXEMPTING = {
    function.value: function for function in (Function.DESK_OFFICER, Function.DIRECTOR, Function.DECIDER)
}


def _fee(table: Table) -> Fee:
    payers = {name: name for name in ("all", "nationals", "foreigners")}
    found = Fee(
        stage=table.one_of("stage", _STAGES, Stage.SUBMISSION, must=True),
        amount=table.decimal("amount", places=2) or Decimal(0),
        currency=table.text("currency"),
        applies_to=table.one_of("applies_to", payers, "all"),
        basis=table.text("basis", must=False),
        days=table.number("days") if table.has("days") else None,
        pay_to=table.texts("pay_to", must=False),
        exempted_by=table.one_of("exempted_by", _EXEMPTING, Function.DESK_OFFICER),
    )
    if found.currency and pycountry.currencies.get(alpha_3=found.currency) is None:
        table.fault(
            "currency",
            _("“%(code)s” is no currency: three capital letters (ISO 4217) are expected, such as USD.")
            % {"code": found.currency},
        )
    table.close()
    return found


def _validity(table: Table) -> Validity:
    found = Validity(months=table.number("months"), remind=table.numbers("remind"))
    table.close()
    return found
