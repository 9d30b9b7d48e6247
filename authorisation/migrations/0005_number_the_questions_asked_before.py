"""Questions asked before there were rounds: what was asked at one instant was one round."""

from datetime import datetime
from typing import Any

from django.db import migrations


def number_them(apps: Any, _schema_editor: Any) -> None:
    """Gives each question its number in the case, and what was asked at one instant its round."""
    Case = apps.get_model("authorisation", "Case")
    Question = apps.get_model("authorisation", "Question")
    QuestionRound = apps.get_model("authorisation", "QuestionRound")
    asked = Question.objects.filter(round__isnull=True).order_by("case_id", "pk")
    rounds: dict[tuple[int, datetime], Any] = {}
    counted: dict[int, int] = {}
    for question in asked:
        counted[question.case_id] = counted.get(question.case_id, 0) + 1
        key = (question.case_id, question.asked_at)
        if key not in rounds:
            number = 1 + sum(case == question.case_id for case, _at in rounds)
            case = Case.objects.get(pk=question.case_id)
            reviewed = case.opinions.filter(said_at__lte=question.asked_at).exists()
            is_open = case.state == "with_applicant" and question.answered_at is None
            in_review = case.came_from == "in_review" if is_open else reviewed
            rounds[key] = QuestionRound.objects.create(
                case=case,
                number=number,
                purpose="clarification" if in_review else "completion",
                asked_by_id=question.asked_by_id,
                asked_at=question.asked_at,
                answered_at=question.answered_at,
                answered_by_id=question.answered_by_id,
            )
        Question.objects.filter(pk=question.pk).update(number=counted[question.case_id], round=rounds[key])


class Migration(migrations.Migration):
    dependencies = [("authorisation", "0004_reviews_and_rounds")]

    operations = [migrations.RunPython(number_them, migrations.RunPython.noop)]
