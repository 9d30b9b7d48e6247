"""The roles people have towards a case. Steps name them; `permissions` says who has them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role towards one case. An applicant may be the holder of an authorisation."""

    APPLICANT = "applicant", _("applicant")
    DESK_OFFICER = "desk_officer", _("desk officer")
    HOLDER = "holder", _("holder")
    OPENING_OFFICER = "opening_officer", _("officer who opened it")
    REVIEWER = "reviewer", _("reviewer")
    MEMBER = "member", _("member of a reviewing body that votes")
    CHAIR = "chair", _("chair of a reviewing body, or its only reviewer")
    DECIDER = "decider", _("decider")
    SIGNER = "signer", _("signer")
    DIRECTOR = "director", _("director")
    REGISTRY = "registry", _("entitled registry")
    SYSTEM = "system", _("the system")
    CLOCK = "clock", _("the clock")
