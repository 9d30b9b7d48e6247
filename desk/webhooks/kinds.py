"""The kinds of events that a program may be told of, and which step of which record each one is."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorisation.models import Authorisation, Case
from letters.models import Letter
from projects.models import Activity
from workflow.governed import Governed


class EventKind(models.TextChoices):
    """What happened, as a message names it: these names are a promise to other programs."""

    ISSUED = "authorisation.issued", _("an authorisation is given")
    SUPERSEDED = "authorisation.version_superseded", _("a new version supersedes the one before")
    SUSPENDED = "authorisation.suspended", _("an authorisation is suspended")
    RESUMED = "authorisation.resumed", _("a suspension ends")
    REVOKED = "authorisation.revoked", _("an authorisation is revoked")
    SURRENDERED = "authorisation.surrendered", _("an authorisation is given back")
    EXPIRED = "authorisation.expired", _("an authorisation expires")
    OUTCOMES_ISSUED = "outcomes.issued", _("an issuance is recorded")
    FIRST_TRANSFERRED = "outcomes.first_transferred", _("a first transfer is recorded")
    USED = "outcomes.used", _("a use is recorded")
    CANCELLED = "outcomes.cancelled", _("a cancellation is recorded")
    LETTER_ISSUED = "letter.issued", _("a letter is issued")


# Told once to every endpoint, when it is opened: whoever runs it sees at once whether it works.
OPENED = "endpoint.opened"

# By model and step. What a concluded case began is told as given, where it made a version 1; every later
# version is a step of its authorisation.
STEPS: Mapping[tuple[type[Governed], str], EventKind] = {
    (Case, "conclude"): EventKind.ISSUED,
    (Authorisation, "amend"): EventKind.SUPERSEDED,
    (Authorisation, "suspend"): EventKind.SUSPENDED,
    (Authorisation, "resume"): EventKind.RESUMED,
    (Authorisation, "revoke"): EventKind.REVOKED,
    (Authorisation, "surrender"): EventKind.SURRENDERED,
    (Authorisation, "expire"): EventKind.EXPIRED,
    (Activity, "record_issuance"): EventKind.OUTCOMES_ISSUED,
    (Authorisation, "record_first_transfer"): EventKind.FIRST_TRANSFERRED,
    (Authorisation, "record_use"): EventKind.USED,
    (Authorisation, "record_cancellation"): EventKind.CANCELLED,
    (Letter, "issue"): EventKind.LETTER_ISSUED,
}
