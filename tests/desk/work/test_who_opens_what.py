"""The authority's pages and acts: every address, by everybody, both sides; a denied act changes nothing."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Function, User
from audit.models import Event
from authorisation.models import Case, Decision, Opinion, Question, Recommendation, Waiver
from authorisation.models.decisions import Verdict
from authorisation.services import desk
from desk.casework.views import WORK
from desk.deciding.views import DEEDS
from desk.signing.views import STROKES
from desk.urls_of_work import urlpatterns
from letters import services as letters
from letters.models import Letter, Signature
from tests.authorisation import factories as make
from tests.desk.browser import code, prove_again
from tests.desk.work.people import before_the_code_changes, browser_of, everybody
from tests.desk.work.pressing import address_of, forms_of, send

pytestmark = pytest.mark.django_db(transaction=True)

# What a page answers: to people of the authority, to everybody else who has signed in, to who has not.
PAGES = ("casework", "deciding", "signing", "unsigned_file")
PUBLIC = ("register", "register_entry")
ELSEWHERE = ("inbox", "preview_styles")
ACTS = ("casework_act", "deciding_act", "weigh", "preview_letter", "signing_act")


def test_every_address_of_the_work_has_its_row_here() -> None:
    assert sorted(str(pattern.name) for pattern in urlpatterns) == sorted(
        (*PAGES, *PUBLIC, *ELSEWHERE, *ACTS)
    )


def test_the_pages_are_for_the_case_s_authority_and_to_others_they_do_not_exist() -> None:
    here, there = make.two_staffs()
    case = make.letter_due(here)
    letter = make.rendered(case)
    addresses = {
        name: reverse(name, kwargs={"public_id": letter.public_id if "sign" in name else case.public_id})
        for name in PAGES
    }

    for who, client in everybody(here, there).items():
        wanted = 200 if who.startswith("same authority") else 302 if who == "anonymous" else 404
        for name, address in addresses.items():
            assert client.get(address).status_code == wanted, (who, name)
        inbox = client.get(reverse("inbox")).status_code
        assert inbox == (302 if who == "anonymous" else 200 if "authority" in who else 404), who
        styles = client.get(reverse("preview_styles")).status_code
        assert styles == (302 if who == "anonymous" else 200), who


def test_nobody_finds_what_is_not_there_nor_a_step_that_is_none() -> None:
    here, _there = make.two_staffs()
    case = make.submitted(here)
    client = browser_of(here, Function.DESK_OFFICER)

    for name in ("casework", "deciding", "signing", "unsigned_file"):
        assert client.get(reverse(name, kwargs={"public_id": uuid4()})).status_code == 404, name
    for name in ("casework_act", "deciding_act", "preview_letter"):
        address = reverse(name, kwargs={"public_id": case.public_id, "step": "conclude"})
        assert client.post(address, {}).status_code == 404, name
        assert client.get(address).status_code == 405, name


def _counts() -> tuple[int, ...]:
    """Everything that an act could have written, apart from the trail of refusals."""
    models = (Opinion, Recommendation, Decision, Waiver, Question, Letter, Signature)
    taken = Event.objects.exclude(action__endswith=":refused").count()
    return (taken, *(model.objects.count() for model in models))


def _states(case: Case) -> tuple[str, ...]:
    case = Case.objects.get(pk=case.pk)
    return (case.state, str(case.version), *case.letters.order_by("pk").values_list("state", flat=True))


def _reviewed(of: make.Staff) -> Case:
    case = make.in_review(of)
    act = of.act(Function.REVIEWER)
    return desk.give_opinion(case, act=act, verdict=Verdict.FAVOURABLE, reasons="It holds.")


def _failed(of: make.Staff) -> Case:
    case = make.letter_due(of)
    letters.fail(make.rendered(case), fault="The key could not be opened.", clock=of.clock)
    return case


# For each act: the case as it must stand, the office whose act it is, what is filled in, and the state after.
_SITUATIONS: dict[str, tuple[Callable[[make.Staff], Case], Function, dict[str, str], str]] = {
    "waive": (
        lambda of: make.submitted(of, make.incomplete()),
        Function.DESK_OFFICER,
        {"path": "activity.methodology", "reason": "It is measured directly."},
        "submitted",
    ),
    "return_for_completion": (
        lambda of: make.submitted(of, make.incomplete()),
        Function.DESK_OFFICER,
        {},
        "with_applicant",
    ),
    "accept": (make.submitted, Function.DESK_OFFICER, {}, "in_review"),
    "ask": (
        make.in_review,
        Function.DESK_OFFICER,
        {"question_1": "How are stoves counted?"},
        "with_applicant",
    ),
    "give_opinion": (
        make.in_review,
        Function.REVIEWER,
        {"verdict": "unfavourable", "reasons": "It does not hold."},
        "in_review",
    ),
    "recommend": (
        _reviewed,
        Function.DESK_OFFICER,
        {"outcome": "approve", "reasons": "As reviewed."},
        "in_decision",
    ),
    "approve": (make.in_decision, Function.DECIDER, {"conditions": "Report each year."}, "letter_due"),
    "approve_in_part": (
        make.in_decision,
        Function.DECIDER,
        {"volume_2026": "500", "volume_2027": "1500", "reasons": "Part of the baseline is not shown."},
        "letter_due",
    ),
    "refuse": (make.in_decision, Function.DECIDER, {"reasons": "Not additional."}, "letter_due"),
    "send_back": (make.in_decision, Function.DECIDER, {"reasons": "Ask about permanence."}, "in_review"),
    "consent": (make.letter_due, Function.SIGNER, {}, "letter_due"),
    "decline": (make.letter_due, Function.SIGNER, {"reasons": "The Party is misspelt."}, "in_decision"),
    "retry": (_failed, Function.SIGNER, {}, "letter_due"),
}


def _page_of(step: str, case: Case) -> str:
    if step in STROKES:
        return reverse("signing", kwargs={"public_id": make.rendered(case).public_id})
    return reverse("casework" if step in WORK else "deciding", kwargs={"public_id": case.public_id})


def test_every_act_has_its_situation_here() -> None:
    assert sorted(_SITUATIONS) == sorted([*WORK, *DEEDS, *STROKES])


@pytest.mark.parametrize("step", _SITUATIONS)
def test_an_act_is_taken_by_its_office_and_by_nobody_else(step: str) -> None:
    here, there = make.two_staffs()
    situation, function, filled_in, after = _SITUATIONS[step]
    case = situation(here)
    page = _page_of(step, case)
    people = everybody(here, there)
    owner = f"same authority: {function.value}"
    before_the_code_changes()
    prove_again(people[owner], here.offices[function][1])
    shown = people[owner].get(page)
    address = address_of(shown, step)
    values = {**forms_of(shown)[step], **filled_in}
    before, stood = _counts(), _states(case)

    # Everybody else sends exactly what the owner of the act would have sent.
    both = {"ask": {Function.REVIEWER}, "retry": {Function.DESK_OFFICER}}.get(step, set())
    others = {who for who in people if who not in {owner, *(f"same authority: {one.value}" for one in both)}}
    for who in sorted(others):
        answer = send(people[who], address, values)
        wanted = 302 if who == "anonymous" else 403 if who.startswith("same authority") else 404
        assert answer.status_code == wanted, (who, answer.status_code)
        assert (_counts(), _states(case)) == (before, stood), who
    for who in sorted(others - {"anonymous"}):
        own = send(people[who], address, {**values, "office": _office_of(who, here, there)})
        assert own.status_code in (403, 404, 409), (who, own.status_code)
        assert (_counts(), _states(case)) == (before, stood), who

    answer = send(people[owner], address, values)
    assert answer.status_code == 302, answer.content.decode()
    assert not answer["Location"].startswith("/account/reauthenticate")
    assert Case.objects.get(pk=case.pk).state == after
    assert _counts() != before

    # The same form once more, as when a button is pressed twice: done once.
    once = _counts()
    assert send(people[owner], address, values).status_code == 302
    assert _counts() == once


def _office_of(who: str, here: make.Staff, there: make.Staff) -> str:
    """The office in which somebody could try to act; none for those without one."""
    whose, _colon, function = who.partition(": ")
    if not function:
        return ""
    of = here if whose == "same authority" else there
    return str(of.offices[Function(function)][0].public_id)


def test_an_act_on_a_page_grown_old_is_refused_and_what_was_written_stays() -> None:
    here, _there = make.two_staffs()
    case = make.in_review(here)
    client = browser_of(here, Function.REVIEWER)
    page = reverse("casework", kwargs={"public_id": case.public_id})
    shown = client.get(page)
    desk.give_opinion(case, act=here.act(Function.REVIEWER), verdict=Verdict.FAVOURABLE, reasons="First.")
    before = _counts()

    values = {**forms_of(shown)["give_opinion"], "verdict": "abstain", "reasons": "Written at length."}
    answer = send(client, address_of(shown, "give_opinion"), values)

    assert answer.status_code == 409
    assert "Somebody has acted since you opened this page" in answer.content.decode()
    assert "Written at length." in answer.content.decode()
    assert _counts() == before
    again = {**forms_of(answer)["give_opinion"], "verdict": "abstain", "reasons": "Written at length."}
    assert send(client, address_of(answer, "give_opinion"), again).status_code == 302
    assert Opinion.objects.count() == 2


def test_a_refusal_names_every_reason_with_what_mends_it() -> None:
    here, _there = make.two_staffs()
    case = make.in_decision(here)
    client = browser_of(here, Function.DECIDER)
    before_the_code_changes()
    prove_again(client, here.offices[Function.DECIDER][1])
    page = reverse("deciding", kwargs={"public_id": case.public_id})
    shown = client.get(page)
    before, stood = _counts(), _states(case)

    values = {**forms_of(shown)["approve_in_part"], "volume_2026": "600", "volume_2027": "9000"}
    answer = send(client, address_of(shown, "approve_in_part"), values)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "No reasons are given." in text
    assert "9000 t of vintage 2027 would be granted" in text
    assert "Grant at most what was asked for" in text
    assert (_counts(), _states(case)) == (before, stood)


def test_who_decides_is_asked_for_the_second_factor_and_what_was_sent_is_then_done() -> None:
    here, _there = make.two_staffs()
    case = make.in_decision(here)
    head = here.offices[Function.DECIDER][1]
    client = browser_of(here, Function.DECIDER)
    page = reverse("deciding", kwargs={"public_id": case.public_id})
    shown = client.get(page)
    stood = _states(case)

    values = {**forms_of(shown)["refuse"], "reasons": "Not additional."}
    asked = send(client, address_of(shown, "refuse"), values)

    assert asked.status_code == 302
    assert reverse("mfa_reauthenticate") in asked["Location"]
    assert _states(case) == stood
    _prove_at(client, head, asked["Location"])
    decision = Decision.objects.get(case=case)
    assert (decision.outcome, decision.reasons) == ("refuse", ["Not additional."])


def _prove_at(client: Client, person: User, address: str) -> None:
    before_the_code_changes()
    form = client.get(address)
    values = {**forms_of(form).get("", {}), "code": code(person)}
    client.post(address, {**values, "next": address.partition("next=")[2].replace("%2F", "/")})


def test_a_preview_takes_no_number_and_writes_nothing() -> None:
    here, _there = make.two_staffs()
    case = make.in_decision(here)
    client = browser_of(here, Function.DECIDER)
    shown = client.get(reverse("deciding", kwargs={"public_id": case.public_id}))
    before, stood = _counts(), _states(case)

    for step in ("approve", "approve_in_part", "refuse"):
        values = {**forms_of(shown)[step], "volume_2026": "500", "reasons": "For a reason."}
        address = reverse("preview_letter", kwargs={"public_id": case.public_id, "step": step})
        answer = send(client, address, values)
        assert answer.status_code == 200, step
        assert "PREVIEW" in answer.content.decode()
    weighed = send(
        client,
        reverse("weigh", kwargs={"public_id": case.public_id}),
        {**forms_of(shown)["approve_in_part"], "volume_2026": "500"},
    )

    assert "Effect of the terms filled in below" in weighed.content.decode()
    assert (_counts(), _states(case)) == (before, stood)
