"""What a partial authorisation compares: requested and granted, and the arithmetic of its part."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from accounts.names import party_name
from authorisation import proposals
from authorisation.models import Case, Decision
from authorisation.parts import Calculation, Cap, HostShare, MechanismSplit, Tranche
from authorisation.terms import Terms
from letters import content as letter
from letters.templatetags.letter_format import long_date


def requested_and_granted(case: Case, decision: Decision, language: str) -> letter.RequestedAndGranted:
    """All of it, in the language in force; `language` names the Parties."""
    asked = Terms.model_validate_json(decision.requested)
    granted = Terms.model_validate_json(decision.granted)
    rows = _compared_vintages(asked, granted)
    total = None
    if rows:
        total = _compared(_sum(row.requested for row in rows), _sum(row.granted for row in rows))
    overall = None
    if asked.total is not None or granted.total is not None:
        overall = _compared(asked.volume, granted.volume)
    return letter.RequestedAndGranted(
        volumes=rows,
        total=total,
        overall=overall,
        terms=tuple(_compared_terms(asked, granted, language)),
        arithmetic=tuple(_arithmetic(one) for one in proposals.parts_of(case, granted)),
        reasons=tuple(decision.reasons),
    )


def role_in_words(role: str) -> str:
    """A role of an entity, in the language in force."""
    words = {
        "activity participant": _("activity participant"),
        "seller": _("seller"),
        "acquirer": _("acquirer"),
        "user": _("user"),
    }
    return words.get(role, role)


def _compared_vintages(asked: Terms, granted: Terms) -> tuple[letter.ComparedVintage, ...]:
    """Every vintage asked for or granted. What was asked for and is not granted is granted as 0 t."""
    if asked.volumes is None and granted.volumes is None:
        return ()
    rows = []
    for vintage in sorted({*(asked.volumes or {}), *(granted.volumes or {})}):
        requested = None if asked.volumes is None else asked.volumes.get(vintage, 0)
        given = None if granted.volumes is None else granted.volumes.get(vintage, 0)
        difference = None if requested is None or given is None else requested - given
        rows.append(
            letter.ComparedVintage(vintage=vintage, requested=requested, granted=given, difference=difference)
        )
    return tuple(rows)


def _sum(volumes: Iterable[int | None]) -> int | None:
    known = list(volumes)
    return None if None in known else sum(volume for volume in known if volume is not None)


def _compared(requested: int | None, granted: int | None) -> letter.ComparedVolume:
    difference = None if requested is None or granted is None else requested - granted
    return letter.ComparedVolume(requested=requested, granted=granted, difference=difference)


# -- uses, Parties, entities, period -----------------------------------------------------------------


def _compared_terms(asked: Terms, granted: Terms, language: str) -> Iterable[letter.ComparedTerm]:
    """Each subject as requested and as granted, also where both are the same."""
    nothing = _("none")
    in_words: tuple[tuple[letter.Subject, list[str], list[str]], ...] = (
        ("uses", _uses(asked), _uses(granted)),
        ("parties", _parties(asked, language), _parties(granted, language)),
        ("entities", _entities(asked), _entities(granted)),
        ("periods", _period(asked, granted), _period(granted, asked)),
    )
    for subject, requested, given in in_words:
        if requested or given:
            yield letter.ComparedTerm(
                subject=subject,
                requested="\n".join(requested) or nothing,
                granted="\n".join(given) or nothing,
            )
    if granted.host_retention_percent:
        yield letter.ComparedTerm(
            subject="other",
            requested=_("no share of the outcomes kept by the host Party"),
            granted=_("%(percent)s per cent of each transfer kept by the host Party")
            % {"percent": granted.host_retention_percent},
        )


def _uses(terms: Terms) -> list[str]:
    purposes = {"IMP": "; ".join(terms.imp), "OP": terms.op or ""}
    return [f"{use}: {purposes[use]}" if purposes.get(use) else use for use in terms.uses]


def _parties(terms: Terms, language: str) -> list[str]:
    return [party_name(code, language) for code in terms.parties]


def _entities(terms: Terms) -> list[str]:
    return [
        f"{entity.name}: {', '.join(role_in_words(role) for role in entity.roles)}"
        for entity in terms.entities
    ]


def _period(terms: Terms, beside: Terms) -> list[str]:
    """The days of these terms; those that only the other terms have are said to be none."""
    names: Mapping[str, str] = {
        "outcomes_from": _("outcomes occur from"),
        "outcomes_to": _("outcomes occur until"),
        "last_issuance_on": _("last issuance"),
        "last_use_on": _("last use"),
        "last_cancellation_on": _("last cancellation"),
    }
    return [
        f"{name}: {_in_full(getattr(terms, key))}"
        for key, name in names.items()
        if getattr(terms, key) is not None or getattr(beside, key) is not None
    ]


def _in_full(day: date | None) -> str:
    """A date as a letter writes it, in the language in force."""
    return long_date(day) if day is not None else _("no date")


# -- the forms of the part -----------------------------------------------------------------------------


def _arithmetic(one: Calculation) -> letter.Arithmetic:
    if isinstance(one, HostShare):
        return letter.HostShareArithmetic(
            form="host_share",
            percent=one.percent,
            total=one.total,
            rows=tuple(
                letter.KeptOf(vintage=row.vintage, ceiling=row.ceiling, kept=row.kept, leaves=row.leaves)
                for row in one.rows
            ),
        )
    if isinstance(one, MechanismSplit):
        return letter.SplitArithmetic(
            form="mechanism_split",
            adaptation_percent=one.adaptation_percent,
            overall_mitigation_percent=one.overall_mitigation_percent,
            rows=tuple(
                letter.LeviedOf(
                    vintage=row.vintage,
                    authorised=row.authorised,
                    issued=row.issued,
                    adaptation=row.adaptation,
                    overall_mitigation=row.overall_mitigation,
                    remaining=row.remaining,
                )
                for row in one.rows
            ),
        )
    if isinstance(one, Tranche):
        return letter.TrancheArithmetic(
            form="tranche",
            vintage=one.vintage,
            first=one.first,
            last=one.last,
            requested=one.requested,
            granted=one.granted or 0,
        )
    return _cap(one)


def _cap(one: Cap) -> letter.CapArithmetic:
    return letter.CapArithmetic(
        form=_CAPS[one.form.value],
        name=one.name or None,
        ceiling=one.ceiling,
        held=one.held,
        free=one.free,
        requested=one.requested,
        granted=one.granted or 0,
    )


_CAPS: Mapping[str, letter.CapForm] = {
    "project_cap": "project_cap",
    "sector_cap": "sector_cap",
    "national_budget": "national_budget",
}
