"""Notices: who is told what, once, in which language, and what an e-mail never says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Function, User
from accounts.services import create_membership, deactivate_person
from authorisation.models import Case, Obligation
from authorisation.services import applications, desk
from desk.notices import services
from desk.notices.models import Audience, Notice
from desk.notices.selectors import notices_of
from desk.notices.wording import SENTENCES
from letters import services as letter_services
from letters.certificates import NoKey
from letters.models import Letter
from tests.accounts.factories import AT, DAY, person, tenure
from tests.authorisation.factories import (
    Staff,
    drafted,
    in_decision,
    in_review,
    letter_due,
    submitted,
    two_staffs,
    with_applicant,
)
from tests.authorisation.timing import again, run_on, staff_of, under
from tests.desk.browser import signed_in
from workflow import effects, outbox
from workflow.models import OutboxMessage
from workflow.steps import steps_of, terms_of


@pytest.fixture(autouse=True)
def plain_procedures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without review sheets."""
    under(monkeypatch)


@pytest.fixture
def of() -> Staff:
    return staff_of()


def told(case: Case, step: str) -> dict[str, str]:
    """Who was told of a step, by the part of the address before the sign, and as what."""
    notices = Notice.objects.filter(case=case, step=step).select_related("person")
    return {notice.person.email.partition("@")[0]: notice.audience for notice in notices}


def delivered() -> None:
    outbox.deliver_due()


# -- who is told -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_letter_that_cannot_be_made_is_said_aloud_to_the_desk_and_to_who_signs(
    of: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: object, **options: object) -> bytes:
        raise NoKey("There is no signing key.")

    case = letter_due(of)
    monkeypatch.setattr(letter_services, "render", refuse)
    delivered()
    delivered()
    assert Letter.objects.get(case=case).state == "failed"
    assert told(case, "fail") == {"desk_officer": "desk", "signer": "signers"}
    delivered()
    assert Notice.objects.filter(case=case, step="fail").count() == 2


@pytest.mark.django_db
def test_each_step_tells_who_is_waited_on_next(of: Staff) -> None:
    case = submitted(of)
    delivered()
    assert told(case, "submit") == {"applicant": "applicant", "desk_officer": "desk"}
    case = desk.accept(case, act=of.act(Function.DESK_OFFICER))
    delivered()
    assert told(case, "accept") == {"applicant": "applicant", "reviewer": "bodies"}
    case = in_decision(of)
    delivered()
    assert told(case, "recommend") == {"decider": "decider"}
    case = letter_due(of)
    delivered()
    assert told(case, "present") == {"signer": "signers"}
    assert told(case, "approve") == {}


@pytest.mark.django_db
def test_a_body_is_told_only_while_it_is_waited_on(of: Staff) -> None:
    """The case was sent back and forth before the message went out."""
    case = in_review(of)
    desk.ask(case, act=of.act(Function.DESK_OFFICER), questions=[("", "How are stoves counted?")])
    delivered()
    assert told(case, "accept") == {"applicant": "applicant"}


@pytest.mark.django_db
def test_deputies_are_told_while_they_deputise_and_nobody_whose_office_or_account_is_over(of: Staff) -> None:
    held, officer = of.offices[Function.DESK_OFFICER]
    on = date(2026, 11, 1)
    deputy, former, later, closed = (
        person(f"{name}@lie.example") for name in ("dora", "ferd", "lena", "carl")
    )
    for held_too in (former, later):
        # They see the case in another office, and are told nothing in this one.
        tenure(of.offices[Function.DIRECTOR][0], held_too)
    principal = held.tenures.get(person=officer)
    far = date(2999, 1, 1)
    held.tenures.create(person=deputy, starts_on=DAY, ends_on=far, deputy_of=principal)
    held.tenures.create(person=former, starts_on=DAY, ends_on=on)
    held.tenures.create(person=later, starts_on=far)
    tenure(held, closed)
    deactivate_person(closed, actor="system", at=AT)
    case = submitted(of)
    delivered()
    assert told(case, "submit") == {"applicant": "applicant", "desk_officer": "desk", "dora": "desk"}


