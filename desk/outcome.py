"""What became of a case, computed from the database: the figures that a case file can ask for."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Q, Sum
from django.db.models.expressions import Combinable

from audit.models import Event
from audit.trail import event_record
from authorisation.application import ApplicationContent
from authorisation.models import Cancellation, Case, IssuedVintage, Line, Use
from authorisation.standing import granting_case
from authorisation.terms import Terms, asked_for
from letters.models import Letter


def figures(case: Case, expected: Mapping[str, Any]) -> dict[str, Any]:
    """For every key that is expected, what the database says; null where it cannot say yet."""
    known: dict[str, Callable[[Case], Any]] = {
        "letters": _letters,
        "state": _state,
        "missing": lambda case: _of_submission(case, "missing"),
        "warnings": lambda case: _of_submission(case, "warnings"),
        "requested_tco2e": _requested,
        "authorised_tco2e": _authorised,
        "not_authorised_tco2e": _not_authorised,
        "issued_tco2e": lambda case: _pool(case, "issued"),
        "first_transferred_tco2e": lambda case: _pool(case, "first_transferred"),
        "retained_by_host_tco2e": lambda case: _pool(case, "retained"),
        "revoked_tco2e": _revoked,
        "used_or_cancelled_tco2e": lambda case: _pool(case, "used_or_cancelled"),
        "used_tco2e": lambda case: _recorded(case, Use),
        "cancelled_tco2e": lambda case: _recorded(case, Cancellation),
        "not_covered_tco2e": lambda case: _issued(case, F("tonnes") - F("covered")),
        "adaptation_tco2e": lambda case: _issued(case, F("adaptation")),
        "omge_tco2e": lambda case: _issued(case, F("omge")),
    }
    found = {key: known[key](case) if key in known else None for key in expected}
    if "no_letters" in expected:
        written = set(_letters(case))
        found["no_letters"] = [kind for kind in expected["no_letters"] if kind not in written]
    return found


def differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """The keys in which what was found is not what was expected.

    `letters` are at least these kinds in this order, `warnings` at least these, `missing` exactly
    these in any order, and everything else equal.
    """
    return [key for key, wanted in expected.items() if not _agrees(key, found.get(key), wanted)]


def _agrees(key: str, found: Any, wanted: Any) -> bool:
    if key == "letters":
        remaining = iter(found or ())
        return all(kind in remaining for kind in wanted)
    if key == "warnings":
        return set(wanted) <= set(found or ())
    if key == "missing":
        return sorted(found or ()) == sorted(wanted)
    return bool(found == wanted)


def cases_with(case: Case) -> list[Case]:
    """The case, those about the authorisation that it gave, and the appeals against any of them."""
    about = Q(pk=case.pk)
    if case.authorisation_id is not None:
        about |= Q(authorisation=case.authorisation_id)
    found = list(Case.objects.filter(about).order_by("pk"))
    return [*found, *Case.objects.filter(appealed__in=found).exclude(pk__in=[one.pk for one in found])]


def issued_letters(case: Case) -> list[Letter]:
    """The issued letters of a case and of those about what it gave, in the order of their issuing."""
    letters = Letter.objects.filter(case__in=cases_with(case)).exclude(signed_sha256="")
    return list(letters.order_by("issued_at", "pk"))


def _letters(case: Case) -> list[str]:
    return [letter.kind for letter in issued_letters(case)]


def _state(case: Case) -> str:
    return case.authorisation.state if case.authorisation is not None else case.state


def _of_submission(case: Case, fact: str) -> Any:
    event = Event.objects.filter(stream=case.trail_stream, action="submit").order_by("sequence").first()
    if event is None:
        return None
    facts = event_record(event)["facts"]
    return facts.get(fact) if isinstance(facts, dict) else None


def _requested_terms(case: Case) -> Terms | None:
    first = case.versions.first()
    return None if first is None else asked_for(ApplicationContent.model_validate_json(first.content))


def _requested(case: Case) -> int | None:
    terms = _requested_terms(case)
    return None if terms is None else terms.volume


def _pool(case: Case, pool: str) -> int:
    if case.authorisation is None:
        return 0
    lines = Line.objects.filter(authorisation=case.authorisation)
    return int(lines.aggregate(tonnes=Sum(pool))["tonnes"] or 0)


def _revoked(case: Case) -> int:
    """What was revoked or given up: under the total, where there is one, else on the lines."""
    total = _granting(case).ceilings.first() if case.authorisation is not None else None
    return total.revoked if total is not None else _pool(case, "revoked")


def _granting(case: Case) -> Case:
    return granting_case(case.authorisation) if case.authorisation is not None else case


def _issued(case: Case, tonnes: Combinable) -> int:
    """Of all that was issued of the case's activity, whether it is covered or not."""
    issued = IssuedVintage.objects.filter(activity=case.activity)
    return int(issued.aggregate(of=Sum(tonnes))["of"] or 0) if case.activity is not None else 0


def _recorded(case: Case, model: type[Use] | type[Cancellation]) -> int:
    if case.authorisation is None:
        return 0
    found = model._default_manager.filter(line__authorisation=case.authorisation)
    return int(found.aggregate(of=Sum("tonnes"))["of"] or 0)


def _authorised(case: Case) -> int | None:
    """The ceiling: of lines and total, whichever are given, the lowest; null for a letter without one."""
    if case.authorisation is None:
        return 0
    given = []
    lines = Line.objects.filter(authorisation=case.authorisation, capped=True)
    if lines.exists():
        given.append(int(lines.aggregate(tonnes=Sum("authorised"))["tonnes"] or 0))
    terms = Terms.model_validate_json(case.authorisation.versions.latest("number").terms)
    if terms.total is not None:
        given.append(_granting(case).ceilings.get().authorised)
    return min(given, default=None)


def _not_authorised(case: Case) -> int | None:
    requested, authorised = _requested(case), _authorised(case)
    return None if requested is None or authorised is None else requested - authorised
