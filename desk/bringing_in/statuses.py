"""What the registers of other builds call a stage, and what that comes to here.

Exactly the names that national builds of the UNDP registry use: stages of a project, older stages, and
actions of its ledger, of which the last one stands as a state in tables that were exported. Only what was
authorised, whatever became of it since, can be brought in as an authorisation; a name that nobody knows is
refused, never guessed.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from authorisation.lifecycle_of_authorisations import State
from workflow.refusals import Words


class Standing(StrEnum):
    """How something stands that was begun elsewhere, in the words of this register."""

    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    EXPIRED = "expired"
    ENDORSED = "endorsed"
    SUBMITTED = "submitted"
    WITH_APPLICANT = "with_applicant"
    IN_REVIEW = "in_review"
    IN_DECISION = "in_decision"
    LETTER_DUE = "letter_due"
    REFUSED = "refused"
    SAYS_NOTHING = "says_nothing"

    @property
    def is_brought_in(self) -> bool:
        """Whether a row of it becomes an authorisation, which then stands as it does elsewhere."""
        return self in State.values

    @property
    def never_authorised(self) -> bool:
        """Whether nothing was authorised: the row is left aside, and nothing is wrong with it."""
        return self in _NEVER_AUTHORISED

    @property
    def why_not(self) -> Words:
        """Why a row of it is not brought in."""
        return _WHY_NOT[self]


_NEVER_AUTHORISED = frozenset(
    {
        Standing.ENDORSED,
        Standing.SUBMITTED,
        Standing.WITH_APPLICANT,
        Standing.IN_REVIEW,
        Standing.IN_DECISION,
        Standing.LETTER_DUE,
        Standing.REFUSED,
    }
)

_WHY_NOT: Mapping[Standing, Words] = MappingProxyType(
    {
        Standing.ENDORSED: _("A no objection or an endorsement authorises nothing."),
        Standing.SUBMITTED: _("Nothing was authorised yet: here it would be “submitted”."),
        Standing.WITH_APPLICANT: _("Nothing was authorised yet: here it would be “with the applicant”."),
        Standing.IN_REVIEW: _("Nothing was authorised yet: here it would be “in review”."),
        Standing.IN_DECISION: _("Nothing was authorised yet: here it would be “in decision”."),
        Standing.LETTER_DUE: _("Nothing was authorised yet: here its letter would be due."),
        Standing.REFUSED: _("It was refused: there is nothing to bring in."),
        Standing.SAYS_NOTHING: _(
            "This names something that happened, not how it stands. Write how the authorisation stands today."
        ),
    }
)

# national-practice: stages of today's builds, then older ones, then actions of the ledger. Units are issued,
# moved, retired, cancelled and set free there only where their programme is authorised.
ELSEWHERE: Mapping[str, Standing] = MappingProxyType(
    {
        "PENDING": Standing.SUBMITTED,
        "REJECTED": Standing.REFUSED,
        "APPROVED": Standing.ENDORSED,
        "PDD_SUBMITTED": Standing.IN_REVIEW,
        "PDD_REJECTED_BY_CERTIFIER": Standing.WITH_APPLICANT,
        "PDD_APPROVED_BY_CERTIFIER": Standing.IN_REVIEW,
        "PDD_REJECTED_BY_DNA": Standing.WITH_APPLICANT,
        "PDD_APPROVED_BY_DNA": Standing.IN_REVIEW,
        "VALIDATION_REPORT_SUBMITTED": Standing.IN_DECISION,
        "VALIDATION_REPORT_REJECTED": Standing.WITH_APPLICANT,
        "VALIDATION_REPORT_APPROVED": Standing.LETTER_DUE,
        "AUTHORISED": Standing.IN_FORCE,
        "SUBMITTED_INF": Standing.SUBMITTED,
        "APPROVED_INF": Standing.ENDORSED,
        "REJECTED_INF": Standing.REFUSED,
        "SUBMITTED_PROPOSAL": Standing.IN_REVIEW,
        "ACCEPTED_PROPOSAL": Standing.IN_DECISION,
        "REJECTED_PROPOSAL": Standing.REFUSED,
        "CREATE": Standing.SUBMITTED,
        "REJECT": Standing.REFUSED,
        "ISSUE": Standing.IN_FORCE,
        "TRANSFER": Standing.IN_FORCE,
        "CERTIFY": Standing.SAYS_NOTHING,
        "RETIRE": Standing.IN_FORCE,
        "REVOKE": Standing.REVOKED,
        "FREEZE": Standing.SUSPENDED,
        "AUTH": Standing.IN_FORCE,
        "UNFREEZE": Standing.IN_FORCE,
        "OWNERSHIP_UPDATE": Standing.SAYS_NOTHING,
        "APPROVE": Standing.ENDORSED,
        "CANCEL": Standing.IN_FORCE,
    }
)

# The names of this register itself.
HERE: Mapping[str, Standing] = MappingProxyType(
    {
        State.IN_FORCE.value: Standing.IN_FORCE,
        State.SUSPENDED.value: Standing.SUSPENDED,
        State.REVOKED.value: Standing.REVOKED,
        State.SURRENDERED.value: Standing.SURRENDERED,
        State.EXPIRED.value: Standing.EXPIRED,
    }
)

_BY_NAME = {name.casefold(): standing for name, standing in {**ELSEWHERE, **HERE}.items()}


def standing_named(name: str) -> Standing | None:
    """What a name comes to, in capitals or not; None for one that nobody knows."""
    return _BY_NAME.get(name.strip().casefold())


def known_names() -> list[str]:
    """Every name that is understood, for a sentence."""
    return [*HERE, *ELSEWHERE]
