"""Acts about authorisations that are decided at the same time, each with a connection of its own."""

import pytest

from accounts.models import Function
from authorisation.models import Authorisation, Case, Ceiling
from authorisation.services import decisions
from authorisation.terms import Terms
from authorisation.verification import verify
from tests.authorisation.at_once import at_once
from tests.authorisation.factories import Staff, recommended, two_staffs
from tests.authorisation.standing import opened, planned, reviewable
from tests.authorisation.test_outcomes import authorised, transfer
from workflow.clock import SetClock
from workflow.door import Act

pytestmark = pytest.mark.django_db(transaction=True)


def frozen(act: Act) -> Act:
    """The act on a clock of its own: what others do meanwhile makes no proof older."""
    return Act(actor=act.actor, clock=SetClock(act.clock.now()))


def in_decision(of: Staff, standing: Authorisation, type_: str, who: Function | None, **more: object) -> Case:
    return recommended(of, reviewable(of, opened(of, standing, planned(type_, **more), who)))


def test_of_two_acts_decided_at_once_one_waits_for_the_letter_of_the_other() -> None:
    ours, _theirs = two_staffs()
    standing = authorised(ours)
    cases = [
        in_decision(ours, standing, "revocation", Function.DESK_OFFICER),
        in_decision(ours, standing, "top_up", None, volumes={2026: 400}),
    ]
    acts = [frozen(ours.act(Function.DECIDER)) for _case in cases]
    found = at_once(
        lambda: decisions.approve(cases[0], act=acts[0]), lambda: decisions.approve(cases[1], act=acts[1])
    )
    assert sorted(found) == [[], ["another-act-decided"]]
    assert Case.objects.filter(state="letter_due").count() == 1
    assert verify().wrong == []


def test_a_transfer_at_the_moment_of_the_decision_is_in_the_letter_or_is_refused() -> None:
    ours, _theirs = two_staffs()
    standing = authorised(ours)
    case = in_decision(ours, standing, "revocation", Function.DESK_OFFICER)
    act = frozen(ours.act(Function.DECIDER))
    decided, moved = at_once(
        lambda: decisions.approve(case, act=act), lambda: transfer(ours, standing, {2026: 100})
    )
    assert (decided, moved) in (([], []), ([], ["transfers-blocked"]), (["standing-changed"], []))
    gone = 0 if moved else 100
    assert standing.lines.get(vintage=2026).first_transferred == gone
    if decided:
        decisions.approve(Case.objects.get(pk=case.pk), act=ours.act(Function.DECIDER))
    granted = case.decisions.get()
    letter = case.letters.get(kind="revocation")
    assert f'"taken":{2100 - gone}' in letter.content
    assert Terms.model_validate_json(granted.granted).volumes == {2026: gone, 2027: 0}
    assert Ceiling.objects.filter(reserved__gt=0).count() == 0
    assert verify().wrong == []
