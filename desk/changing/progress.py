"""Which authorisations one act over many is about, and how far the opening of their cases is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority
from authorisation import acts
from authorisation.lifecycle import ENDED
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import ActOverMany, Authorisation, Case, Concerned
from desk.changing.offered import ACTS
from workflow.refusals import Words

AT_A_TIME = 50
# What one act may do to many, by its type.
OVER_MANY = ("suspension", "resumption", "revocation")
# What is wrong with what was said of which are meant.
ONE_OF_BOTH = _("Choose a sector, or name authorisations.")
NONE_ANSWERS = _("No authorisation of this authority answers to that.")


def named(key: UUID) -> str:
    """The name of an act over many that was asked for under this key, on a page or by a program."""
    return f"page:{key}"


def meant(
    authority: Authority, *, type_: str, identifiers: Sequence[str], sector: str, key: UUID
) -> list[Authorisation]:
    """The authorisations meant, the oldest first: those named, or what stands of a sector.

    Of a sector, what is under way, or waits its turn in another such act, is not begun again.
    """
    found = Authorisation.objects.filter(authority=authority).select_related(
        "authority__party", "activity", "approach", "holder"
    )
    if identifiers:
        return list(found.filter(identifier__in=identifiers).order_by("pk"))
    begun = Case.objects.filter(kind=type_).exclude(state__in=ENDED).exclude(planned__batch=named(key))
    waiting = Concerned.objects.filter(case=None, against="").exclude(act__name=named(key))
    standing = (State.IN_FORCE, State.SUSPENDED)
    found = found.filter(activity__sector=sector, state__in=standing)
    return list(found.exclude(cases__in=begun).exclude(pk__in=waiting.values("authorisation")).order_by("pk"))


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far it is. `further` names the authorisation after which the next page goes on; "" on the last."""

    key: UUID
    type: str
    total: int
    opened: int
    refused: int
    rows: Sequence[Concerned]
    further: str

    @property
    def label(self) -> Words:
        """What is done, in words."""
        return ACTS[self.type].label

    @property
    def done(self) -> int:
        """Those whose turn has been."""
        return self.opened + self.refused

    @property
    def waiting(self) -> int:
        """Those whose turn is yet to come."""
        return self.total - self.done


def progress_of(authorities: Collection[Authority], key: UUID, *, after: str = "") -> Progress | None:
    """How far an act over many of one of these is, from the authorisation named on; None if there is none."""
    asked = ActOverMany.objects.filter(authority__in=authorities, name=named(key)).first()
    if asked is None:
        return None
    counts = asked.concerned.aggregate(
        total=Count("pk"),
        opened=Count("pk", filter=Q(case__isnull=False)),
        refused=Count("pk", filter=~Q(against="")),
    )
    rows = asked.concerned.select_related("authorisation", "case").order_by("pk")
    edge = asked.concerned.filter(authorisation__identifier=after).values_list("pk", flat=True).first()
    if edge is not None:
        rows = rows.filter(pk__gt=edge)
    page = list(rows[: AT_A_TIME + 1])
    further = page[AT_A_TIME - 1].authorisation.identifier if len(page) > AT_A_TIME else ""
    return Progress(
        key=key,
        type=acts.parse_over_many(asked.plan).type,
        rows=page[:AT_A_TIME],
        further=further,
        **counts,
    )
