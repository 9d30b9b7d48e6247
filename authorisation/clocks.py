"""The clocks of a case: what is timed, and what comes of it. How long each runs is data of the procedure."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Clock(models.TextChoices):
    """The clocks that run. While the applicant's runs, the authority's stands still."""

    RETENTION = "retention", _("retention of a draft")
    COMPLETENESS = "completeness", _("completeness check")
    APPLICANT = "applicant", _("answer of the applicant")
    REVIEW = "review", _("review")
    DECISION = "decision", _("decision")
    SIGNATURE = "signature", _("signature")


class What(models.TextChoices):
    """What the clock does. A warning is a reminder after which a case may lapse."""

    REMIND = "remind", _("reminded")
    WARN = "warn", _("warned")
    ESCALATE = "escalate", _("passed on")
    SILENCE = "silence", _("silence of a body recorded")
    HEAR = "hear", _("silence of the holder recorded")
    LAPSE = "lapse", _("lapsed")
