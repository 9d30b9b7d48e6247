"""The lifecycle of a task to tell somebody outside, whole, on one page: due, done, or not needed.

Each version of an authorisation, and each change of its state, makes one for everybody who must be told.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.guards import announcing
from authorisation.roles import Role
from workflow.governed import Governed
from workflow.steps import StateField, Transitions

if TYPE_CHECKING:
    from authorisation.models import Announcement

transition: Transitions["Announcement"] = Transitions()


class State(models.TextChoices):
    """Where it is."""

    DUE = "due", _("to be done")
    DONE = "done", _("done")
    NOT_NEEDED = "not_needed", _("not needed")


S = State

# Who is being waited on; the others have ended.
WAITING_ON = {S.DUE: _("the desk")}


class AnnouncementLifecycle(Governed):
    """What can become of it."""

    state = StateField(choices=S.choices, default=S.DUE)

    class Meta:
        abstract = True

    @transition(
        source=S.DUE,
        target=S.DONE,
        permission=(Role.DESK_OFFICER,),
        label=_("Record as done"),
        says=_("Somebody was told, on a day, with a link to where it can be seen."),
        needs=(announcing.day_has_come, announcing.place_is_named),
    )
    def record_done(self) -> None: ...

    @transition(
        source=S.DUE,
        target=S.DONE,
        permission=(Role.SYSTEM,),
        label=_("Tell"),
        says=_("The system told them itself: by e-mail, or by publishing it in the register."),
    )
    def tell(self) -> None: ...

    @transition(
        source=S.DUE,
        target=S.NOT_NEEDED,
        permission=(Role.DESK_OFFICER, Role.DIRECTOR),
        label=_("Find it not needed"),
        says=_("Nobody has to be told here, with the reason."),
        needs=(announcing.excuse_is_reasoned,),
    )
    def excuse(self) -> None: ...
