"""The rounds of questions to the applicant, each with its questions and what the answers changed."""

from authorisation.models import Case, QuestionRound


def rounds_shown(case: Case) -> tuple[QuestionRound, ...]:
    """The rounds of a case, the last one last, with the office that asked, in two queries."""
    rounds = case.question_rounds.select_related("office", "version").prefetch_related("questions")
    return tuple(rounds)
