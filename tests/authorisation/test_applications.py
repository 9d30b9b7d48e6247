"""The applicant's use-cases: who may open and save, what is frozen, and that nothing stale is handed in."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Function
from authorisation.application import ApplicationContent
from authorisation.kinds import Kind
from authorisation.models import Application, Case
from authorisation.services import applications, desk
from tests.accounts.factories import organisation, person
from tests.authorisation.factories import (
    Staff,
    content,
    drafted,
    in_review,
    submitted,
    two_staffs,
    with_applicant,
    withdrawn,
)
from tests.workflow.tables import changed, everything
from workflow.actors import CLOCK, SYSTEM, Person
from workflow.door import Act, take
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

OTHER = content(activity={"title": "Efficient ovens", "registry_id": "MA-78"})


def frozen_title(case: Case) -> str:
    frozen = ApplicationContent.model_validate_json(case.versions.latest("number").content)
    assert frozen.activity is not None
    return str(frozen.activity.title)


def opening(of: Staff, act: Act, **given: Any) -> Callable[[], Case]:
    return lambda: applications.open_case(
        act=act,
        **{
            "authority": of.authority,
            "kind": Kind.CONSOLIDATED,
            "applicant": of.organisation,
            "content": content(),
            **given,
        },
    )


def test_a_draft_is_opened_by_somebody_of_the_organisation_or_by_the_desk() -> None:
    ours, theirs = two_staffs()
    for act in (ours.act(), ours.act(Function.DESK_OFFICER)):
        case = opening(ours, act)()
        assert (case.state, case.authority, case.opened_by) == ("draft", ours.authority, act.actor.user)  # type: ignore[union-attr]
    assert drafted(theirs).reference == "VUT-2026-0001"
    assert [case.reference for case in Case.objects.filter(authority=ours.authority).order_by("pk")] == [
        "GHA-2026-0001",
        "GHA-2026-0002",
    ]


def test_nobody_else_opens_a_case_for_an_organisation() -> None:
    ours, theirs = two_staffs()
    unrelated = organisation("Ovens", identification="C-2")
    stranger = person("nobody@example.org")
    before = everything()
    acts = [
        *(ours.act(function) for function in Function if function != Function.DESK_OFFICER),
        theirs.act(),
        theirs.act(Function.DESK_OFFICER),
        Act(actor=Person(user=stranger, organisation=ours.organisation), clock=ours.clock),
        Act(actor=Person(user=stranger), clock=ours.clock),
        Act(actor=SYSTEM, clock=ours.clock),
        Act(actor=CLOCK, clock=ours.clock),
    ]
    for act in acts:
        with pytest.raises(Refused) as refused:
            opening(ours, act)()
        assert refused.value.kind == Refusal.ROLE
    with pytest.raises(Refused):
        opening(ours, ours.act(), applicant=unrelated)()
    assert changed(before, everything()) == {}


def test_a_kind_that_the_procedure_does_not_name_is_not_offered() -> None:
    ours, _theirs = two_staffs()
    for kind in (Kind.SUSPENSION, Kind.TOP_UP, Kind.CHANGE):
        with pytest.raises(Refused) as refused:
            opening(ours, ours.act(), kind=kind)()
        assert [reason.code for reason in refused.value.reasons] == ["kind-not-offered"]
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("at", "open_to_change"),
    [(drafted, True), (with_applicant, True), (submitted, False), (in_review, False), (withdrawn, False)],
)
def test_an_application_is_changed_only_while_it_is_with_the_applicant(
    at: Callable[[Staff], Case], open_to_change: bool
) -> None:
    ours, theirs = two_staffs()
    case = at(ours)
    before = Application.objects.get(case=case).content
    for act in (theirs.act(), theirs.act(Function.DESK_OFFICER), ours.act(Function.DECIDER)):
        with pytest.raises(Refused) as refused:
            applications.save_application(case, act=act, content=OTHER)
        assert refused.value.kind == Refusal.UNSEEN
    if open_to_change:
        assert applications.save_application(case, act=ours.act(), content=OTHER).content == OTHER
        return
    with pytest.raises(Refused) as refused:
        applications.save_application(case, act=ours.act(), content=OTHER)
    assert refused.value.kind == Refusal.STATE
    assert Application.objects.get(case=case).content == before


def test_what_was_saved_last_is_handed_in_also_by_a_copy_that_was_read_before() -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    assert case.application.content["activity"]["title"] == "Efficient stoves in two valleys"
    applications.save_application(Case.objects.get(pk=case.pk), act=ours.act(), content=OTHER)
    case = applications.submit(case, act=ours.act(), declared=True)
    assert frozen_title(case) == "Efficient ovens"
    assert case.activity is not None
    assert case.activity.title == "Efficient ovens"


def test_what_is_saved_while_it_is_handed_in_is_neither_lost_nor_handed_in_unseen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)

    def overtaken(act: Any, move: Any) -> Any:
        applications.save_application(case, act=ours.act(), content=OTHER)
        return take(act, move)

    monkeypatch.setattr(applications, "take", overtaken)
    with pytest.raises(Refused) as refused:
        applications.submit(case, act=ours.act(), declared=True)
    assert (refused.value.kind, [reason.code for reason in refused.value.reasons]) == (
        Refusal.STALE, ["application-changed"],
    )  # fmt: skip
    kept = Case.objects.get(pk=case.pk)
    assert (kept.state, kept.activity, kept.versions.count()) == ("draft", None, 0)
    monkeypatch.undo()
    assert frozen_title(applications.submit(case, act=ours.act(), declared=True)) == "Efficient ovens"


def test_what_is_missing_is_shown_and_does_not_block_and_what_is_malformed_does() -> None:
    ours, _theirs = two_staffs()
    case = submitted(ours, content(activity={"gwp": None}, request={"uses": None}))
    assert case.state == "submitted"
    malformed = drafted(ours, content(request={"volumes_tco2e": {"2026": -1, "2020": 5}}))
    with pytest.raises(Refused) as refused:
        applications.submit(malformed, act=ours.act(), declared=True)
    assert {reason.code for reason in refused.value.reasons} == {"malformed"}
    assert "request.volumes_tco2e.2026" in str(refused.value)
    assert "2020" in str(refused.value)


@pytest.mark.parametrize(
    ("given", "declared", "codes"),
    [
        (content(entities=None), True, ["applicant-missing"]),
        (content(activity={"title": None}), True, ["title-missing"]),
        (
            content(entities=None, activity={"title": " "}),
            False,
            ["applicant-missing", "title-missing", "declaration-missing"],
        ),
    ],
)
def test_to_hand_in_an_application_names_applicant_and_activity_and_is_declared_true(
    given: dict[str, Any], declared: bool, codes: list[str]
) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours, given)
    with pytest.raises(Refused) as refused:
        applications.submit(case, act=ours.act(), declared=declared)
    assert [reason.code for reason in refused.value.reasons] == codes
    assert Case.objects.get(pk=case.pk).state == "draft"


def test_an_officer_who_files_on_paper_attaches_the_scan() -> None:
    ours, _theirs = two_staffs()
    case = opening(ours, ours.act(Function.DESK_OFFICER))()
    for scan in ("", "0" * 64):
        with pytest.raises(Refused) as refused:
            applications.submit(case, act=ours.act(Function.DESK_OFFICER), declared=True, scan=scan)
        assert [reason.code for reason in refused.value.reasons] == ["scan-missing"]
    assert applications.submit(case, act=ours.act(), declared=True).state == "submitted"


def test_every_version_is_frozen_under_the_digest_of_its_text() -> None:
    ours, _theirs = two_staffs()
    case = with_applicant(ours)
    applications.save_application(case, act=ours.act(), content=content())
    case = applications.answer(case, act=ours.act())
    versions = list(case.versions.all())
    assert [version.number for version in versions] == [1, 2]
    for version in versions:
        assert hashlib.sha256(version.content.encode()).hexdigest() == version.sha256
        assert version.frozen_by == ours.applicant


def test_a_completeness_check_that_finds_nothing_missing_cannot_send_an_application_back() -> None:
    ours, _theirs = two_staffs()
    with pytest.raises(Refused) as refused:
        desk.return_for_completion(submitted(ours), act=ours.act(Function.DESK_OFFICER))
    assert [reason.code for reason in refused.value.reasons] == ["nothing-missing"]
