"""What a procedure asks besides the content items: its questions, where they are answered, which are not.

Answers stand in the application under `national`, by the code of their question, and are frozen with it.
"""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from authorisation.application import ApplicationContent
from authorisation.completeness import Item
from authorisation.handling import handling_of
from authorisation.procedures.shape import ExtraQuestion

if TYPE_CHECKING:
    from authorisation.models import Case

# The group of the application that holds the answers.
NATIONAL = "national"


def questions_of(case: "Case") -> tuple[ExtraQuestion, ...]:
    """The questions of the case's procedure for its kind, in its order. No query."""
    return handling_of(case).questions


def place_of_answer(code: str) -> str:
    """Where the answer to a question stands in the application."""
    return f"{NATIONAL}.{code}"


def answer_to(code: str, content: ApplicationContent) -> str:
    """The answer given; empty where there is none."""
    return (content.national or {}).get(code) or ""


def as_item(question: ExtraQuestion) -> Item:
    """The question as an item of the completeness check; named in the language of the page."""
    return Item(
        number=None,
        path=place_of_answer(question.code),
        label=question.label,
        mend=_("Answer the question: this authority asks it besides."),
    )


def missing_answers(case: "Case", content: ApplicationContent) -> list[Item]:
    """The required questions that are not answered, as items."""
    return [
        as_item(question)
        for question in questions_of(case)
        if question.required and not answer_to(question.code, content)
    ]


def item_at(case: "Case", path: str) -> Item | None:
    """The question whose answer stands at a place, as an item; None where no answer to one does."""
    return next((as_item(one) for one in questions_of(case) if place_of_answer(one.code) == path), None)
