"""Use-case of the clock on authorisations: each expires the day after the last of its final dates, once."""

from collections.abc import Iterator
from datetime import date

from authorisation.lifecycle import State as CaseState
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation
from authorisation.standing import terms_in_force
from authorisation.terms import Terms
from workflow import daily
from workflow.actors import CLOCK
from workflow.clock import Clock, today
from workflow.daily import Tally
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind, Refused

_AT_A_TIME = 500


def final_day(terms: Terms) -> date | None:
    """The last of the final dates of issuance, use and cancellation; None where the terms set none."""
    days = (terms.last_issuance_on, terms.last_use_on, terms.last_cancellation_on)
    return max((day for day in days if day is not None), default=None)


def run(clock: Clock) -> Tally:
    """Lets every authorisation expire whose final day has passed. Demonstrations have clocks of their own."""
    tally = Tally()
    for authorisation in _standing():
        try:
            tally += Tally(done=int(expire(authorisation, clock=clock)))
        except Exception as fault:  # noqa: BLE001 - one authorisation does not hold up the others
            daily.report(authorisation.trail_stream, fault)
            tally += Tally(failed=1)
    return tally


def _standing() -> Iterator[Authorisation]:
    found = Authorisation.objects.filter(state__in=(State.IN_FORCE, State.SUSPENDED))
    found = found.filter(versions__number=1, versions__case__simulated=False).select_related("authority")
    return found.order_by("pk").iterator(chunk_size=_AT_A_TIME)


def expire(authorisation: Authorisation, *, clock: Clock) -> bool:
    """Lets it expire where its final day has passed; not while a decided act about it awaits its letter."""
    last, on = final_day(terms_in_force(authorisation)), today(authorisation.authority, clock)
    if last is None or on <= last:
        return False
    if authorisation.cases.filter(state=CaseState.LETTER_DUE, outcome="granted").exists():
        return False
    facts = {"today": on.isoformat(), "final_day": last.isoformat()}
    try:
        pass_through(
            Act(actor=CLOCK, clock=clock), Move(step=Authorisation.expire, record=authorisation, facts=facts)
        )
    except Refused as refusal:
        if refusal.kind in (Kind.STATE, Kind.STALE):
            # Somebody was quicker: it is revoked, surrendered, or has expired.
            return False
        raise
    return True
