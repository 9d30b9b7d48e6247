"""Rounds of questions, as they are written beside a step: asked at once, and answered at once."""

from collections.abc import Mapping, Sequence
from typing import cast

from django.db.models import Max

from audit.models import Event
from authorisation.lifecycle import State
from authorisation.models import Case, Question, QuestionRound
from workflow.actors import Person
from workflow.door import Act


def write_questions(case: Case, event: Event, *, act: Act, questions: Sequence[tuple[str, str]]) -> None:
    """Opens a round with these questions: pairs of the place in the application ("" for none) and text."""
    person = cast(Person, act.actor)
    purpose = QuestionRound.Purpose
    opened = QuestionRound.objects.create(
        case=case,
        number=case.question_rounds.count() + 1,
        purpose=purpose.CLARIFICATION if case.came_from == State.IN_REVIEW else purpose.COMPLETION,
        asked_by=person.user,
        office=person.office,
        asked_at=event.time,
    )
    asked_before = case.questions.aggregate(last=Max("number"))["last"] or 0
    for number, (path, text) in enumerate(questions, start=asked_before + 1):
        Question.objects.create(
            case=case,
            round=opened,
            number=number,
            path=path,
            text=text,
            asked_by=person.user,
            asked_at=event.time,
        )


def answer_questions(case: Case, event: Event, *, act: Act, answers: Mapping[int, str]) -> None:
    """Writes the answers, by the number of the question, and closes the round with the version frozen."""
    person = cast(Person, act.actor).user
    for question in case.questions.filter(answered_at__isnull=True):
        if question.number is not None and question.number in answers:
            Question.objects.filter(pk=question.pk).update(
                answer=answers[question.number], answered_at=event.time, answered_by=person
            )
    case.question_rounds.filter(answered_at__isnull=True).update(
        answered_at=event.time, answered_by=person, version=case.versions.last()
    )
