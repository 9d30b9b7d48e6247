"""The story of a case as its applicant reads it: nothing that the authority says to itself."""

from datetime import UTC, datetime

import pytest

from authorisation.lifecycle import State
from authorisation.models import Case
from desk.permissions import is_decision_out, story_for_applicant
from desk.timeline import Line

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HIDDEN = "A decision was taken. It says what was decided with its letter."


def _line(step: str, *, refused: bool = False) -> Line:
    return Line(at=AT, step=step, sentence=step, by="", reason="Why.", refused=refused, clock="The clock.")


@pytest.mark.parametrize(
    ("state", "out"),
    [(state, state in (State.GRANTED, State.REFUSED)) for state in State],
)
def test_a_decision_is_out_with_its_letter(state: State, out: bool) -> None:
    assert is_decision_out(Case(state=state)) is out


# The step, the sentence that is told of it, and whether the reason and the clock are.
TOLD = [
    ("case.submit", "case.submit", True),
    ("case.vote", "case.vote", False),
    ("case.recommend", "case.recommend", False),
    ("letter.void", "letter.void", False),
    ("case.approve", HIDDEN, False),
    ("case.refuse", HIDDEN, False),
]


@pytest.mark.parametrize(("step", "sentence", "reasoned"), TOLD)
def test_what_is_told_while_nothing_is_out(step: str, sentence: str, reasoned: bool) -> None:
    (told,) = story_for_applicant(Case(state=State.LETTER_DUE), [_line(step)])
    assert (told.sentence, bool(told.reason)) == (sentence, reasoned)
    if step not in ("case.approve", "case.refuse"):
        assert bool(told.clock) is reasoned


@pytest.mark.parametrize(
    "line",
    [
        _line("case.submit", refused=True),
        _line("announcement.record_done"),
        _line("obligation.escalate"),
        _line("letter.download_document"),
    ],
)
def test_what_is_not_told_at_all(line: Line) -> None:
    assert story_for_applicant(Case(state=State.GRANTED), [line, _line("case.submit")]) == [
        _line("case.submit")
    ]


def test_of_several_decisions_the_last_is_told_once_it_is_out() -> None:
    lines = [_line(step) for step in ("case.refuse", "case.take_up_again", "case.approve", "letter.issue")]
    told = story_for_applicant(Case(state=State.GRANTED), lines)
    assert [line.sentence for line in told] == [HIDDEN, "case.take_up_again", "case.approve", "letter.issue"]
    assert [bool(line.reason) for line in told] == [False, False, False, True]
