"""What the legal rules say of things that happened: facts in, reasons out. Pure.

The terms of an authorisation are put before the rules by `authorisation.rules`; here is what follows once
outcomes are issued, first transferred and used, once an authorisation is changed, and once something is
published. Whoever records such a fact asks first. Volumes are whole t CO2 eq.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts import wording
from authorisation.first_transfer import Outcome, Trigger, first_transfer, triggers
from authorisation.shares import Levies, levies
from workflow.refusals import Reason

# A reason, and whether it blocks.
Said = Iterable[tuple[Reason, bool]]


@dataclass(frozen=True, kw_only=True)
class Issued:
    """An issuance of one vintage, and what was taken of it when it was issued.

    authorised     of the tonnes, those that the authorisation covers; the rest are not covered
    by_mechanism   issued by the Article 6.4 mechanism
    adaptation, overall_mitigation   taken of the authorised tonnes: forwarded, and cancelled
    first_transferred   of the authorised tonnes, those that count as first transferred by the issuance
    omge_percent   what the letter asks to be cancelled, decimal text
    taken          what the mechanism took of the whole issuance and no other authorisation counts already:
                   percentages of parts, each rounded up, may come to more
    left           of the authorised tonnes, those that have not left ahead of the issuance
    """

    vintage: int
    authorised: int
    by_mechanism: bool
    adaptation: int
    overall_mitigation: int
    first_transferred: int
    omge_percent: str | None = None
    taken: Levies | None = None
    left: int | None = None

    @property
    def due(self) -> Levies:
        """What is to be taken of the authorised tonnes: of itself by the mechanism, else by the letter."""
        due = levies(self.authorised, mechanism=self.by_mechanism, omge_percent=self.omge_percent)
        if self.taken is not None:
            due = due.within(self.taken.adaptation, self.taken.overall_mitigation)
        if self.left is not None:
            due = due.within(self.left, self.left - min(due.adaptation, self.left))
        return due


@dataclass(frozen=True, kw_only=True)
class FirstTransferred:
    """A first transfer as somebody would record it, beside what is known of the outcome.

    on            the day on which it counts as first transferred
    adjusted_in   the year to which the corresponding adjustment is made; None where none is made
    outside_ndc   whether the mitigation lies outside the scope of the host's contribution
    trigger       the event by which it would be first transferred; None where only the day is said
    asked, there  of a use or a cancellation: tonnes, and of them those that were first transferred before
    """

    outcome: Outcome
    on: date
    adjusted_in: int | None
    outside_ndc: bool = False
    trigger: Trigger | None = None
    asked: int = 0
    there: int = 0


@dataclass(frozen=True, kw_only=True)
class Used:
    """A use or a cancellation as somebody would record it.

    vintage    None where it is not said
    on         None where the day is not said
    used_for   the calendar year for which outcomes are used towards an NDC; None for any other use
    first_year, last_year   of the implementation period under which they are authorised
    last_on    the last date that the letter sets for this: of use, or of cancellation
    cancelled  a cancellation, and no use
    """

    vintage: int | None
    on: date | None
    towards_ndc: bool
    used_for: int | None
    first_year: int | None
    last_year: int | None
    last_on: date | None = None
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True)
class Changed:
    """A change or a revocation, by what it would touch.

    first_transferred, used   tonnes already first transferred, and of these already used or cancelled
    clause                    the letter's own terms foresee this change of what is first transferred
    checked                   that nothing is counted twice was checked, and is recorded
    consent_needed, consented the clause asks for the consent of the other Party, and it was given
    """

    first_transferred: int
    used: int
    clause: bool = False
    checked: bool = False
    consent_needed: bool = False
    consented: bool = False


@dataclass(frozen=True, kw_only=True)
class Versioned:
    """A change as it would be entered: which instrument and version it makes of which.

    identifier, keeps   of the authorisation before, and as the new version would bear it
    before, after       the numbers of the two versions
    superseded          the letter of the version before is marked superseded, or keeps its full effect
    """

    identifier: str
    keeps: str
    before: int
    after: int
    superseded: bool


@dataclass(frozen=True, kw_only=True)
class EntityRevoked:
    """An entity that is no longer authorised. `moved`: tonnes of outcomes that would move with it."""

    entity: str
    moved: int


@dataclass(frozen=True, kw_only=True)
class Revoked:
    """A revocation by what it would touch: tonnes already first transferred; `clause` as for a change."""

    first_transferred: int
    clause: bool = False


@dataclass(frozen=True, kw_only=True)
class Published:
    """What would be kept back from publication: each thing, and the basis that is stated for it."""

    kept_back: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """Documents of a case that are marked confidential: their types, and the basis that is stated for each.

    What a document is called and its basis are free text, which no reason takes into the trail.
    """

    documents: Sequence[tuple[str, str]]


Record = Issued | FirstTransferred | Used | Changed | Versioned | EntityRevoked | Revoked | Published | Marked


def adjusted_for_the_vintage(record: Record) -> Said:
    """A5: the adjustment belongs to the year in which the mitigation occurred."""
    if (
        isinstance(record, FirstTransferred)
        and record.adjusted_in is not None
        and (record.adjusted_in != record.outcome.vintage)
    ):
        yield (
            Reason(
                code="A5",
                words=_(
                    "The adjustment would be made for %(year)s, but the mitigation occurred in %(vintage)s "
                    "(rule A5)."
                ),
                values={"year": record.adjusted_in, "vintage": record.outcome.vintage},
                mend=_("Adjust for the vintage year; the day of the first transfer is kept beside it."),
            ),
            True,
        )


def used_within_the_period(record: Record) -> Said:
    """A6: used towards an NDC for a year of the same period; and within the last date of the letter."""
    if not isinstance(record, Used):
        return
    if record.towards_ndc:
        yield from _for_a_year_of_the_period(record)
    if record.on is not None and record.last_on is not None and record.on > record.last_on:
        yield (
            Reason(
                code="after-last-cancellation" if record.cancelled else "after-last-use",
                words=_("On %(day)s the last date that the letter sets, %(last)s, has passed (rule A6)."),
                values={"day": wording.day(record.on), "last": wording.day(record.last_on)},
                mend=_("Nothing more can be used or cancelled under this letter; ask for a change of it."),
            ),
            True,
        )


def _for_a_year_of_the_period(record: Used) -> Said:
    year, first, last = record.used_for, record.first_year, record.last_year
    if year is None:
        yield (
            Reason(
                code="year-missing",
                words=_("It is not said for which year the outcomes are used towards an NDC (rule A6)."),
                mend=_("Name the calendar year for which they are used."),
            ),
            True,
        )
        return
    if first is None or last is None or record.vintage is None:
        return
    occurred, used = first <= record.vintage <= last, first <= year <= last
    if occurred == used:
        return
    yield (
        Reason(
            code="A6",
            words=_(
                "Outcomes of vintage %(vintage)s would be used for %(year)s, outside the NDC "
                "implementation period %(first)s to %(last)s in which they occurred (rule A6)."
            )
            if occurred
            else _(
                "Outcomes of vintage %(vintage)s would be used for %(year)s, a year of the NDC "
                "implementation period %(first)s to %(last)s, in which they did not occur (rule A6)."
            ),
            values={"vintage": record.vintage, "year": year, "first": first, "last": last},
            mend=_("Use them for a year of that period.")
            if occurred
            else _("Use them for a year of the period in which they occurred."),
        ),
        True,
    )


def adjusted_outside_too(record: Record) -> Said:
    """A7: an adjustment is due for every first transfer, inside the contribution's scope or outside."""
    if not isinstance(record, FirstTransferred) or record.adjusted_in is not None:
        return
    yield (
        Reason(
            code="A7",
            words=_(
                "No adjustment would be made, as the mitigation lies outside the contribution: it is due all "
                "the same (rule A7)."
            )
            if record.outside_ndc
            else _("No adjustment would be made for what is first transferred (rule A7)."),
            mend=_("Record the corresponding adjustment for the vintage year."),
        ),
        True,
    )


