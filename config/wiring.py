"""Which effect of a step is handled by whom: the only place that knows both."""

from letters import services as letters
from workflow.effects import bind_after, bind_within


def wire() -> None:
    """Binds every effect that a lifecycle names."""
    bind_within("draw_letter", letters.draw)
    bind_after("produce_letter", letters.produce)
