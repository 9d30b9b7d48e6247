"""Why questions may not be asked or answered, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _

from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Case


def questions_are_written(case: "Case", facts: Facts) -> Iterable[Reason]:
    """Somebody is asked something."""
    if not facts.get("questions"):
        yield Reason(
            code="question-missing",
            words=_("No question is written."),
            mend=_("Write at least one question."),
        )


def every_question_is_answered(case: "Case", facts: Facts) -> Iterable[Reason]:
    """A missing item is answered by giving it, a question by an answer in words."""
    answered = set(cast(list[int], facts.get("answered") or []))
    for question in case.questions.filter(answered_at__isnull=True):
        if question.number not in answered:
            yield Reason(
                code="question-open",
                words=_("Question %(number)s, on “%(path)s”, is not answered yet.")
                if question.path
                else _("Question %(number)s is not answered yet."),
                values={"number": question.number, "path": question.path},
                mend=_("Give what is asked for, or answer in words."),
            )


def answers_are_to_open_questions(case: "Case", facts: Facts) -> Iterable[Reason]:
    """What was answered stays answered; and nobody answers what was not asked."""
    answered = set(cast(list[int], facts.get("answered") or []))
    still_open = set(case.questions.filter(answered_at__isnull=True).values_list("number", flat=True))
    asked = set(case.questions.values_list("number", flat=True))
    for number in sorted(answered - still_open):
        yield Reason(
            code="question-closed",
            words=_("Question %(number)s was answered before: its answer stands.")
            if number in asked
            else _("There is no question %(number)s."),
            values={"number": number},
            mend=_("Answer the questions that are open."),
        )
