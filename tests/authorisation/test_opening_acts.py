"""Who opens an act about an authorisation, what the draft carries, and what cannot be opened at all."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Function
from audit import trail
from authorisation.acts import HolderTransferred
from authorisation.holders import with_organisation
from authorisation.kinds import Initiative, Kind
from authorisation.models import Authorisation, Case, Line, PlannedAct
from authorisation.planned import effect_for, plan_of
from authorisation.services.acts import open_act, preview
from tests.authorisation.factories import Staff, another_holder, two_staffs
from tests.authorisation.standing import opened, planned
from tests.authorisation.test_outcomes import authorised, issue, transfer
from workflow.clock import RealClock
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

OFFICER, DIRECTOR = Function.DESK_OFFICER, Function.DIRECTOR
HOLDER = None


@pytest.fixture
def both() -> tuple[Staff, Staff]:
    return two_staffs()


@pytest.fixture
def ours(both: tuple[Staff, Staff]) -> Staff:
    return both[0]


def refusal(act: Any) -> tuple[Refusal, list[str]]:
    """The kind and the codes of a refusal that opened nothing."""
    before = Case.objects.count(), PlannedAct.objects.count()
    with pytest.raises(Refused) as refused:
        act()
    assert (Case.objects.count(), PlannedAct.objects.count()) == before
    assert all("%(" not in str(reason) + reason.mend_text for reason in refused.value.reasons)
    return refused.value.kind, [reason.code for reason in refused.value.reasons]


ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("clarification", {"text": "As issued."}),
    ("quantity_down", {"volumes": {2026: 500}}),
    ("top_up", {"volumes": {2026: 1}}),
    ("transfer_of_holder", {"to": "Second Owner"}),
    ("suspension", {}),
    ("revocation", {}),
    ("surrender", {}),
)
ASKED, OWN, HEARD = Initiative.ASKED_FOR, Initiative.OWN_MOTION, Initiative.WITH_HEARING
# Of each act, on whose initiative the holder, the desk and the director open it; None where they may not.
WHO = {
    "clarification": (Kind.CHANGE, ASKED, OWN, OWN),
    "quantity_down": (Kind.CHANGE, ASKED, HEARD, HEARD),
    "top_up": (Kind.TOP_UP, ASKED, None, None),
    "transfer_of_holder": (Kind.TRANSFER_OF_HOLDER, ASKED, None, None),
    "suspension": (Kind.SUSPENSION, None, HEARD, HEARD),
    "revocation": (Kind.REVOCATION, None, HEARD, HEARD),
    "surrender": (Kind.SURRENDER, ASKED, None, None),
}


@pytest.mark.parametrize(("type_", "more"), ACTS, ids=[type_ for type_, _more in ACTS])
def test_each_act_is_opened_by_whom_it_is_for_and_by_nobody_else(
    ours: Staff, type_: str, more: dict[str, Any]
) -> None:
    authorisation = authorised(ours)
    another_holder(ours)
    kind, *initiatives = WHO[type_]
    plan = planned(type_, **more)
    for who, initiative in zip((HOLDER, OFFICER, DIRECTOR), initiatives, strict=True):
        if initiative is None:
            code = "authority-acts" if who is HOLDER else "holder-asks"
            assert refusal(lambda who=who: opened(ours, authorisation, plan, who)) == (Refusal.RULE, [code])
            continue
        case = opened(ours, authorisation, plan, who)
        assert (case.kind, case.initiative, case.state) == (kind, initiative, "draft")
        assert (case.authorisation, case.applicant) == (authorisation, authorisation.holder)
        assert case.activity == authorisation.activity
        if isinstance(plan, HolderTransferred):
            assert plan_of(case) == with_organisation(plan, authorisation)[0] != plan
        else:
            assert plan_of(case) == plan
        assert effect_for(case).forbidden == ()
        assert case.due_on is not None
        event = trail.events_of(case.trail_stream).get()
        assert event.action == "open"
    for function in (Function.REVIEWER, Function.DECIDER, Function.SIGNER):
        assert (
            refusal(lambda function=function: opened(ours, authorisation, plan, function))[0] == Refusal.ROLE
        )
    assert not Line.objects.filter(case__kind=kind).exists()


def test_an_officer_opens_for_the_holder_what_was_asked_on_paper(ours: Staff) -> None:
    authorisation = authorised(ours)
    case = open_act(authorisation, planned("surrender"), act=ours.act(OFFICER), for_holder=True)
    assert case.initiative == Initiative.ASKED_FOR


def test_people_of_another_authority_learn_of_no_authorisation(both: tuple[Staff, Staff]) -> None:
    ours, theirs = both
    authorisation = authorised(ours)
    plan = planned("clarification", text="So.")
    for function in (HOLDER, *Function):
        kind, codes = refusal(
            lambda function=function: open_act(authorisation, plan, act=theirs.act(function))
        )
        assert (kind, codes) == (Refusal.UNSEEN, ["not-found"])


def test_what_a_rule_forbids_whole_cannot_be_opened(ours: Staff) -> None:
    authorisation = authorised(ours)
    transfer(ours, authorisation, {2026: 600, 2027: 1500})
    kind, codes = refusal(lambda: opened(ours, authorisation, planned("revocation"), OFFICER))
    assert (kind, codes) == (Refusal.RULE, ["A12", "A18"])
    kind, codes = refusal(lambda: opened(ours, authorisation, planned("top_up", volumes={2026: 401})))
    assert (kind, codes) == (Refusal.RULE, ["A3"])


def test_an_authority_says_why_it_acts(ours: Staff) -> None:
    authorisation = authorised(ours)
    plan = planned("suspension").model_copy(update={"grounds": ""})
    assert refusal(lambda: opened(ours, authorisation, plan, OFFICER)) == (Refusal.RULE, ["grounds-missing"])


# -- looking at it ---------------------------------------------------------------------------------


def test_a_preview_is_what_the_lines_say_and_writes_nothing(ours: Staff) -> None:
    authorisation = authorised(ours)
    issue(ours, authorisation.activity, {2026: 700})
    transfer(ours, authorisation, {2026: 250})
    authorisation.refresh_from_db()
    before = list(Line.objects.values()), authorisation.version
    effect = preview(authorisation, planned("revocation"), clock=RealClock())
    assert [(one.vintage, one.before.held, one.after.held, one.uncovered) for one in effect.lines] == [
        (2026, 600, 250, 350),
        (2027, 1500, 0, 0),
    ]
    assert (effect.revoked, effect.stands, effect.state) == (1850, 250, "revoked")
    assert effect.supersedes == (authorisation.versions.get().letter,)
    assert (list(Line.objects.values()), Authorisation.objects.get().version) == before


def queries(authorisation: Authorisation) -> int:
    plan = planned("revocation")
    fresh = Authorisation.objects.get(pk=authorisation.pk)
    with CaptureQueriesContext(connection) as captured:
        effect = preview(fresh, plan, clock=RealClock())
    assert len(effect.lines) == Line.objects.count()
    return len(captured)


def test_looking_at_a_revocation_of_a_thousand_lines_asks_no_more_than_of_two(ours: Staff) -> None:
    authorisation = authorised(ours)
    few = queries(authorisation)
    case = authorisation.lines.earliest("pk").case
    Line.objects.bulk_create(
        Line(case=case, authorisation=authorisation, vintage=vintage, capped=True)
        for vintage in range(2029, 2029 + 998)
    )
    assert Line.objects.count() == 1000
    assert queries(authorisation) == few <= 14
