"""What the page of a letter on paper shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.models import Office, Tenure, User
from accounts.names import in_language
from desk.offers import Offer, offers
from letters import recorded_paper
from letters.content import parse
from letters.kinds import title_of
from letters.lifecycle import State
from letters.models import Custody, Letter, PaperRecord
from letters.signatories import signing_offices_of
from projects.models import Document
from workflow.actors import Person
from workflow.clock import Clock, today
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class HandOfOffice:
    """Somebody who may have signed by hand in an office."""

    office: Office
    person: User
    label: str

    @property
    def value(self) -> str:
        return f"{self.office.public_id}:{self.person.public_id}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in the order of signatures: the office, who may have signed there, whom the letter names.

    noted      who is recorded to have signed there already; "" where nobody is, and `noted_on` is None
    noted_as   the same for people
    """

    number: int
    office: str
    hands: tuple[HandOfOffice, ...]
    expected: str
    noted: str = ""
    noted_as: str = ""
    noted_on: date | None = None

    @property
    def hand_field(self) -> str:
        """The field of a form in which it is said who signed."""
        return f"hand_{self.number}"

    @property
    def date_field(self) -> str:
        """The field for the date beside the signature."""
        return f"written_{self.number}"

    def hand(self, value: str) -> HandOfOffice | None:
        """The one that was chosen; None where none was."""
        return next((one for one in self.hands if one.value == value), None)


@dataclass(frozen=True, kw_only=True)
class PaperPage:
    """A letter on paper, or one that may become one.

    records   what was recorded of the signed paper, the newest first
    custody   where it was and is, the newest first
    places    the offices that sign, in order
    """

    letter: Letter
    title: Words
    state_label: Words
    records: tuple[PaperRecord, ...]
    custody: tuple[Custody, ...]
    places: tuple[Place, ...]
    offers: tuple[Offer, ...]

    @property
    def last(self) -> PaperRecord | None:
        """The record that counts."""
        return self.records[0] if self.records else None

    @property
    def noted(self) -> int:
        """How many offices are recorded to have signed the paper, in their order."""
        return sum(1 for place in self.places if place.noted)

    @property
    def being_printed(self) -> bool:
        """Whether the file to print is still being made."""
        return self.letter.on_paper and not self.letter.paper_sha256

    @property
    def being_copied(self) -> bool:
        """Whether the copy of the last record is still being made."""
        return self.last is not None and not self.last.copy_sha256

    @property
    def being_sealed(self) -> bool:
        """Whether everything is confirmed and the seal is awaited."""
        return (
            self.letter.state == State.SIGNING
            and self.last is not None
            and recorded_paper.is_confirmed(self.last)
        )


def paper_page(letter: Letter, *, capacities: Sequence[Person], clock: Clock, language: str) -> PaperPage:
    """The page, in a constant number of queries."""
    records = letter.paper_records.select_related("recorded_by", "office", "check_made__checked_by")
    records = records.prefetch_related("signatures__person", "signatures__office", "scans__document")
    return PaperPage(
        letter=letter,
        title=title_of(parse(letter.content.encode())),
        state_label=State(letter.state).label,
        records=tuple(records.order_by("-number")),
        custody=tuple(letter.custody.order_by("-pk")),
        places=places_of(letter, on=today(letter.authority, clock), language=language),
        offers=tuple(offers(letter, capacities, clock)),
    )


def places_of(letter: Letter, *, on: date, language: str) -> tuple[Place, ...]:
    """Who may have signed at which place, between the decision and today, and who is noted; two queries."""
    tenures = list(
        Tenure.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=letter.date),
            office__authority=letter.authority,
            starts_on__lte=on,
        )
        .select_related("office", "person")
        .order_by("office", "person__name", "pk")
    )
    content, noted = parse(letter.content.encode()), recorded_paper.noted_hands(letter)
    found = []
    for number, (rule, named) in enumerate(
        zip(signing_offices_of(letter), content.signatories, strict=True), start=1
    ):
        hands = {
            (one.office_id, one.person_id): HandOfOffice(
                office=one.office,
                person=one.person,
                label=f"{one.person.name}, {in_language(one.office.title, language)}",
            )
            for one in tenures
            if rule.fits(one.office.function, one.office.body)
        }
        expected = (one.value for one in hands.values() if one.person.name == named.person_name)
        note = noted.get(number)
        found.append(
            Place(
                number=number,
                office=named.office_title,
                hands=tuple(hands.values()),
                expected=next(expected, ""),
                noted=f"{note.office.public_id}:{note.person.public_id}" if note is not None else "",
                noted_as=note.person.name if note is not None else "",
                noted_on=note.written_on if note is not None else None,
            )
        )
    return tuple(found)


def scan_of(letter: Letter, public_id: UUID) -> Document | None:
    """The file of a scan of this letter with this id; None where it has none."""
    return Document.objects.filter(
        pk__in=letter.paper_records.values("scans__document"), public_id=public_id
    ).first()
