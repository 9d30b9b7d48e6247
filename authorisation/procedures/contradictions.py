"""What in a procedure contradicts itself, or leads a case to where nobody can take it further."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import DECISIVE_FUNCTIONS, Function
from authorisation.clocks import Clock
from authorisation.kinds import AUTHORISING, Kind
from authorisation.procedures.shape import Body, ClockRule, Handling, Majority, OfficeRule, Procedure
from authorisation.procedures.tables import Problems, listed, unknown
from projects import codes

APPLICANT = "applicant"

# The clocks that the applicant lets run out; every other one is the authority's.
OF_THE_APPLICANT = frozenset({Clock.RETENTION, Clock.APPLICANT})


def find(procedure: Procedure, values: Mapping[str, Any], problems: Problems) -> None:
    """Adds everything that contradicts; `values` is the file as it was read, for the places in it."""
    if not procedure.sources:
        problems.add("sources", _("no law, manual or page is named on which the procedure rests."))
    if not procedure.handling:
        problems.add("kinds", _("no kind of case is in use: nothing could ever be applied for."))
    for body in procedure.bodies.values():
        _body(body, problems)
    for kind, handling in procedure.handling.items():
        _kind(procedure, handling, f"kinds.{kind.value}", problems)
    _circles(procedure, problems)
    _offices_told_apart(procedure, problems)
    _bodies_never_asked(procedure, problems)
    for place in procedure.assumptions:
        if not _stands_there(values, place.split(".")):
            problems.add(f"assumptions.{place}", _("this names no place in the file."))


def _body(body: Body, problems: Problems) -> None:
    place = f"bodies.{body.code}"
    if body.quorum > body.members:
        problems.add(
            f"{place}.quorum",
            _("%(quorum)s members must have voted, and the body has only %(members)s: it could never speak.")
            % {"quorum": body.quorum, "members": body.members},
        )
    if body.casting_vote and (body.members == 1 or body.majority != Majority.SIMPLE):
        problems.add(
            f"{place}.casting_vote",
            _("a casting vote decides only where several members vote with a simple majority."),
        )
    _none_twice([item.code for item in body.sheet], f"{place}.sheet", problems)


def _kind(procedure: Procedure, handling: Handling, place: str, problems: Problems) -> None:
    for kind in handling.prerequisites:
        if kind not in procedure.handling:
            problems.add(
                f"{place}.prerequisites",
                _("“%(kind)s” must be in force before, and that kind is not in use here.")
                % {"kind": kind.value},
            )
    for code in handling.bodies:
        if code not in procedure.bodies:
            problems.add(f"{place}.bodies", unknown(code, tuple(procedure.bodies), _("body")))
    if handling.routed:
        _routing(procedure, handling, place, problems)
    _offices(handling, place, problems)
    _clocks(procedure, handling, place, problems)
    _none_twice([question.code for question in handling.questions], f"{place}.questions", problems)
    _none_twice([document.type for document in handling.documents], f"{place}.documents", problems)
    _obligations(handling, place, problems)
    most = handling.host_share_most
    if most is not None and (handling.host_share is None or handling.host_share > most):
        problems.add(f"{place}.host_share_most", _("the lower bound, host_share, is missing or above it."))
    months = handling.validity.months * 28 if handling.validity is not None else 0
    for days in handling.validity.remind if handling.validity is not None else ():
        if days >= months:
            problems.add(
                f"{place}.validity.remind",
                _("%(days)s days before the end it has not begun yet.") % {"days": days},
            )


def _obligations(handling: Handling, place: str, problems: Problems) -> None:
    """Only what brings an authorisation into force carries them; each has a code of its own."""
    if handling.obligations and handling.kind not in AUTHORISING:
        problems.add(
            f"{place}.obligations", _("this kind authorises nothing, so nothing can be asked of a holder.")
        )
    _none_twice([one.code for one in handling.obligations], f"{place}.obligations", problems)
    for number, one in enumerate(handling.obligations, start=1):
        for days in one.remind:
            if (one.days is not None and days >= one.days) or (
                one.months is not None and days >= one.months * 28
            ):
                problems.add(
                    f"{place}.obligations.{number}.remind",
                    _("%(days)s days before it falls due it has not begun yet.") % {"days": days},
                )


def _none_twice(names: Sequence[str], place: str, problems: Problems) -> None:
    for name in sorted({one for one in names if names.count(one) > 1}):
        problems.add(place, _("“%(name)s” stands here twice.") % {"name": name})


def _routing(procedure: Procedure, handling: Handling, place: str, problems: Problems) -> None:
    """Where nobody else reviews, every sector needs a body; a body without a sector is never routed to."""
    covered = {sector for body in procedure.bodies.values() for sector in body.sectors}
    if not covered:
        problems.add(
            f"{place}.routed",
            _("dead end: the case goes to the body of its sector, and no body has a sector."),
        )
    elif not handling.bodies:
        for sector in codes.SECTORS.codes:
            if sector not in covered:
                problems.add(
                    f"{place}.routed",
                    _("dead end: no body has the sector “%(sector)s”, so a case of it would go to nobody.")
                    % {"sector": sector},
                )


def _offices(handling: Handling, place: str, problems: Problems) -> None:
    decides = [(f"{place}.deciding", handling.deciding)]
    signs = [(f"{place}.signing.{number}", rule) for number, rule in enumerate(handling.signing, start=1)]
    if not handling.signing:
        problems.add(f"{place}.signing", _("dead end: no office signs, so no letter could ever be issued."))
    for where, rule in (*decides, *signs):
        if rule.function not in DECISIVE_FUNCTIONS:
            problems.add(
                f"{where}.function",
                _(
                    "a %(function)s neither decides nor signs, because who prepares or recommends does not; "
                    "who may: %(known)s."
                )
                % {
                    "function": rule.function.value,
                    "known": listed(sorted(one.value for one in DECISIVE_FUNCTIONS)),
                },
            )
    _none_twice(
        [f"{rule.function.value} {rule.unit}".strip() for _where, rule in signs], f"{place}.signing", problems
    )


def _clocks(procedure: Procedure, handling: Handling, place: str, problems: Problems) -> None:
    for clock in Clock:
        where = f"{place}.clocks.{clock.value}"
        rule = handling.clocks.get(clock)
        if rule is None:
            problems.add(
                where, _("dead end: this clock is missing, so nobody would know how long it may take.")
            )
        else:
            _clock(procedure, handling, clock, rule, where, problems)


def _clock(
    procedure: Procedure, handling: Handling, clock: Clock, rule: ClockRule, where: str, problems: Problems
) -> None:
    routed = {code for code, body in procedure.bodies.items() if handling.routed and body.sectors}
    owners = {*Function.values, APPLICANT, *handling.bodies, *routed}
    if not rule.owner:
        pass  # said where it was read
    elif rule.owner not in owners:
        problems.add(f"{where}.owner", unknown(rule.owner, tuple(owners), _("owner of a clock of this kind")))
    elif (rule.owner == APPLICANT) != (clock in OF_THE_APPLICANT):
        problems.add(
            f"{where}.owner",
            _("the applicant is waited on in this clock, and nobody else.")
            if clock in OF_THE_APPLICANT
            else _("in this clock the authority is waited on, not the applicant."),
        )
    if clock in OF_THE_APPLICANT and rule.escalate_to is not None:
        problems.add(
            f"{where}.escalate_to", _("nobody of the authority is told: the case of the applicant lapses.")
        )
    if clock not in OF_THE_APPLICANT and rule.escalate_to is None:
        problems.add(
            f"{where}.escalate_to",
            _("dead end: nobody is told when the time has run out. Name a function, such as director."),
        )
    for days in rule.remind:
        if days >= rule.days:
            problems.add(
                f"{where}.remind",
                _("a reminder %(before)s days before the end of %(days)s days would come before they begin.")
                % {"before": days, "days": rule.days},
            )


def _circles(procedure: Procedure, problems: Problems) -> None:
    """Kinds each of which must be in force before the other: none could ever be applied for."""
    said: set[frozenset[Kind]] = set()
    for kind in procedure.handling:
        for circle in _ways_back(procedure, (kind,)):
            if frozenset(circle) not in said:
                said.add(frozenset(circle))
                problems.add(
                    f"kinds.{kind.value}.prerequisites",
                    _("circular prerequisite: %(circle)s.")
                    % {"circle": " → ".join(one.value for one in (*circle, kind))},
                )


def _ways_back(procedure: Procedure, way: tuple[Kind, ...]) -> Iterator[tuple[Kind, ...]]:
    handling = procedure.handling.get(way[-1])
    for before in handling.prerequisites if handling is not None else ():
        if before == way[0]:
            yield way
        elif before not in way:
            yield from _ways_back(procedure, (*way, before))


def _offices_told_apart(procedure: Procedure, problems: Problems) -> None:
    """A rule without a unit means every office of its function: beside one with a unit it means that too."""
    rules: dict[tuple[Function, str], str] = {}
    for kind, handling in procedure.handling.items():
        rules.setdefault(_meant(handling.deciding), f"kinds.{kind.value}.deciding")
        for number, rule in enumerate(handling.signing, start=1):
            rules.setdefault(_meant(rule), f"kinds.{kind.value}.signing.{number}")
    for (one, where), (other, _elsewhere) in combinations(sorted(rules.items()), 2):
        if one[0] == other[0] and not one[1]:
            problems.add(
                f"{where}.unit",
                _("without a unit this means the office of the unit “%(unit)s” too. Name the unit.")
                % {"unit": other[1]},
            )


def _meant(rule: OfficeRule) -> tuple[Function, str]:
    return rule.function, rule.unit


def _bodies_never_asked(procedure: Procedure, problems: Problems) -> None:
    routed = any(handling.routed for handling in procedure.handling.values())
    asked = {code for handling in procedure.handling.values() for code in handling.bodies}
    for code, body in procedure.bodies.items():
        if code not in asked and not (routed and body.sectors):
            problems.add(f"bodies.{code}", _("no kind of case goes to this body."))


def _stands_there(values: Any, steps: Collection[str]) -> bool:
    found: Any = values
    for step in steps:
        if isinstance(found, list) and step.isdigit() and 1 <= int(step) <= len(found):
            found = found[int(step) - 1]
        elif isinstance(found, dict) and step in found:
            found = found[step]
        else:
            return False
    return True
