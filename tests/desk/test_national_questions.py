"""What a procedure asks besides: asked in the application, wanted before review, told in differences."""

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function
from authorisation.models import Case
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import ExtraQuestion
from authorisation.services import applications, desk
from desk.versions import versions
from tests.authorisation.factories import Staff, drafted, two_staffs
from tests.desk.filling import fill_in
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

LAND = ExtraQuestion(code="land", question={"en": "Whose land is it?", "fr": "À qui est la terre ?"})
TREES = ExtraQuestion(
    code="trees", question={"en": "Which trees?"}, help={"en": "By their Latin names."}, required=False
)


@pytest.fixture(autouse=True)
def _asked_besides() -> Iterator[None]:
    handling = {kind: replace(way, questions=(LAND, TREES)) for kind, way in BUILT_IN.handling.items()}
    terms = replace(BUILT_IN, handling=handling)
    with patch.dict("authorisation.procedures.SHIPPED", {BUILT_IN.version: terms}):
        yield


def at(page: str, case: Case, **more: str) -> str:
    return reverse(page, kwargs={"public_id": case.public_id, **more})


def applicant(of: Staff) -> Client:
    client = Client()
    client.force_login(of.applicant)
    return client


def fresh(case: Case) -> Case:
    return Case.objects.select_related("application").get(pk=case.pk)


def test_they_are_asked_in_a_section_of_their_own_saved_as_typed_and_told_when_checked() -> None:
    ours, _theirs = two_staffs()
    case, client = drafted(ours), applicant(ours)
    tasks = client.get(at("application", case)).content.decode()
    section = at("application_section", case, name="national")
    assert section in tasks
    page = client.get(section).content.decode()
    assert "Whose land is it?" in page
    assert "By their Latin names." in page
    fill_in(client, section, national__land="The clan's.\nSince 1900.")
    assert fresh(case).application.content["national"]["land"] == "The clan's.\nSince 1900."
    checked = client.get(at("application_check", case)).content.decode()
    assert "The clan&#x27;s.<br>Since 1900." in checked


def test_where_nothing_is_asked_besides_there_is_no_such_section() -> None:
    with patch.dict("authorisation.procedures.SHIPPED", {BUILT_IN.version: BUILT_IN}):
        ours, _theirs = two_staffs()
        case, client = drafted(ours), applicant(ours)
        assert client.get(at("application_section", case, name="national")).status_code == 404
        assert "Questions of this authority" not in client.get(at("application", case)).content.decode()


def test_a_required_answer_is_wanted_before_review_and_named_when_the_application_is_returned() -> None:
    ours, _theirs = two_staffs()
    case = applications.submit(drafted(ours), act=ours.act(), declared=True)
    with pytest.raises(Refused) as refused:
        desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    assert [(reason.code, str(reason)) for reason in refused.value.reasons] == [
        ("answer-missing", "The question “Whose land is it?” is not answered.")
    ]
    assert fresh(case).state == "submitted"
    case = desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER))
    assert [question.path for question in case.questions.all()] == ["national.land"]
    client = applicant(ours)
    asked = client.get(at("application_answer", case)).content.decode()
    assert at("application_section", case, name="national") in asked
    fill_in(client, at("application_section", case, name="national"), national__land="The clan's.")
    case = applications.answer(fresh(case), act=ours.act())
    assert desk.accept(case, act=ours.act(Function.DESK_OFFICER)).state == "in_review"


def test_an_answer_can_be_asked_about_in_review_and_its_change_is_told_by_the_question() -> None:
    ours, _theirs = two_staffs()
    case, client = drafted(ours), applicant(ours)
    section = at("application_section", case, name="national")
    fill_in(client, section, national__land="The clan's.")
    case = applications.submit(fresh(case), act=ours.act(), declared=True)
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    act = ours.act(Function.DESK_OFFICER)
    case = desk.ask(case, act=act, questions=[("national.land", "Which clan's?")])

    def writing(answers: dict[str, str]) -> None:
        applications.change_application(
            fresh(case), act=ours.act(), change=lambda written: {**written, "national": answers}
        )

    with pytest.raises(Refused) as refused:
        writing({"land": "The clan's.", "trees": "Teak."})
    assert [reason.code for reason in refused.value.reasons] == ["locked"]
    assert fresh(case).application.content["national"] == {"land": "The clan's."}
    writing({"land": "The Asona clan's."})
    case = applications.answer(fresh(case), act=ours.act())
    (change,) = versions(case)[0].changes
    assert (change.place, change.before, change.after) == (
        "Whose land is it?",
        "The clan's.",
        "The Asona clan's.",
    )
