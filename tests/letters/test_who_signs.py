"""Which roles somebody has towards a letter: in an office of its authority that they name and hold."""

from dataclasses import replace

import pytest

from accounts.models import Function
from accounts.services import deactivate_person
from authorisation.services import decisions
from letters import services
from letters.lifecycle import Role
from letters.models import Letter
from letters.permissions import issued, roles_towards_letter
from tests.accounts.factories import AT
from tests.authorisation.factories import in_decision, letter_of, rendered, two_staffs
from workflow import outbox
from workflow.actors import CLOCK, SYSTEM, Actor

pytestmark = pytest.mark.django_db

NOBODY: frozenset[str] = frozenset()


def test_towards_a_letter_one_has_the_roles_of_the_office_one_names_and_holds() -> None:
    ours, theirs = two_staffs()
    letter = letter_of(decisions.approve(in_decision(ours), act=ours.act(Function.DECIDER)))
    claimed = replace(ours.holding(Function.SIGNER), user=theirs.applicant)
    rows: list[tuple[Actor, frozenset[str]]] = [
        (SYSTEM, frozenset({Role.SYSTEM})),
        (CLOCK, NOBODY),
        (ours.applying(), NOBODY),
        (ours.holding(Function.SIGNER), frozenset({Role.SIGNER, Role.NEXT_SIGNER})),
        (ours.holding(Function.DESK_OFFICER), frozenset({Role.DESK_OFFICER})),
        (ours.holding(Function.DIRECTOR), frozenset({Role.DIRECTOR})),
        (ours.holding(Function.DECIDER), NOBODY),
        (ours.holding(Function.REVIEWER), NOBODY),
        (claimed, NOBODY),
        *((theirs.holding(function), NOBODY) for function in Function),
    ]
    for actor, expected in rows:
        assert roles_towards_letter(letter, actor, ours.clock) == expected, actor
    deactivate_person(ours.offices[Function.SIGNER][1], actor="system", at=AT)
    assert roles_towards_letter(letter, ours.holding(Function.SIGNER), ours.clock) == NOBODY


def test_issued_is_a_letter_that_was_sealed_and_none_that_waits_for_it() -> None:
    ours, _theirs = two_staffs()
    waiting = rendered(decisions.approve(in_decision(ours), act=ours.act(Function.DECIDER)))
    assert not issued(Letter.objects.all()).exists()
    services.consent(waiting, act=ours.act(Function.SIGNER), digest=waiting.unsigned_sha256)
    assert not issued(Letter.objects.all()).exists()
    outbox.deliver_due()
    assert issued(Letter.objects.all()).get() == waiting
