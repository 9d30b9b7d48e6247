"""Nothing that was typed is lost: not by a session that ended, and not by a colleague who was quicker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.services import create_membership
from authorisation.models import Application, Case, CaseDocument
from tests.accounts import factories
from tests.desk import cases as make
from tests.desk.filling import form_on
from tests.processes import CHECKOUT
from tests.projects.files import pdf

if TYPE_CHECKING:
    from accounts.models import User
    from tests.desk.filling import Answer

pytestmark = pytest.mark.django_db


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def section_of(case: Case, name: str = "activity") -> str:
    return reverse("application_section", kwargs={"public_id": case.public_id, "name": name})


def activity(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = Application.objects.get(case=case).content["activity"]
    return found


def text(response: Answer) -> str:
    return response.content.decode()


def begun() -> tuple[make.World, Case]:
    world = make.world()
    return world, make.draft(world.here, world.stoves, world.member, title="Stoves")


def colleague_of(world: make.World) -> User:
    person = make.with_password(factories.person("second@example.org", name="Second Colleague"))
    create_membership(world.stoves, person=person, starts_on=make.FROM, actor="system", at=make.AT)
    return person


# -- a session that ended --------------------------------------------------------------------------


def test_what_is_sent_after_the_session_ended_is_there_after_signing_in_again() -> None:
    world, case = begun()
    client, page = signed_in(world.member), section_of(case)
    form = {**form_on(client.get(page), page), "activity__title": "Typed for an hour", "activity__gwp": "AR5"}
    client.session.flush()
    response = client.post(page, form)
    assert response.status_code == 302
    assert "Typed" not in response["Location"]
    assert activity(case)["title"] == "Stoves"
    client.force_login(world.member)
    shown = client.get(page)
    assert "What you wrote is here, and not saved yet" in text(shown)
    again = form_on(shown, page)
    assert again["activity__title"] == ["Typed for an hour"]
    assert again["activity__gwp"] == ["AR5"]
    # Opening it twice finds it twice; saving it once is enough.
    assert form_on(client.get(page), page)["activity__title"] == ["Typed for an hour"]
    assert client.post(page, again).status_code == 302
    assert activity(case)["title"] == "Typed for an hour"
    assert "not saved yet" not in text(client.get(page))


def test_what_was_typed_is_given_to_nobody_else_and_not_kept_for_who_never_had_the_form() -> None:
    world, case = begun()
    second, page = colleague_of(world), section_of(case)
    client = signed_in(world.member)
    form = {**form_on(client.get(page), page), "activity__title": "Mine alone"}
    client.session.flush()
    client.post(page, form)
    client.force_login(second)
    assert "Mine alone" not in text(client.get(page))
    client.logout()
    client.force_login(world.member)
    assert "Mine alone" not in text(client.get(page))

    for writer in ("", "forged", form["writer"][0] + "x"):
        anybody = Client()
        anybody.post(page, {**form, "writer": writer})
        anybody.force_login(world.member)
        assert "Mine alone" not in text(anybody.get(page))


def test_a_form_that_saves_itself_says_that_its_person_is_signed_out() -> None:
    world, case = begun()
    client, page = signed_in(world.member), section_of(case)
    form = form_on(client.get(page), page)
    client.session.flush()
    response = client.post(page, form, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "Not saved: you are signed out." in text(response)
    assert "<html" not in text(response)


# -- a colleague -------------------------------------------------------------------------------------


def test_two_colleagues_at_different_questions_of_one_section_both_keep_what_they_wrote() -> None:
    world, case = begun()
    one, two, page = signed_in(world.member), signed_in(colleague_of(world)), section_of(case)
    first, second = (form_on(client.get(page), page) for client in (one, two))
    assert one.post(page, {**first, "activity__gwp": "AR5"}).status_code == 302
    assert two.post(page, {**second, "activity__location": "Two valleys"}).status_code == 302
    assert (activity(case)["gwp"], activity(case)["location"]) == ("AR5", "Two valleys")


@pytest.mark.parametrize(("choice", "stands"), [("theirs", "By the first"), ("mine", "By the second")])
def test_at_one_question_the_second_is_told_who_when_and_both_values_and_chooses(
    choice: str, stands: str
) -> None:
    world, case = begun()
    one, two, page = signed_in(world.member), signed_in(colleague_of(world)), section_of(case)
    first, second = (form_on(client.get(page), page) for client in (one, two))
    one.post(page, {**first, "activity__title": "By the first"})
    told = two.post(page, {**second, "activity__title": "By the second", "activity__gwp": "AR5"})
    assert told.status_code == 409
    for words in ("Somebody else has written here meanwhile", world.member.get_full_name(), "By the first"):
        assert words in text(told)
    assert activity(case)["title"] == "By the first"
    assert "gwp" not in activity(case)
    again = form_on(told, page)
    assert again["activity__title"] == ["By the second"]
    assert again["activity__gwp"] == ["AR5"]
    # Pressing the button once more without a choice chooses nothing.
    assert two.post(page, again).status_code == 409
    assert activity(case)["title"] == "By the first"
    assert two.post(page, {**again, "choose-activity__title": choice}).status_code == 302
    assert (activity(case)["title"], activity(case)["gwp"]) == (stands, "AR5")


def test_a_choice_between_values_that_have_moved_on_again_is_asked_anew() -> None:
    world, case = begun()
    one, two, page = signed_in(world.member), signed_in(colleague_of(world)), section_of(case)
    second = form_on(two.get(page), page)
    one.post(page, {**form_on(one.get(page), page), "activity__title": "Once"})
    again = form_on(two.post(page, {**second, "activity__title": "Mine"}), page)
    one.post(page, {**form_on(one.get(page), page), "activity__title": "Twice"})
    for choice in ("mine", "theirs"):
        told = two.post(page, {**again, "choose-activity__title": choice})
        assert told.status_code == 409
        assert "Twice" in text(told)
    assert activity(case)["title"] == "Twice"


def test_a_form_that_saves_itself_does_not_clash_with_itself_nor_overwrite_a_colleague() -> None:
    world, case = begun()
    one, two, page = signed_in(world.member), signed_in(colleague_of(world)), section_of(case)
    first, second = (form_on(client.get(page), page) for client in (one, two))
    by_itself = {"HX-Request": "true"}
    saved = one.post(page, {**first, "activity__title": "A"}, headers=by_itself)
    assert 'id="saw-activity__title"' in text(saved)
    one.post(page, {**first, "activity__title": "AB"}, headers=by_itself)
    assert activity(case)["title"] == "AB"
    told = two.post(page, {**second, "activity__title": "C"}, headers=by_itself)
    assert "Not saved" in text(told)
    assert activity(case)["title"] == "AB"


def test_rows_that_two_people_changed_are_shown_as_they_are() -> None:
    world, case = begun()
    one, two = signed_in(world.member), signed_in(colleague_of(world))
    page = section_of(case, "expected-mitigation")
    first, second = (form_on(client.get(page), page) for client in (one, two))
    name = "activity__expected_tco2e-0"
    one.post(page, {**first, f"{name}-year": "2026", f"{name}-tonnes": "10"})
    told = two.post(page, {**second, f"{name}-year": "2026", f"{name}-tonnes": "2000"})
    assert told.status_code == 409
    assert "2026: 10 t CO₂ eq" in text(told)
    assert activity(case)["expected_tco2e"] == {"2026": 10}


# -- a file ------------------------------------------------------------------------------------------


def _sent_signed_out(client: Client, page: str, **headers: str) -> Answer:
    """Chooses two files on a page, and sends them after the session has ended."""
    form = form_on(client.get(page), page)
    client.session.flush()
    files = [SimpleUploadedFile(name, pdf()) for name in ("<minutes>.pdf", "map.pdf")]
    return client.post(page, {**form, "file": files}, headers=headers)


def test_who_sent_files_after_the_session_ended_is_told_once_which_to_choose_again() -> None:
    world, case = begun()
    client, page = signed_in(world.member), reverse("application_documents", args=[case.public_id])
    response = _sent_signed_out(client, page)
    assert response.status_code == 302
    assert "minutes" not in response["Location"]
    assert not CaseDocument.objects.exists()
    client.force_login(world.member)
    assert "were not kept" not in text(client.get(reverse("cases"))), (
        "it waits for the page they come back to"
    )
    shown = text(client.get(page))
    assert "Files that you sent were not kept" in shown
    assert "<bdi>&lt;minutes&gt;.pdf</bdi>" in shown
    assert "<bdi>map.pdf</bdi>" in shown
    assert "were not kept" not in text(client.get(page))


def test_who_sent_files_to_an_act_comes_back_to_the_page_on_which_they_chose_them() -> None:
    world, case = begun()
    client, page = signed_in(world.member), reverse("application_documents", args=[case.public_id])
    here = _sent_signed_out(client, page, Referer=f"http://testserver{page}?from=check")
    assert here["Location"].endswith(f"?next={page}%3Ffrom%3Dcheck")
    client.force_login(world.member)
    for elsewhere in ("https://example.org/x", "//example.org", "javascript:alert(1)", ""):
        away = _sent_signed_out(client, page, Referer=elsewhere)
        assert away["Location"].endswith(f"?next={page}"), elsewhere
        client.force_login(world.member)


def test_the_names_of_files_are_told_to_nobody_else_and_kept_for_who_had_the_form_alone() -> None:
    world, case = begun()
    second, page = colleague_of(world), reverse("application_documents", args=[case.public_id])
    client = signed_in(world.member)
    _sent_signed_out(client, page)
    client.force_login(second)
    assert "minutes" not in text(client.get(page))
    client.logout()
    client.force_login(world.member)
    assert "minutes" not in text(client.get(page))
    anybody = Client()
    anybody.post(page, {"writer": "forged", "file": SimpleUploadedFile("minutes.pdf", pdf())})
    anybody.force_login(world.member)
    assert "minutes" not in text(anybody.get(page))


def test_every_form_that_takes_a_file_says_for_whom_it_was_made() -> None:
    pages = [page.read_text("utf-8") for page in (CHECKOUT / "templates").rglob("*.html")]
    forms = [page for page in pages if "multipart/form-data" in page]
    assert forms
    # A file that anybody sends to be checked is kept for nobody.
    kept = [page for page in forms if "{% url 'check_file' %}" not in page]
    assert all("desk/acts/hidden.html" in page or "mark_of_writer" in page for page in kept)