def first_transferred_as_defined(record: Record) -> Said:
    """A8: first transferred by the event that the letter names, on its day, and not before."""
    if not isinstance(record, FirstTransferred):
        return
    outcome = record.outcome
    named = triggers(outcome.for_ndc, outcome.for_oimp, outcome.definition)
    if record.trigger is not None and record.trigger not in named:
        yield _by_another_event(record), True
        return
    due = first_transfer(outcome)
    if due is None:
        yield (
            Reason(
                code="A8",
                words=_(
                    "Nothing that is a first transfer by the letter has happened to outcomes of vintage "
                    "%(vintage)s yet (rule A8)."
                ),
                values={"vintage": record.outcome.vintage},
                mend=_("Record the event first: issuance, international transfer, use or cancellation."),
            ),
            True,
        )
    elif due.on != record.on:
        yield (
            Reason(
                code="A8",
                words=_(
                    "By the letter the first transfer is the %(event)s, on %(due)s and not on %(day)s "
                    "(rule A8)."
                ),
                values={
                    "event": wording.Named(due.trigger.value, due.trigger.label),
                    "due": wording.day(due.on),
                    "day": wording.day(record.on),
                },
                mend=_("Record it with that day."),
            ),
            True,
        )


def _by_another_event(record: FirstTransferred) -> Reason:
    """The event that is recorded is no first transfer by the letter."""
    if record.trigger == Trigger.USE_OR_CANCELLATION:
        return Reason(
            code="not-first-transferred",
            words=_(
                "%(tonnes)s t of vintage %(vintage)s are asked for, but %(there)s t were first transferred "
                "and are not used yet; by this letter a use or a cancellation is no first transfer (rule A8)."
            ),
            values={"tonnes": record.asked, "vintage": record.outcome.vintage, "there": record.there},
            mend=_("Record the first transfer before, or lower the volume."),
        )
    return Reason(
        code="first-transfer-definition",
        words=_(
            "By this authorisation outcomes are first transferred by another event, not by an international "
            "transfer: “%(definition)s” (rule A8)."
        ),
        values={"definition": record.outcome.definition or ""},
        mend=_("Record the issuance, the use or the cancellation: the first transfer follows from it."),
    )


