"""What the page of a procedure says: its stages with who and how long, by groups of kinds handled alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Function
from accounts.names import in_language, party_name
from authorisation.clocks import Clock
from authorisation.models import ProcedureVersion
from authorisation.procedures import SHIPPED, UnknownProcedure, procedure
from authorisation.procedures.shape import (
    Body,
    ClockRule,
    Fee,
    Handling,
    Majority,
    OfficeRule,
    Procedure,
    Silence,
    Stage,
    Texts,
    Unit,
)
from desk.procedures.oversight import OversightShown, oversight_shown
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One version in the list of procedures."""

    version: str
    name: str
    party: str
    in_force_from: date


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One stage of a case: who is waited on there, how long, and what follows when the time has run out.

    assumed   whether anything of it is not established by the sources
    """

    name: str
    who: tuple[str, ...]
    time: str
    runs: str
    reminders: str
    escalates: str
    assumed: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """Kinds of case that are handled alike."""

    kinds: tuple[str, ...]
    before: tuple[str, ...]
    moments: tuple[Moment, ...]
    waiting: Moment
    letter: str
    validity: str
    share: str
    documents: tuple[tuple[str, str, bool], ...]
    questions: tuple[tuple[str, bool], ...]
    fees: tuple[str, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BodyRow:
    """A reviewing body."""

    name: str
    sectors: tuple[str, ...]
    decides: str
    silence: str
    sheet: tuple[str, ...]
    assumed: bool


@dataclass(frozen=True, kw_only=True)
class Page:
    """The page of one version."""

    terms: Procedure
    party: str
    groups: tuple[Group, ...]
    bodies: tuple[BodyRow, ...]
    oversight: OversightShown
    weekend: tuple[str, ...]
    holidays: tuple[tuple[date, str], ...]


def listed(language: str) -> list[Listed]:
    """Every version that is held, by Party and first day; what is in use for old cases only comes last."""
    loaded = [procedure(version) for version in ProcedureVersion.objects.values_list("version", flat=True)]
    held = [*SHIPPED.values(), *loaded]
    rows = [
        Listed(
            version=one.version,
            name=in_language(one.name, language),
            party=party_name(one.party, language) if one.party else "",
            in_force_from=one.in_force_from,
        )
        for one in held
    ]
    return sorted(rows, key=lambda row: (not row.party, row.party.casefold(), row.in_force_from, row.version))


def page(version: str, *, language: str) -> Page | None:
    """The page of this version; none where it is not held."""
    try:
        terms = procedure(version)
    except UnknownProcedure:
        return None
    alike: dict[str, list[Handling]] = {}
    for handling in terms.handling.values():
        alike.setdefault(_as_shown(terms, handling), []).append(handling)
    return Page(
        terms=terms,
        party=party_name(terms.party, language) if terms.party else "",
        groups=tuple(_group(terms, handled) for handled in alike.values()),
        bodies=tuple(_body(terms, body) for body in terms.bodies.values()),
        oversight=oversight_shown(terms),
        weekend=tuple(str(_WEEKDAYS[day]) for day in sorted(terms.calendar.weekend)),
        holidays=tuple(terms.calendar.holidays.items()),
    )


def assumed(terms: Procedure, place: str) -> bool:
    """Whether what stands at a place, or the part of the file around it, is assumed; or part of it is."""
    return terms.assumes(place)


def _as_shown(terms: Procedure, handling: Handling) -> str:
    """The same for kinds that look the same on the page."""
    return repr((_moments(terms, handling), _rest(handling)))


def _rest(handling: Handling) -> tuple[object, ...]:
    return (
        handling.prerequisites,
        handling.documents,
        handling.questions,
        handling.fees,
        handling.letter,
        handling.validity,
        handling.host_share,
        handling.host_share_most,
        handling.notices,
    )


def _group(terms: Procedure, handled: list[Handling]) -> Group:
    first = handled[0]
    return Group(
        kinds=tuple(capfirst(str(one.kind.label)) for one in handled),
        before=tuple(str(kind.label) for kind in first.prerequisites),
        moments=_moments(terms, first),
        waiting=_moment(terms, first, Clock.APPLICANT, _("Whenever the applicant is asked"), ()),
        letter=_said(first.letter),
        validity=_validity(first),
        share=share_in_words(first),
        documents=tuple((_said(one.name), str(_STAGES[one.stage]), one.required) for one in first.documents),
        questions=tuple((_said(one.question), one.required) for one in first.questions),
        fees=tuple(_fee(one) for one in first.fees),
        notices=tuple(str(one.label) for one in first.notices),
    )


def _said(texts: Texts) -> str:
    return in_language(texts, get_language() or "en") if texts else ""


# -- the stages --------------------------------------------------------------------------------------


def _moments(terms: Procedure, handling: Handling) -> tuple[Moment, ...]:
    return (
        _moment(terms, handling, Clock.RETENTION, _("Draft"), (_("the applicant"),)),
        _moment(
            terms, handling, Clock.COMPLETENESS, _("Completeness check"), (str(Function.DESK_OFFICER.label),)
        ),
        _moment(terms, handling, Clock.REVIEW, _("Review"), _reviewers(terms, handling), "bodies", "routed"),
        _moment(terms, handling, Clock.DECISION, _("Decision"), (handling.deciding.label,), "deciding"),
        _moment(terms, handling, Clock.SIGNATURE, _("Signature"), _signers(handling.signing), "signing"),
    )


def _reviewers(terms: Procedure, handling: Handling) -> tuple[str, ...]:
    fixed = [terms.bodies[code].label for code in handling.bodies]
    if handling.routed:
        fixed.append(_("the body of the activity’s sector"))
    return tuple(fixed) or (_("the desk alone"),)


def _signers(rules: tuple[OfficeRule, ...]) -> tuple[str, ...]:
    if len(rules) == 1:
        return (rules[0].label,)
    return tuple(
        _("%(number)s. %(office)s") % {"number": number, "office": rule.label}
        for number, rule in enumerate(rules, start=1)
    )


def _moment(
    terms: Procedure, handling: Handling, clock: Clock, name: str, who: tuple[str, ...], *keys: str
) -> Moment:
    rule, kind = handling.clocks[clock], f"kinds.{handling.kind.value}"
    places = [f"clocks.{clock.value}", f"{kind}.clocks.{clock.value}", *(f"{kind}.{key}" for key in keys)]
    return Moment(
        name=name,
        who=tuple(capfirst(one) for one in who),
        time=_time(rule),
        runs=_("stands still while the applicant is waited on") if rule.stands_still else "",
        reminders=_reminders(rule),
        escalates=str(rule.escalate_to.label) if rule.escalate_to is not None else "",
        assumed=any(assumed(terms, place) for place in places),
    )


def _time(rule: ClockRule) -> str:
    if rule.unit is Unit.WORKING:
        return ngettext("%(days)s working day", "%(days)s working days", rule.days) % {"days": rule.days}
    return ngettext("%(days)s day", "%(days)s days", rule.days) % {"days": rule.days}


def _reminders(rule: ClockRule) -> str:
    if not rule.remind:
        return ""
    return _("reminder %(days)s days before") % {"days": ", ".join(str(day) for day in rule.remind)}


# -- the rest ----------------------------------------------------------------------------------------


_STAGES: Mapping[Stage, Words] = {
    Stage.SUBMISSION: gettext_lazy("with the application"),
    Stage.REVIEW: gettext_lazy("before the review"),
    Stage.DECISION: gettext_lazy("before the decision"),
    Stage.LETTER: gettext_lazy("before the letter"),
}

_WEEKDAYS: tuple[Words, ...] = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def _validity(handling: Handling) -> str:
    if handling.validity is None:
        return ""
    months = handling.validity.months
    return ngettext("%(months)s month", "%(months)s months", months) % {"months": months}


def share_in_words(handling: Handling) -> str:
    """What the host keeps of each transfer; empty where the procedure sets nothing."""
    least, most = handling.host_share, handling.host_share_most
    if least is None:
        return ""
    if most is None:
        return _("%(percent)s per cent of each transfer") % {"percent": _plain(least)}
    return _("%(least)s to %(most)s per cent of each transfer, as decided") % {
        "least": _plain(least),
        "most": _plain(most),
    }


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _fee(fee: Fee) -> str:
    return _("%(currency)s %(amount)s, from %(payers)s") % {
        "currency": fee.currency,
        "amount": f"{fee.amount:.2f}",
        "payers": {
            "all": _("everybody"),
            "nationals": _("applicants of the country"),
            "foreigners": _("applicants from abroad"),
        }[fee.applies_to],
    }


def _body(terms: Procedure, body: Body) -> BodyRow:
    return BodyRow(
        name=body.label,
        sectors=tuple(sorted(body.sectors)),
        decides=_how_it_decides(body),
        silence={
            Silence.WAITS: _("the case goes on waiting, and the desk is told"),
            Silence.FAVOURABLE: _("counts as a favourable opinion"),
            Silence.ABSTAINS: _("counts as an abstention"),
        }[body.silence],
        sheet=tuple(_said(item.question) for item in body.sheet),
        assumed=assumed(terms, f"bodies.{body.code}"),
    )


def _how_it_decides(body: Body) -> str:
    if body.members == 1:
        return _("one officer gives its opinion")
    majority = {
        Majority.SIMPLE: _("by simple majority"),
        Majority.TWO_THIRDS: _("by a majority of two thirds"),
        Majority.CONSENSUS: _("by consensus"),
    }[body.majority]
    return _("%(members)s members, of whom %(quorum)s must vote; %(majority)s") % {
        "members": body.members,
        "quorum": body.quorum,
        "majority": majority,
    }
