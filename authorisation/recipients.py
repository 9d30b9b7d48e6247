"""Who outside the authority must be told of what was decided, and within how many days.

The decisions ask that authorisations and their changes are published, and that the secretariat gets a copy
of each (2/CMA.3, annex, paragraphs 18 to 24); they give no number of days. The days below are assumed for
every procedure that gives no others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recipient(models.TextChoices):
    """Who is told. The platform is the centralized accounting and reporting platform (CARP)."""

    COUNTERPART = "counterpart", _("other Party")
    REGISTRY = "registry", _("registry")
    STANDARD = "standard", _("standard")
    PLATFORM = "platform", _("UN platform (CARP)")
    PUBLIC = "public", _("public")


@dataclass(frozen=True, kw_only=True)
class TellingRule:
    """Within so many calendar days of the act somebody is told; `needed`: whether they are at all."""

    recipient: Recipient
    days: int
    needed: bool = True
    basis: str = ""


USUAL: Mapping[Recipient, TellingRule] = {
    rule.recipient: rule
    for rule in (
        TellingRule(recipient=Recipient.COUNTERPART, days=14),
        TellingRule(recipient=Recipient.REGISTRY, days=7),
        TellingRule(recipient=Recipient.STANDARD, days=7),
        TellingRule(recipient=Recipient.PLATFORM, days=30),
        TellingRule(recipient=Recipient.PUBLIC, days=7),
    )
}
