"""Why a step of a letter that is signed by hand may not be taken, each reason a sentence."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Office, User
from accounts.selectors import held_on
from authorisation.procedures.shape import OfficeRule
from letters.recorded_paper import is_confirmed, last_record, noted_hands
from letters.signatories import signing_offices_of
from workflow.actors import Actor, Person
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from letters.models import HandNote, Letter


def is_signed_electronically(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """A letter that is signed by hand is not signed by consent as well."""
    if letter.on_paper:
        yield Reason(
            code="on-paper",
            words=_("This letter is signed by hand, on paper."),
            mend=_("Have it printed and sign it by hand; or let the director have it signed electronically."),
        )


def is_on_paper(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """What belongs to paper is for letters on paper."""
    if not letter.on_paper:
        yield Reason(
            code="not-on-paper",
            words=_("This letter is signed electronically: there is no paper of it."),
            mend=_("Let the director choose paper, before an office has signed."),
        )


def nobody_has_signed(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """A letter has one original."""
    if letter.signatures.exists():
        yield Reason(
            code="signed-already",
            words=_("An office has signed it electronically already: it cannot become a letter on paper."),
            mend=_("Have it signed to the end, or decline to sign and decide again."),
        )


def nothing_was_recorded(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """Back from paper only before anything was signed."""
    if letter.paper_records.exists() or letter.hand_notes.exists():
        yield Reason(
            code="paper-recorded",
            words=_("It was recorded that this letter was signed by hand: the paper is the original."),
            mend=_("Correct what was recorded, or decline to sign and decide again."),
        )


def paper_can_be_printed(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """What nobody could print nobody has signed."""
    if letter.on_paper and not letter.paper_sha256:
        yield Reason(
            code="print-missing",
            words=_("The file to print is not there yet."),
            mend=_("Wait some seconds and open the page again."),
        )


def paper_is_not_confirmed(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """A scan can be replaced until it is confirmed, and never afterwards."""
    record = last_record(letter)
    if record is not None and is_confirmed(record):
        yield _confirmed()


def is_not_signed_on_paper(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """A letter of which a signed original is known and confirmed cannot be made as if it were none."""
    if letter.on_paper:
        yield from paper_is_not_confirmed(letter, actor)


def _confirmed() -> Reason:
    return Reason(
        code="paper-confirmed",
        words=_("A second officer has confirmed that this letter is signed on paper."),
        mend=_("Its copy is sealed and the letter issued; where that failed, it says why. Try it again."),
    )


def paper_is_recorded(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """There is a record to make a copy from."""
    if last_record(letter) is None:
        yield Reason(
            code="record-missing",
            words=_("Nobody has recorded yet that the letter was signed."),
            mend=_("Let an officer record it, with its scan."),
        )


def copy_is_here(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """What is compared is the copy itself, page by page."""
    record = last_record(letter)
    if record is None:
        yield from paper_is_recorded(letter, actor)
    elif not record.copy_sha256:
        yield Reason(
            code="copy-missing",
            words=_("The copy is not there yet."),
            mend=_("Wait some seconds and open the page again."),
        )


def is_another_person(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """Four eyes: who recorded the paper does not confirm it."""
    record = last_record(letter)
    if record is not None and isinstance(actor, Person) and record.recorded_by_id == actor.user.pk:
        yield Reason(
            code="four-eyes",
            words=_("You recorded this paper: somebody else compares it."),
            mend=_("Ask another desk officer, or the director."),
        )


def copy_was_not_judged(letter: "Letter", actor: Actor) -> Iterable[Reason]:
    """Each record is judged once."""
    record = last_record(letter)
    if record is None or not hasattr(record, "check_made"):
        return
    if record.check_made.accepted:
        yield _confirmed()
    else:
        yield Reason(
            code="record-returned",
            words=_("This record was sent back."),
            mend=_("Let an officer record the paper anew, with the right scan."),
        )


def it_is_this_copy(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """What was compared is the copy that will be sealed."""
    record = last_record(letter)
    if record is not None and facts.get("digest") != record.copy_sha256:
        yield Reason(
            code="other-copy",
            words=_("What you compared is not the copy that there is now."),
            mend=_("Open the copy again, and compare that with the paper."),
        )


def it_is_this_letter(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """The code is copied from the paper: who typed it has had the right letter in their hands."""
    if facts.get("code") != letter.code:
        yield Reason(
            code="other-code",
            words=_("The code that you read on the paper is not that of this letter."),
            mend=_("Compare number and code. If it is another letter, send the record back."),
        )


def the_paper_is_kept(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """The place and the keeper of the original are known, and since when."""
    if not (facts.get("place_given") and facts.get("keeper_given")):
        yield Reason(
            code="custody-missing",
            words=_("It is not said where the paper is kept, or by whom."),
            mend=_("Name the place, and the office or person who keeps it."),
        )
    since, day = facts.get("since"), facts.get("recorded_on")
    if since is None:
        yield Reason(
            code="custody-day-missing",
            words=_("It is not said since when the paper is kept there."),
            mend=_("Give the day."),
        )
    elif str(since) > str(day):
        yield Reason(
            code="custody-day-ahead",
            words=_("The paper cannot be kept there from a day that has not come."),
            mend=_("Record it on that day."),
        )


def the_scan_is_here(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """Without a scan there is nothing to certify."""
    if not facts.get("scans"):
        yield Reason(
            code="scan-missing",
            words=_("The scan of the signed paper is missing."),
            mend=_("Choose one PDF, or one picture for each page, in order."),
        )


def every_office_signed_by_hand(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """Each signing office in order, by somebody who held it on the day that they wrote; as noted before."""
    given, noted = _given(facts), noted_hands(letter)
    before = letter.date
    for place, rule in enumerate(signing_offices_of(letter), start=1):
        one = given.get(place, {})
        yield from _written(letter, place, rule, one, facts, before=before)
        if place in noted and _said(one) != _noted(noted[place]):
            yield Reason(
                code="hand-otherwise",
                words=_("It was recorded otherwise before who signed as office %(place)s, or on which day."),
                values={"place": place},
                mend=_("Read the paper once more. Correct what was recorded of that signature, or this."),
            )
        if one.get("written_on"):
            before = max(before, date.fromisoformat(str(one["written_on"])))


def the_next_office_signed_by_hand(letter: "Letter", facts: Facts) -> Iterable[Reason]:
    """One office, when those before it are recorded; or one that is recorded, to correct it."""
    noted, rules = noted_hands(letter), signing_offices_of(letter)
    given = _given(facts)
    place = next(iter(given), 0)
    following = min(len(noted) + 1, len(rules))
    if not 1 <= place <= following:
        yield Reason(
            code="hand-out-of-order",
            words=_("The signature of office %(place)s is recorded before this one."),
            values={"place": following},
            mend=_("Record the signatures in the order of the offices."),
        )
        return
    before = max([letter.date, *(note.written_on for at, note in noted.items() if at < place)])
    yield from _written(letter, place, rules[place - 1], given[place], facts, before=before)


def _given(facts: Facts) -> dict[int, Mapping[str, object]]:
    """What is said of each place."""
    return {
        cast(int, one["place"]): one for one in cast(Sequence[Mapping[str, object]], facts.get("signed", ()))
    }


def _said(one: Mapping[str, object]) -> tuple[str, str, str]:
    return (str(one.get("person")), str(one.get("office")), str(one.get("written_on")))


def _noted(note: "HandNote") -> tuple[str, str, str]:
    return (str(note.person.public_id), str(note.office.public_id), note.written_on.isoformat())


def _written(
    letter: "Letter",
    place: int,
    rule: OfficeRule,
    one: Mapping[str, object],
    facts: Facts,
    *,
    before: date,
) -> Iterable[Reason]:
    """One signature: by whom, in which office, on a day not before `before`."""
    if not (one.get("person") and one.get("office") and one.get("written_on")):
        yield Reason(
            code="hand-missing",
            words=_("Who signed as office %(place)s (%(office)s), and the date beside it, are not given."),
            values={"place": place, "office": rule.label},
            mend=_("Copy both from the paper. If that office has not signed, let it sign first."),
        )
        return
    written = date.fromisoformat(str(one["written_on"]))
    if written > date.fromisoformat(str(facts["recorded_on"])):
        yield Reason(
            code="hand-ahead",
            words=_("The date beside signature %(place)s has not come yet."),
            values={"place": place},
            mend=_("Read it once more; if it stands so on the paper, have it written anew."),
        )
    if written < before:
        yield Reason(
            code="hand-too-early",
            words=_("The date beside signature %(place)s is before the decision, or before an earlier one."),
            values={"place": place},
            mend=_("Read it once more; if it stands so on the paper, have it written anew."),
        )
    office = Office.objects.filter(public_id=UUID(str(one["office"])), authority=letter.authority).first()
    person = User.objects.filter(public_id=UUID(str(one["person"]))).first()
    fits = office is not None and rule.fits(office.function, office.body)
    if office is None or person is None or not fits or not held_on(person, office, on=written):
        yield Reason(
            code="hand-not-in-office",
            words=_("Who is said to have signed as office %(place)s did not hold it on that day."),
            values={"place": place},
            mend=_("Choose who signed. If somebody without the office signed, the letter is not signed."),
        )
