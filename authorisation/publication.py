"""Parts of what is granted that are not made public, each with the basis for it.

Everything is public unless it is marked confidential with a stated basis (decision 2/CMA.3, annex,
paragraph 24; decision 6/CMA.4, paragraph 6). The letter says all of it; its public copy leaves these out.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from authorisation.rules import findings_on_record
from authorisation.rules_of_records import Published
from workflow.refusals import Reason


class Unpublished(TextChoices):
    """What a decision may keep from the public. Volumes, uses, Parties and dates it may not."""

    LOCATION = "location", _("location of the activity")
    IDENTIFICATIONS = "identifications", _("identification numbers of entities")
    CONDITIONS = "conditions", _("conditions")


def kept_back(what: str, basis: str) -> list[Reason]:
    """Why something may not be kept from the public (rule A16): a part of a letter, or a document."""
    return [one.reason for one in findings_on_record(Published(kept_back=((what, basis),))) if one.blocks]
