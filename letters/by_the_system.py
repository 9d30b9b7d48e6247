"""Steps that the system takes on a letter, whoever produces it and however often."""

from typing import Any

from letters.models import Letter
from workflow.actors import SYSTEM
from workflow.clock import Clock
from workflow.door import Act, Move, pass_through
from workflow.refusals import Kind, Refused


def by_the_system(clock: Clock, *moves: Move[Any]) -> None:
    """A step of the system on a letter, the first of the moves, and on what moves with it.

    Where another worker was quicker, the letter has moved, and nothing is left to do. Where it stands
    as it stood, something beside it moved first: the delivery fails and is tried again.
    """
    letter = moves[0].record
    try:
        pass_through(Act(actor=SYSTEM, clock=clock), *moves)
    except Refused as refusal:
        if refusal.kind != Kind.STATE or Letter.objects.get(pk=letter.pk).version == letter.version:
            raise
