"""Applicants that are known from paper alone: nobody of theirs has an account here."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Authority, Membership, Organisation
from accounts.selectors import accepted_vettings
from authorisation.models import Case


def known_from_paper(authorities: Iterable[Authority]) -> QuerySet[Organisation]:
    """The organisations to which nobody ever belonged, and which came to one of these authorities first.

    That is the authority of an organisation's first case; of one without a case, any that has let it in.
    Whoever joins an organisation sees its cases with every authority, so not every one may say who does.
    """
    known = list(authorities)
    cases = Case.objects.filter(applicant=OuterRef("pk")).order_by("pk")
    nobody = ~Exists(Membership.objects.filter(organisation=OuterRef("pk")))
    let_in = Q(Exists(accepted_vettings(known).filter(organisation=OuterRef("pk"))))
    came_to = Organisation.objects.annotate(came_to=Subquery(cases.values("authority")[:1]))
    return came_to.filter(nobody).filter(Q(came_to__in=known) | (Q(came_to__isnull=True) & let_in))
