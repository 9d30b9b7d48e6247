"""Fees on pages: what is owed, the notice, the proof handed in, accepted or exempted, without a script."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User
from authorisation.fees import Payment, owed_by
from authorisation.models import Case
from authorisation.procedures.shape import Fee, Stage
from authorisation.services import applications
from tests.authorisation.charging import known_to_ask, opened_under
from tests.authorisation.factories import Staff, drafted, two_staffs
from tests.desk.filling import fill_in, form_on

pytestmark = pytest.mark.django_db

FEE = Fee(
    stage=Stage.SUBMISSION,
    amount=Decimal("150.50"),
    currency="USD",
    basis="Fees Order",
    days=30,
    pay_to={"en": "Bank of the Coast, account 123"},
)


@pytest.fixture
def owing() -> Iterator[tuple[Staff, Case]]:
    with known_to_ask(FEE) as terms, opened_under(terms):
        ours, _theirs = two_staffs()
        yield ours, drafted(ours)


def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def at(page: str, case: Case, **more: object) -> str:
    return reverse(page, kwargs={"public_id": case.public_id, **more})


def receipt(text: bytes = b"Paid.") -> SimpleUploadedFile:
    return SimpleUploadedFile("paid.txt", text, content_type="text/plain")


def test_an_applicant_sees_what_is_owed_prints_the_notice_and_proves_the_payment(
    owing: tuple[Staff, Case],
) -> None:
    ours, case = owing
    client = browser(ours.applicant)
    for page in ("case", "application_fees"):
        assert "USD 150.50" in client.get(at(page, case)).content.decode()
    assert at("application_fees", case) in client.get(at("application", case)).content.decode()
    notice = client.get(at("fee_notice", case, number=1)).content.decode()
    assert "Bank of the Coast, account 123" in notice
    assert f"{case.reference}/F1" in notice

    answer = fill_in(client, at("application_fees", case), reference="", file=receipt())
    assert answer.status_code == 422
    assert "The reference of the payment is not given." in answer.content.decode()
    assert owed_by(case)[0].state == Payment.OWED
    answer = fill_in(client, at("application_fees", case), reference="TX 42", file=receipt())
    assert answer.status_code == 302
    assert owed_by(case)[0].state == Payment.HANDED_IN
    assert "TX 42" in client.get(at("case", case)).content.decode()


def test_the_desk_rejects_a_proof_with_its_reasons_and_then_exempts(owing: tuple[Staff, Case]) -> None:
    ours, case = owing
    fill_in(browser(ours.applicant), at("application_fees", case), reference="TX 42", file=receipt())
    case = applications.submit(Case.objects.get(pk=case.pk), act=ours.act(), declared=True)
    officer = browser(ours.offices[Function.DESK_OFFICER][1])

    def press(step: str, **typed: str) -> int:
        desk, address = at("casework", case), at("casework_act", case, step=step)
        sent = {**form_on(officer.get(desk), address), **typed}
        return officer.post(address, sent).status_code

    assert press("judge_proof", verdict="rejected") == 422
    assert owed_by(case)[0].state == Payment.HANDED_IN
    assert press("judge_proof", verdict="rejected", reasons="The bank does not know it.") == 302
    assert "The bank does not know it." in browser(ours.applicant).get(at("case", case)).content.decode()
    assert press("exempt_from_fee", reasons="An existing project.") == 302
    assert owed_by(case)[0].state == Payment.EXEMPT
    assert "An existing project." in browser(ours.applicant).get(at("case", case)).content.decode()
