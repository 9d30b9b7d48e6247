"""Whose case it is on the outside: who asks, answers, is heard, and reads what comes of it.

That is the applicant; of a case about an authorisation, while it is open, whoever holds the authorisation
now. Where it passes on meanwhile, the new holder goes on with what is open, and the earlier one keeps
reading what it has done.
"""

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Organisation
from authorisation.kinds import ABOUT_AUTHORISATIONS, Kind
from authorisation.lifecycle import ENDED, State
from authorisation.models import Case


def concerned_by(case: Case) -> Organisation:
    """The organisation that may act in the case."""
    holder = _holder(case)
    return holder if holder is not None and case.state not in ENDED else case.applicant


def told_of(case: Case) -> set[int]:
    """The organisations (primary keys) whose people are told of the case.

    Of a transfer of the authorisation, once it is done, both: who gave it, and who holds it now.
    """
    told = {concerned_by(case).pk}
    holder = _holder(case)
    if case.kind == Kind.TRANSFER_OF_HOLDER and holder is not None:
        told |= {case.applicant_id, holder.pk}
    return told


def of_holders(organisations: Iterable[Organisation]) -> Q:
    """The cases that concern organisations as holders: what is open, and what made them the holder."""
    open_or_theirs = ~Q(state__in=ENDED) | Q(kind=Kind.TRANSFER_OF_HOLDER, state=State.GRANTED)
    return Q(kind__in=ABOUT_AUTHORISATIONS, authorisation__holder__in=organisations) & open_or_theirs


def _holder(case: Case) -> Organisation | None:
    if case.kind not in ABOUT_AUTHORISATIONS or case.authorisation is None:
        return None
    return case.authorisation.holder