def shares_of_the_mechanism(record: Record) -> Said:
    """A9: of what the mechanism issues, 5 % and at least 2 % are taken, and are then first transferred."""
    if not isinstance(record, Issued) or not record.by_mechanism:
        return
    due = record.due
    for taken, least, words in (
        (
            record.adaptation,
            due.adaptation,
            _(
                "Of %(tonnes)s t issued of vintage %(vintage)s, %(least)s t are due for adaptation, and "
                "%(taken)s t are taken (rule A9)."
            ),
        ),
        (
            record.overall_mitigation,
            due.overall_mitigation,
            _(
                "Of %(tonnes)s t issued of vintage %(vintage)s, at least %(least)s t are to be cancelled for "
                "overall mitigation, and %(taken)s t are (rule A9)."
            ),
        ),
    ):
        if taken < least:
            yield (
                Reason(
                    code="A9",
                    words=words,
                    values={
                        "tonnes": record.authorised,
                        "vintage": record.vintage,
                        "least": least,
                        "taken": taken,
                    },
                    mend=_("Record what the mechanism registry has taken, rounded up to whole tonnes."),
                ),
                True,
            )
    shares = record.adaptation + record.overall_mitigation
    if record.first_transferred < shares:
        yield (
            Reason(
                code="A9",
                words=_(
                    "%(shares)s t are taken for adaptation and overall mitigation, but only %(counted)s t "
                    "count as first transferred by the issuance (rule A9)."
                ),
                values={"shares": shares, "counted": record.first_transferred},
                mend=_("Count both shares as first transferred on the day of issuance."),
            ),
            True,
        )


def no_automatic_share(record: Record) -> Said:
    """A10: outside the mechanism nothing is taken but what the letter asks for."""
    if not isinstance(record, Issued) or record.by_mechanism:
        return
    asked = record.due
    taken = record.adaptation + record.overall_mitigation
    if taken > asked.total:
        yield (
            Reason(
                code="A10",
                words=_(
                    "%(taken)s t would be taken of an issuance outside the Article 6.4 mechanism; its letter "
                    "asks for %(asked)s t (rule A10)."
                ),
                values={"taken": taken, "asked": asked.total},
                mend=_(
                    "Take only what the letter asks for; what is given freely is a use or a cancellation."
                ),
            ),
            True,
        )


