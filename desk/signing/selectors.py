"""The signing desk: one letter with all that a signature rests on, and the letters that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from authorisation.kinds import Kind
from authorisation.models import Decision
from desk.offers import Offer, offers
from desk.selectors.offices import Held, offices_today
from desk.selectors.standing import Standing, standing_of
from letters.content import Authorisation, PartialAuthorisation, parse
from letters.content import Letter as Content
from letters.kinds import KINDS, kind_of
from letters.lifecycle import State
from letters.models import Letter, Signature
from workflow.actors import Person
from workflow.clock import Clock
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Signing:
    """One letter on the signing desk.

    says        what it says, for letters of authorisation; None for others
    consents    who has signed so far, office by office
    needed      how many offices sign a letter of its kind
    sealing     every office has signed, and the seal is being made
    next_one    another letter that waits for this person's signature
    """

    letter: Letter
    title: Words
    case_kind: Words
    state_label: Words
    content: Content
    says: Authorisation | PartialAuthorisation | None
    decision: Decision | None
    standing: Standing
    consents: tuple[Signature, ...]
    needed: int
    offers: tuple[Offer, ...]
    decline: Offer | None
    next_one: Letter | None

    @property
    def can_be_read(self) -> bool:
        """Whether there are bytes to read."""
        return bool(self.letter.unsigned_sha256)

    @property
    def sealing(self) -> bool:
        return self.letter.state == State.SIGNING and len(self.consents) >= self.needed

    @property
    def being_rendered(self) -> bool:
        """Whether the PDF is still being made."""
        return self.letter.state == State.DRAWN


def signing(letter: Letter, *, person: User, capacities: Sequence[Person], clock: Clock) -> Signing:
    """The page of one letter, in a constant number of queries."""
    case, kind, content = letter.case, kind_of(letter.kind), parse(letter.content.encode())
    on_letter = offers(letter, capacities, clock)
    return Signing(
        letter=letter,
        title=kind.title,
        case_kind=Kind(case.kind).label,
        state_label=State(letter.state).label,
        content=content,
        says=content if isinstance(content, Authorisation | PartialAuthorisation) else None,
        decision=case.decisions.select_related("office").last(),
        standing=standing_of(case, clock=clock),
        consents=tuple(letter.signatures.select_related("office")),
        needed=len(kind.signing_offices),
        offers=tuple(on_letter),
        decline=_decline(on_letter, offers(case, capacities, clock)),
        next_one=waiting_for(person, clock=clock).exclude(pk=letter.pk).first(),
    )


def _decline(on_letter: Sequence[Offer], on_case: Sequence[Offer]) -> Offer | None:
    """Declining is a step of the letter and one of its case: both must be possible."""
    void = next((offer for offer in on_letter if offer.step == "void"), None)
    back = next((offer for offer in on_case if offer.step == "decline_to_sign"), None)
    if void is None or back is None:
        return None
    return void if void.reasons else back


def waiting_for(person: User, *, clock: Clock) -> QuerySet[Letter]:
    """The letters that wait for a signature of an office this person holds today, the most urgent first."""
    return (
        with_signed_count(
            Letter.objects.filter(state=State.SIGNING).select_related(
                "authority", "case__authority", "case__activity"
            )
        )
        .filter(next_signer_is(offices_today(person, clock=clock)))
        .order_by(F("case__due_on").asc(nulls_last=True), "pk")
    )


def with_signed_count(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """Letters with `signed`, the number of offices that have signed."""
    return letters.annotate(signed=Count("signatures"))


def next_signer_is(held: Sequence[Held]) -> Q:
    """Letters whose next signing office is one of these."""
    found = Q(pk__in=[])
    for office in held:
        for kind in KINDS:
            for place, function in enumerate(kind.signing_offices):
                if function == office.function:
                    found |= Q(authority=office.authority, kind=kind.code, signed=place)
    return found