@pytest.mark.django_db
def test_the_whole_organisation_is_told_and_no_other(of: Staff) -> None:
    colleague = person("cora@lie.example")
    create_membership(of.organisation, person=colleague, starts_on=DAY, actor="system", at=AT)
    other = staff_of("VUT", "Pacific/Efate")
    case = with_applicant(of)
    delivered()
    assert set(told(case, "return_for_completion")) == {"applicant", "cora"}
    # The letter that names what is missing is the desk's to sign, while the case is with the applicant.
    assert told(case, "present") == {"desk_officer": "signers"}
    assert not Notice.objects.filter(
        person__in=[other.applicant, *[user for _o, user in other.offices.values()]]
    )


@pytest.mark.django_db
def test_who_acts_in_an_office_is_not_told_of_their_own_act(of: Staff) -> None:
    officer = of.offices[Function.DESK_OFFICER][1]
    tenure(of.offices[Function.REVIEWER][0], officer)
    case = in_review(of)
    delivered()
    assert set(told(case, "accept")) == {"applicant", "reviewer"}


# -- once ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_message_delivered_again_gives_no_second_notice_and_no_second_mail(of: Staff) -> None:
    case = submitted(of)
    delivered()
    count, sent = Notice.objects.count(), len(mail.outbox)
    assert (count, sent) == (2, 2)
    OutboxMessage.objects.filter(effect__startswith="tell_").update(delivered_at=None)
    OutboxMessage.objects.filter(effect=services.MAIL).update(delivered_at=None)
    delivered()
    assert (Notice.objects.count(), len(mail.outbox)) == (count, sent)
    assert not OutboxMessage.objects.filter(delivered_at=None).exists()
    notice = Notice.objects.filter(case=case).first()
    assert notice is not None
    values = {
        name: getattr(notice, name)
        for name in ("person", "case", "audience", "stream", "sequence", "step", "written_at")
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(**values)


@pytest.mark.django_db
def test_a_mail_that_cannot_be_sent_is_tried_again_and_is_seen_meanwhile(
    of: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: Any, **named: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(services, "send_mail", refuse)
    submitted(of)
    delivered()
    assert Notice.objects.count() == 2
    assert not mail.outbox
    shown = signed_in(of.applicant).get("/notices/").content.decode()
    assert "could not be sent yet" in shown
    OutboxMessage.objects.filter(effect=services.MAIL).update(parked_at=AT)
    shown = signed_in(of.applicant).get("/notices/").content.decode()
    assert "The e-mail could not be sent. Check your address" in shown
    monkeypatch.undo()
    for message in OutboxMessage.objects.filter(effect=services.MAIL):
        assert outbox.release(message.pk)
    delivered()
    assert len(mail.outbox) == 2


# -- what is said ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_email_names_the_case_the_day_and_a_link_and_nothing_confidential(of: Staff) -> None:
    case = with_applicant(of)
    delivered()
    (sent,) = [one for one in mail.outbox if one.to == [of.applicant.email] and "missing" in one.subject]
    whole = f"{sent.subject}\n{sent.body}"
    assert case.reference in whole
    assert f"/cases/{case.public_id}/" in whole
    assert case.due_on is not None
    assert str(case.due_on.year) in whole
    everybody = User.objects.exclude(name="").values_list("name", flat=True)
    confidential = [*everybody, of.organisation.name, "Efficient stoves", "Stoves Ltd", "1000", "600"]
    assert [word for word in confidential if word in whole] == []


@pytest.mark.django_db
def test_nobody_is_told_of_a_decision_before_its_letter(of: Staff) -> None:
    letter_due(of)
    delivered()
    for one in mail.outbox:
        assert not any(word in f"{one.subject}{one.body}".lower() for word in ("approv", "refus", "grant"))


@pytest.mark.django_db
def test_a_person_is_written_to_in_their_language(of: Staff, settings: Any) -> None:
    User.objects.filter(pk=of.applicant.pk).update(language="fr")
    case = with_applicant(of)
    assert case.due_on is not None
    delivered()
    french = [one.body for one in mail.outbox if one.to == [of.applicant.email]]
    assert any("mai" in body and "May" not in body for body in french), french


def test_every_effect_that_tells_somebody_has_words_for_it() -> None:
    """Whatever a lifecycle or the clock tells an audience, there is a sentence for it."""
    audiences = set(Audience.values)
    named = {
        (effect.removeprefix("tell_"), f"{before}{terms_of(step).name}")
        for model, before in ((Case, ""), (Letter, ""), (Obligation, "obligation."))
        for step in steps_of(model)
        for effect in terms_of(step).effects
        if effect.removeprefix("tell_") in audiences
    }
    assert len(named) > 20
    assert named - set(SENTENCES) == set()
    assert {f"tell_{audience}" for audience in audiences} <= effects.bound()


# -- a person and their notices --------------------------------------------------------------------


@pytest.mark.django_db
def test_who_wants_no_mail_gets_the_notice_alone(of: Staff, client: Client) -> None:
    browser = signed_in(of.applicant)
    assert browser.post("/notices/by-mail/").status_code == 302
    submitted(of)
    delivered()
    assert [one.to for one in mail.outbox] == [[of.offices[Function.DESK_OFFICER][1].email]]
    assert of.applicant.notices.count() == 1
    browser.post("/notices/by-mail/", {"by_mail": "on"})
    submitted(of)
    delivered()
    assert [of.applicant.email] in [one.to for one in mail.outbox]


@pytest.mark.django_db
def test_notices_are_read_one_by_one_or_all_and_those_of_others_are_none(of: Staff) -> None:
    for _one in range(2):
        submitted(of)
    delivered()
    browser = signed_in(of.applicant)
    assert "2 notices are unread" in browser.get("/notices/").content.decode()
    first = of.applicant.notices.first()
    theirs = of.offices[Function.DESK_OFFICER][1].notices.first()
    assert first is not None
    assert theirs is not None
    assert browser.post("/notices/mark/", {"notice": str(theirs.public_id)}).status_code == 404
    assert Notice.objects.filter(read_at__isnull=True).count() == 4
    assert browser.get("/notices/mark/").status_code == 405
    assert browser.post("/notices/mark/", {"notice": "x"}).status_code == 404
    browser.post("/notices/mark/", {"notice": str(first.public_id)})
    assert of.applicant.notices.filter(read_at__isnull=True).count() == 1
    browser.post("/notices/mark/", {"notice": str(first.public_id), "unread": "on"})
    assert of.applicant.notices.filter(read_at__isnull=True).count() == 2
    browser.post("/notices/mark/")
    assert of.applicant.notices.filter(read_at__isnull=True).count() == 0
    assert theirs.person.notices.filter(read_at__isnull=True).count() == 2


@pytest.mark.django_db
def test_notices_go_on_page_by_page_with_a_constant_number_of_queries(
    of: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = drafted(of)

    def more(count: int) -> None:
        begun = Notice.objects.count()
        Notice.objects.bulk_create(
            Notice(
                person=of.applicant, case=case, audience="applicant", stream="x", step="ask",
                sequence=begun + one, written_at=AT,
            )
            for one in range(count)
        )  # fmt: skip

    more(3)
    with django_assert_num_queries(3):
        assert len(notices_of(of.applicant).rows) == 3
    more(42)
    with django_assert_num_queries(3):
        first = notices_of(of.applicant)
    seen = [row.public_id for row in first.rows]
    after = first.further
    while after is not None:
        page = notices_of(of.applicant, after=after)
        seen += [row.public_id for row in page.rows]
        after = page.further
    assert len(seen) == len(set(seen)) == 45


@pytest.mark.django_db
def test_the_warning_of_the_clock_reaches_the_applicant_with_the_day_on_which_the_case_lapses(
    of: Staff,
) -> None:
    case = with_applicant(of)
    assert case.due_on is not None
    run_on(of, case.due_on - timedelta(days=3))
    delivered()
    notice = Notice.objects.get(case=case, step="warn")
    assert (notice.person, notice.until) == (of.applicant, case.due_on)
    assert again(case).warned_on is not None


@pytest.mark.django_db
def test_demonstration_cases_send_no_mail() -> None:
    ours, _theirs = two_staffs()
    drafted_case = applications.withdraw(drafted(ours), act=ours.act())
    delivered()
    assert Notice.objects.filter(case=drafted_case).exists()
    assert mail.outbox == []