def what_was_transferred_stands(record: Record) -> Said:
    """A12: what is first transferred stands, unless the letter's own clause says otherwise."""
    if not isinstance(record, Changed):
        return
    if record.used:
        yield (
            Reason(
                code="A12",
                words=_("%(tonnes)s t are already used or cancelled, and stand (rule A12)."),
                values={"tonnes": record.used},
                mend=_("Limit the change to what is not yet first transferred."),
            ),
            True,
        )
    touched = record.first_transferred - record.used
    if touched <= 0:
        return
    if not record.clause:
        yield (
            Reason(
                code="A12",
                words=_(
                    "%(tonnes)s t are already first transferred, and the letter has no clause that would "
                    "touch them: they stand, and so does their adjustment (rule A12)."
                ),
                values={"tonnes": touched},
                mend=_("Limit the change to what is not yet first transferred."),
            ),
            True,
        )
        return
    if not record.checked:
        yield (
            Reason(
                code="A12",
                words=_(
                    "The change touches %(tonnes)s t already first transferred, and that nothing is counted "
                    "twice is not recorded as checked (rule A12)."
                ),
                values={"tonnes": touched},
                mend=_("Check it with the other Party’s records, and record the check."),
            ),
            True,
        )
    if record.consent_needed and not record.consented:
        yield (
            Reason(
                code="A12",
                words=_(
                    "The letter’s clause asks for the consent of the other Party, which is not recorded "
                    "(rule A12)."
                ),
                mend=_("Obtain the consent, and record it."),
            ),
            True,
        )


def each_change_is_a_version(record: Record) -> Said:
    """A13: the next version of the same identifier; the letter before is kept, marked superseded."""
    if not isinstance(record, Versioned):
        return
    if record.keeps != record.identifier:
        yield (
            Reason(
                code="A13",
                words=_(
                    "The change would bear the identifier %(new)s in place of %(identifier)s (rule A13)."
                ),
                values={"new": record.keeps, "identifier": record.identifier},
                mend=_("A change keeps the identifier of the authorisation."),
            ),
            True,
        )
    if record.after != record.before + 1:
        yield (
            Reason(
                code="A13",
                words=_("Version %(after)s would follow version %(before)s (rule A13)."),
                values={"after": record.after, "before": record.before},
                mend=_("Look at the authorisation again: it may have changed meanwhile."),
            ),
            True,
        )
    if not record.superseded:
        yield (
            Reason(
                code="A13",
                words=_("The letter of the version before would not be marked superseded (rule A13)."),
                mend=_("Mark it superseded; it stays readable."),
            ),
            True,
        )


def an_entity_is_not_the_outcomes(record: Record) -> Said:
    """A14: an entity may lose its authorisation while the outcomes keep theirs."""
    if isinstance(record, EntityRevoked) and record.moved:
        yield (
            Reason(
                code="A14",
                words=_(
                    "%(tonnes)s t would move, though only the authorisation of “%(entity)s” is revoked "
                    "(rule A14)."
                ),
                values={"tonnes": record.moved, "entity": record.entity},
                mend=_("Revoke outcomes by an act of its own, with its own grounds and hearing."),
            ),
            True,
        )


def no_revocation_after_first_transfer(record: Record) -> Said:
    """A18: after first transfer a revocation is refused, unless a clause of the letter foresees it."""
    if isinstance(record, Revoked) and record.first_transferred and not record.clause:
        yield (
            Reason(
                code="A18",
                words=_(
                    "A revocation cannot take back %(tonnes)s t that are first transferred: the "
                    "authorisation and the adjustment stand (rule A18)."
                ),
                values={"tonnes": record.first_transferred},
                mend=_("Lower what may still be issued, or suspend, for what is not first transferred."),
            ),
            True,
        )


def confidential_with_a_basis(record: Record) -> Said:
    """A16: everything is public but what is marked confidential on a basis; if that holds, is asked."""
    if isinstance(record, Published):
        for what, basis in record.kept_back:
            if not basis.strip():
                yield _without_a_basis(what), True
    elif isinstance(record, Marked):
        for what, basis in record.documents:
            if not basis.strip():
                yield _without_a_basis(what), True
                continue
            yield (
                Reason(
                    code="A16",
                    words=_(
                        "“%(what)s” is marked confidential, with a basis for it, and is not made public; "
                        "what is not marked may be (rule A16)."
                    ),
                    values={"what": what},
                    mend=_("Keep the mark only where its basis holds for the whole document."),
                ),
                False,
            )


def _without_a_basis(what: str) -> Reason:
    return Reason(
        code="A16",
        words=_("“%(what)s” would be kept back without a basis for it (rule A16)."),
        values={"what": what},
        mend=_("State the basis, or publish it."),
    )
