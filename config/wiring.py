"""Which effect of a step is handled by whom: the only place that knows both."""

from authorisation.services import (
    acts_over_many,
    announcements,
    appeals,
    clocks,
    endorsements,
    expiry,
    fees,
    obligation_clock,
)
from desk.announcements.automatic import announce
from desk.api import repeating
from desk.exporting import services as exports
from desk.exporting import working
from desk.notices import services as notices_of_cases
from desk.people import told_by_mail
from desk.webhooks import delivering, telling
from letters import services as letters
from letters import status_lists
from workflow.daily import every_day
from workflow.effects import bind_after, bind_within


def wire() -> None:
    """Binds every effect that a lifecycle names."""
    bind_within("draw_letter", letters.draw)
    bind_within("send_notices", letters.send_notices)
    bind_within("charge_fees", fees.charge)
    bind_within("list_whom_to_tell", announcements.list_whom_to_tell)
    bind_after(announcements.ANNOUNCE, announce)
    bind_after("produce_letter", letters.produce)
    bind_after(told_by_mail.EFFECT, told_by_mail.deliver)
    for effect, handler in notices_of_cases.handlers().items():
        bind_after(effect, handler)
    bind_after(telling.EFFECT, telling.tell)
    bind_after(delivering.EFFECT, delivering.deliver)
    bind_after(exports.EFFECT, working.carry_on)
    bind_after("open_anew", appeals.open_anew)
    bind_after(acts_over_many.OPEN_ONE, acts_over_many.open_one)
    every_day("the clocks of cases", clocks.run)
    every_day("endorsements", endorsements.run)
    every_day("acts about authorisations", letters.take_effect_by_the_clock)
    every_day("expiry of authorisations", expiry.run)
    # After all that changes how letters stand.
    every_day("lists of status", status_lists.publish_by_the_clock)
    every_day("answers to calls", repeating.forget_old)
    every_day("messages to endpoints", delivering.take_up_again)
    every_day("exports of authorities", exports.remove_what_is_over)
    every_day("conditions and obligations", obligation_clock.run)
