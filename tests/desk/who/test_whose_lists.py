"""What a list shows, and whose: of two authorities with the same in each, each list holds what is of one."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Authority, Function
from authorisation.lifecycle import State
from authorisation.models import Announcement, Authorisation, Case, Obligation
from authorisation.requirements import Sort
from desk.announcements import selectors as announcements
from desk.casework.reviewing import _people as people_offered
from desk.changing.progress import meant
from desk.changing.selectors import capacity_of
from desk.documents.selectors import document_seen_by
from desk.exporting.writing import bounds_of, documents_of, letters_of
from desk.inbox.selectors import Need, cases_needing, inbox
from desk.notices import selectors as notices
from desk.notices import services as told
from desk.notices.audiences import Telling, people_of
from desk.notices.models import Audience, Notice
from desk.obligations import selectors as obligations
from desk.overdue import selectors as overdue
from desk.paper.selectors import places_of
from desk.selectors.at_the_authority import case_worked_on_by, letter_worked_on_by
from desk.selectors.offices import offices_today
from desk.selectors.seen import authorisations_seen_by, cases_seen_by, issued_letter_seen_by
from desk.signing.selectors import waiting_for
from letters.models import Letter
from projects.documents import receive_document
from projects.models import Document
from tests.accounts.factories import AT
from tests.authorisation.factories import Staff
from tests.desk.who.few import Few
from workflow.actors import Person
from workflow.clock import RealClock, SetClock
from workflow.models import OutboxMessage
from workflow.outbox import deliver_due

pytestmark = pytest.mark.django_db


def _authorities(rows: Iterable[Any]) -> set[Authority]:
    return {row.authority for row in rows}


def test_who_must_be_told_is_listed_and_counted_for_ones_own_authorities(made: Few) -> None:
    ours, theirs = made.ours.authority, made.theirs.authority
    due = Announcement.objects.filter(state="due")
    count = due.filter(authority=ours).count()
    assert 0 < count < due.count()
    assert due.filter(authority=theirs).exists()
    late = SetClock(RealClock().now() + timedelta(days=400), simulated=False)
    assert announcements.still_to_tell([ours], clock=late) == (count, count)
    shown = announcements.listed([ours], clock=late, language="en")
    assert _authorities(one.row for one in shown.rows) == {ours}


def test_what_holders_owe_is_listed_for_ones_own_authorities(made: Few) -> None:
    for one in (made.authorisation, made.of_theirs):
        _asked(one)
    shown = obligations.board([made.ours.authority], clock=made.ours.clock, language="en")
    assert _authorities(one.row for one in shown.rows) == {made.ours.authority}


def _asked(of: Authorisation) -> Obligation:
    return Obligation.objects.create(
        authority=of.authority,
        authorisation=of,
        case=of.cases.earliest("pk"),
        sort=Sort.CONDITION,
        code="insured",
        rule={},
        since=of.activity.authority.legal_date(RealClock().now()),
        begun_on=of.activity.authority.legal_date(RealClock().now()),
    )


def test_whose_time_runs_out_is_listed_for_ones_own_authorities_and_nothing_that_has_time(made: Few) -> None:
    ours, clock = made.ours.authority, SetClock(AT)
    waiting = Case.objects.filter(authority=ours, due_on__isnull=False)
    waiting = waiting.exclude(state__in=[State.DRAFT, State.GRANTED])
    soon = waiting.filter(due_on__lte=ours.legal_date(AT) + overdue.SOON)
    lost = Notice.objects.filter(case__authority=made.theirs.authority, mail__isnull=False).earliest("pk")
    assert lost.mail is not None
    OutboxMessage.objects.filter(pk=lost.mail.pk).update(delivered_at=None, parked_at=AT)
    shown = overdue.board([ours], clock=clock, language="en")
    assert {row.reference for row in shown.rows} == set(soon.values_list("reference", flat=True))
    assert soon.count() < waiting.count() == sum(one.cases for one in shown.counts)
    assert shown.lost_mails == 0
    assert overdue.board([made.theirs.authority], clock=clock, language="en").lost_mails == 1


def test_a_case_needs_the_office_that_acts_next_and_nobody_of_another_authority(made: Few) -> None:
    needs = {
        Function.DESK_OFFICER: {("failed", Need.TRY_AGAIN), ("submitted", Need.CHECK)},
        Function.SIGNER: {("failed", Need.TRY_AGAIN), ("signing", Need.SIGN)},
        Function.DECIDER: {("in_decision", Need.DECIDE)},
        Function.REVIEWER: set(),
        Function.DIRECTOR: set(),
    }
    states = {case.reference: name for name, case in made.cases.items()}
    for function, expected in needs.items():
        user = made.ours.offices[function][1]
        shown = inbox(user, clock=made.ours.clock, language="en")
        assert {(states.get(row.reference), row.need) for row in shown.rows} == expected, function
        at_ours = Case.objects.filter(authority=made.ours.authority)
        for state, number in shown.waiting:
            assert number == at_ours.filter(state=state).count()
        assert (shown.to_tell > 0) == (function == Function.DESK_OFFICER)
    held = offices_today(made.ours.offices[Function.SIGNER][1], clock=made.ours.clock)
    assert _authorities(cases_needing(held, made.ours.applicant)) == {made.ours.authority}


def test_a_letter_waits_for_the_next_that_signs_and_for_nobody_else(made: Few) -> None:
    waits = {
        function: [letter.case for letter in waiting_for(holder, clock=made.ours.clock)]
        for of in (made.ours, made.theirs)
        for function, (_office, holder) in of.offices.items()
        if of is made.ours or function == Function.SIGNER
    }
    assert waits.pop(Function.SIGNER) == [], "of the other authority, which is asked last"
    ours = waiting_for(made.ours.offices[Function.SIGNER][1], clock=made.ours.clock)
    assert [letter.case for letter in ours] == [made.cases["signing"]]
    assert not any(waits.values())


def test_who_sees_what(made: Few) -> None:
    letter = made.cases["granted"].letters.get()
    document = made.map_added()
    ours, theirs = made.ours, made.theirs
    rows: list[tuple[Staff, Function | None, bool, bool]] = [
        (ours, None, True, False),
        (theirs, None, False, False),
        *((ours, function, True, True) for function in Function if function in ours.offices),
        *((theirs, function, False, False) for function in Function if function in theirs.offices),
    ]
    for of, function, sees, serves in rows:
        user = of.applicant if function is None else of.offices[function][1]
        clock, case = RealClock(), made.cases["granted"]
        told = (of.authority, function)
        assert (case in cases_seen_by(user, clock=clock)) is sees, told
        assert (made.authorisation in authorisations_seen_by(user, clock=clock)) is sees, told
        assert (issued_letter_seen_by(user, letter.public_id, clock=clock) == letter) is sees, told
        assert (document_seen_by(user, document, clock=clock) is not None) is sees, told
        assert (case_worked_on_by(user, case.public_id, clock=clock) == case) is serves, told
        assert (letter_worked_on_by(user, letter.public_id, clock=clock) == letter) is serves, told
        nothing = made.ours.authority.public_id
        assert letter_worked_on_by(user, nothing, clock=clock) is None
        assert issued_letter_seen_by(user, nothing, clock=clock) is None


def test_an_export_holds_files_of_ones_own_authority_up_to_the_last_of_its_own(made: Few) -> None:
    ours, theirs = made.ours.authority, made.theirs.authority
    kept = [_received(of, made, content) for of, content in ((ours, b"One."), (theirs, b"Another."))]
    own_letters = Letter.objects.filter(authority=ours)
    assert bounds_of(ours) == {"documents": kept[0].pk, "letters": own_letters.latest("pk").pk}
    assert Letter.objects.latest("pk").authority == theirs
    assert _authorities(documents_of(ours).rows) == {ours}
    assert _authorities(letters_of(ours).rows) == {ours}


def _received(by: Authority, made: Few, content: bytes) -> Document:
    return receive_document(
        content,
        authority=by,
        name="note.txt",
        media_type="text/plain",
        received_by=made.ours.offices[Function.DIRECTOR][1],
        at=AT,
    )


def test_one_act_over_many_is_about_authorisations_of_ones_own_authority(made: Few) -> None:
    both, key = [made.authorisation.identifier, made.of_theirs.identifier], uuid4()
    named = meant(made.ours.authority, type_="suspension", identifiers=both, sector="", key=key)
    sector = made.authorisation.activity.sector
    of_it = meant(made.ours.authority, type_="suspension", identifiers=(), sector=sector, key=key)
    assert named == of_it == [made.authorisation]


def test_acts_are_planned_in_an_office_or_for_the_holder_and_by_nobody_else(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    rows: list[tuple[Person, bool, bool]] = [
        (ours.applying(), False, True),
        (theirs.applying(), False, False),
        (Person(user=ours.applicant), False, False),
        (ours.holding(Function.DESK_OFFICER), True, False),
        (ours.holding(Function.DIRECTOR), True, False),
        (ours.holding(Function.SIGNER), False, False),
    ]
    for actor, in_office, for_holder in rows:
        found = capacity_of(made.authorisation, [actor], ours.clock)
        assert (found.office is not None, found.holder is not None) == (in_office, for_holder), actor


def test_people_of_the_authority_alone_are_offered_and_told(made: Few) -> None:
    here = {str(user.public_id) for _office, user in made.ours.offices.values()}
    here.add(str(made.everything.public_id))
    assert {one for one, _name in people_offered(made.cases["in_decision"])} == here
    telling = Telling(case=made.cases["in_decision"], on=made.ours.authority.legal_date(RealClock().now()))
    for audience, function in ((Audience.DESK, Function.DESK_OFFICER), (Audience.DECIDER, Function.DECIDER)):
        holders = {made.ours.offices[function][1], made.everything}
        assert set(people_of(audience, telling)) == holders
    assert set(people_of(Audience.APPLICANT, telling)) == {made.ours.applicant, made.everything}


def test_notices_are_ones_own(made: Few) -> None:
    deliver_due()
    officer, applicant = made.ours.offices[Function.DESK_OFFICER][1], made.ours.applicant
    own, others = Notice.objects.filter(person=officer), Notice.objects.filter(person=applicant)
    assert own.exists()
    first = others.latest("pk")
    shown = notices.notices_of(officer, after=first.public_id)
    assert {row.public_id for row in shown.rows} <= set(own.values_list("public_id", flat=True))
    assert not shown.began_later, "somebody else's notice is no place to go on from"
    assert shown.unread == own.filter(read_at__isnull=True).count()
    assert shown.by_mail
    told.prefer(applicant, by_mail=False)
    assert notices.notices_of(officer).by_mail

    unread = others.filter(read_at__isnull=True).count()
    assert told.mark_read(officer, at=AT, notice=first.public_id) == 0
    assert told.mark_read(officer, at=AT) == shown.unread
    assert others.filter(read_at__isnull=True).count() == unread
    told.mark_read(applicant, at=AT)
    assert told.mark_unread(officer, notice=first.public_id) == 0
    assert not others.filter(read_at__isnull=True).exists()

    browser = made.browser(Function.DESK_OFFICER)
    for sent, status in (
        ({"notice": str(first.public_id)}, 404),
        ({"notice": "no id"}, 404),
        ({"notice": str(own.latest("pk").public_id), "unread": "on"}, 302),
        ({}, 302),
    ):
        assert browser.post("/notices/mark/", sent).status_code == status, sent
    assert not others.filter(read_at__isnull=True).exists()


def test_a_letter_on_paper_was_signed_by_people_of_its_own_authority(made: Few) -> None:
    letter = made.cases["signing"].letters.get()
    (place,) = places_of(letter, on=made.ours.authority.legal_date(RealClock().now()), language="en")
    office, signer = made.ours.offices[Function.SIGNER]
    assert {(hand.office, hand.person) for hand in place.hands} == {
        (office, signer),
        (office, made.everything),
    }
    named = f"{office.public_id}:{signer.public_id}"
    assert place.expected in (named, "")
