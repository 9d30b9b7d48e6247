"""What a reviewing body, or a member of it, can find."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """What a reviewing body, or one of its members, found."""

    FAVOURABLE = "favourable", _("favourable")
    WITH_CONDITIONS = "with_conditions", _("favourable with conditions")
    UNFAVOURABLE = "unfavourable", _("unfavourable")
    ABSTAIN = "abstain", _("abstains")


class SheetAnswer(models.TextChoices):
    """The answer to a question of a review sheet."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_APPLICABLE = "not_applicable", _("not applicable")
