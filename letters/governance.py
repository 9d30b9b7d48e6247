"""Hands the door what it needs to know of letters."""

from letters.models import Letter
from letters.permissions import may_see_letter, roles_towards_letter
from workflow.governance import Governance, govern


def register() -> None:
    """Registers the lifecycle of letters with the door."""
    govern(
        Letter,
        Governance(
            roles=roles_towards_letter,
            may_see=may_see_letter,
            procedure_version=lambda letter: letter.case.procedure_version,
        ),
    )
