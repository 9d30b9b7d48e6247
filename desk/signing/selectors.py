"""The signing desk: one letter with all that a signature rests on, and the letters that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts.models import User
from authorisation.handling import handling_under
from authorisation.kinds import Kind
from authorisation.models import Decision
from authorisation.procedures import procedure
from desk.offers import Offer, offers
from desk.selectors.offices import Held, offices_today
from desk.selectors.standing import Standing, standing_of
from letters.content import AuthorisationBody, parse
from letters.content import Letter as Content
from letters.kinds import KINDS, kind_of, title_of
from letters.lifecycle import State
from letters.models import Letter, Signature
from letters.signatories import signing_offices
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
    says: AuthorisationBody | None
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
    def is_declined_by_nobody(self) -> bool:
        """Whether the letter follows no decision that declining could send back.

        The step that drew it has been taken, and what it asks for stands in the case whether or not it is
        signed; a case that waits for its applicant is not turned back behind their back.
        """
        return not kind_of(self.letter.kind).concluding and self.letter.state == State.SIGNING

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
        title=title_of(content),
        case_kind=Kind(case.kind).label,
        state_label=State(letter.state).label,
        content=content,
        says=content if isinstance(content, AuthorisationBody) else None,
        decision=case.decisions.select_related("office").last(),
        standing=standing_of(case, clock=clock),
        consents=tuple(letter.signatures.select_related("office")),
        needed=len(signing_offices(kind, case)),
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
    """Letters whose next signing office, electronically, is one of these."""
    found = Q(pk__in=[])
    for kind in KINDS:
        if kind.signed_as_the_procedure_says:
            continue
        for place, function in enumerate(kind.signing_offices):
            for one in held:
                if function == one.function:
                    found |= Q(authority=one.authority, kind=kind.code, signed=place)
    for version, kind_of_case in _waiting_under(held):
        signing = handling_under(procedure(version), Kind(kind_of_case)).signing
        of_it = Q(case__procedure_version=version, case__kind=kind_of_case, kind__in=_AS_THE_PROCEDURE_SAYS)
        for place, rule in enumerate(signing):
            for one in held:
                if rule.fits(one.function, one.office.body):
                    found |= of_it & Q(authority=one.authority, signed=place)
    return found & Q(on_paper=False)


_AS_THE_PROCEDURE_SAYS = tuple(kind.code for kind in KINDS if kind.signed_as_the_procedure_says)


def _waiting_under(held: Sequence[Held]) -> list[tuple[str, str]]:
    """Under which versions, and about which kinds of case, letters of these authorities wait; one query."""
    waiting = Letter.objects.filter(state=State.SIGNING, authority__in={one.authority.pk for one in held})
    return sorted(waiting.values_list("case__procedure_version", "case__kind").distinct())
