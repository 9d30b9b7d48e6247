"""To which organisation an authorisation passes: found by its id or name, and why it may not be that one."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.selectors import accepted_vettings
from authorisation import acts
from authorisation.models import Authorisation
from workflow.refusals import Reason


def with_organisation(
    plan: acts.HolderTransferred, authorisation: Authorisation
) -> tuple[acts.HolderTransferred, list[Reason]]:
    """The plan with the organisation that it means, under that one's own name; or with every reason why not.

    Units of a serial pass to a holder by name: nothing is looked for then. One query.
    """
    if not plan.of_all:
        return plan, []
    meant = list(_meant(plan, authorisation)[:2])
    reasons = list(_against(plan, meant, authorisation))
    if reasons:
        return plan, reasons
    return plan.model_copy(update={"organisation": meant[0].public_id, "to": meant[0].name}), []


def _meant(plan: acts.HolderTransferred, authorisation: Authorisation) -> QuerySet[Organisation]:
    """Of the organisations that may act towards the authority, those with this id, else with this name."""
    let_in = accepted_vettings([authorisation.authority]).order_by().values("organisation")
    named = (
        Q(public_id=plan.organisation)
        if plan.organisation is not None
        else Q(name__iexact=plan.to) | Q(name_latin__iexact=plan.to)
    )
    return Organisation.objects.filter(named, pk__in=let_in).order_by("pk")


def _against(
    plan: acts.HolderTransferred, meant: list[Organisation], authorisation: Authorisation
) -> Iterable[Reason]:
    if not meant:
        yield Reason(
            code="holder-unknown",
            words=_("“%(holder)s” is no organisation that this authority has let in."),
            values={"holder": plan.to},
            mend=_(
                "Write its name as the authority knows it, or let it ask to be let in; units of a serial may "
                "pass to anybody."
            ),
        )
    elif len(meant) > 1:
        yield Reason(
            code="holder-ambiguous",
            words=_("More than one organisation is named “%(holder)s”."),
            values={"holder": plan.to},
            mend=_("Let one of them be told apart by its name before the authorisation passes to it."),
        )
    elif meant[0].pk == authorisation.holder_id:
        yield Reason(
            code="nothing-changes",
            words=_("“%(holder)s” holds the authorisation already."),
            values={"holder": plan.to},
            mend=_("Name another organisation."),
        )
