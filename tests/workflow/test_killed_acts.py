"""A process killed without warning at every statement of an approval, a change and a revocation.

The child is a fork that works on this test's database and kills itself before the statement whose turn it is.
What was not committed never was: every table is then as it was before, so that the next child begins from the
same place, until one lives to the end. Then everything is there once.
"""

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from accounts.models import Function
from audit.models import Event
from audit.verification import verify_database
from authorisation.models import AuthorisationVersion, Case
from authorisation.services import decisions
from authorisation.verification import verify
from letters import services, storage
from letters.models import Letter
from tests.authorisation.factories import (
    Staff,
    granted,
    in_decision,
    letter_of,
    recommended,
    signed,
    two_staffs,
)
from tests.authorisation.standing import opened, planned, reviewable
from tests.workflow.tables import changed, everything
from workflow.models import OutboxMessage, Series

pytestmark = pytest.mark.django_db(transaction=True)


class _Killer:
    """Counts statements and kills its process before the one whose turn it is."""

    def __init__(self, turn: int) -> None:
        self.left = turn

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, parameters, many, context)


def dies_at(turn: int, work: Callable[[], object]) -> bool:
    """Whether a child that does the work is killed before its statement of this number."""
    connections.close_all()
    child = os.fork()
    if not child:
        try:
            with connection.execute_wrapper(_Killer(turn)):
                work()
        except BaseException:  # noqa: BLE001 - a child never returns into the test
            os.write(2, traceback.format_exc().encode())
            os._exit(3)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work itself failed"
    return os.WIFSIGNALED(status)


def swept(work: Callable[[], object], *, every: int) -> int:
    """Kills at every such statement until the work is done; how often it was killed."""
    before = everything()
    kills = 0
    while dies_at(1 + kills * every, work):
        kills += 1
        assert changed(before, everything()) == {}, kills
        assert kills < 2000
    return kills


def whole(case: Case) -> None:
    """The case, its letter and its authorisation as they are after the act: each once."""
    case = Case.objects.get(pk=case.pk)
    letter = letter_of(case)
    assert (case.state, letter.state) == ("granted", "issued")
    assert case.letters.filter(kind=letter.kind).count() == 1
    version = AuthorisationVersion.objects.get(case=case)
    assert version.letter == letter.public_id
    authorisation = version.authorisation
    assert authorisation.current_version == version.number
    assert not authorisation.transfers_blocked
    for record, action in ((case, "approve"), (case, "conclude"), (letter, "draw"), (letter, "issue")):
        assert Event.objects.filter(stream=record.trail_stream, action=action).count() == 1, action
    told = OutboxMessage.objects.filter(payload__record=str(case.public_id), payload__step="conclude")
    assert sorted(told.values_list("effect", flat=True)) == [
        "open_anew",
        "tell_applicant",
        "tell_desk",
        "tell_programs",
    ]
    for series in Series.objects.filter(name__startswith="letter:"):
        kind = series.name.split(":")[2]
        assert series.last == Letter.objects.filter(number__contains=f"-{kind}-").count()
    assert verify().wrong == []
    assert verify_database().whole


# Of each act its type and what it says besides; an approval is about no authorisation yet.
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "approval": ("", {}),
    "change": ("quantity_up", {"volumes": {2026: 900, 2028: 5}}),
    "revocation": ("revocation", {}),
}


def ready(of: Staff, name: str) -> Case:
    """A case ready to be decided: an application, or an act about an authorisation with an issued letter."""
    type_, more = ACTS[name]
    if not type_:
        return in_decision(of)
    standing = granted(of).authorisation
    assert standing is not None
    who = Function.DESK_OFFICER if type_ == "revocation" else None
    return recommended(of, reviewable(of, opened(of, standing, planned(type_, **more), who)))


def sweep(name: str, every: int) -> None:
    """Kills the decision, and then what the issued letter does, until each has lived to its end."""
    ours, _theirs = two_staffs()
    case = ready(ours, name)
    before = Letter.objects.filter(state="issued").count()
    act = ours.act(Function.DECIDER, key="decision")
    assert swept(lambda: decisions.approve(Case.objects.get(pk=case.pk), act=act), every=every) > 2
    signed(ours, case)
    sealed, key = storage.keep(b"%PDF-sealed"), letter_of(case).pk

    def issue() -> None:
        letter, seals = Letter.objects.get(pk=key), {"Signature1": "0" * 64}
        services._issue(letter, sealed, seals, ours.clock, public_sha256="")

    assert swept(issue, every=every) > 2
    whole(case)
    assert Letter.objects.filter(state="superseded").count() == before


@pytest.mark.parametrize("name", ["change", "revocation"])
def test_an_act_killed_here_and_there_is_whole_or_never_was(name: str) -> None:
    sweep(name, every=29)


@pytest.mark.proof
@pytest.mark.parametrize("name", list(ACTS))
def test_an_act_killed_at_every_statement_is_whole_or_never_was(name: str) -> None:
    sweep(name, every=1)
