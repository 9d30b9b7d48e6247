"""The records of accounts.

Records of the trail's chain (`Authority`, `Organisation`) are written by `accounts.services` only.
"""

from accounts.models.authorities import (
    DECISIVE_FUNCTIONS,
    Authority,
    Function,
    Office,
    OfficeInvitation,
    Party,
    Tenure,
)
from accounts.models.credentials import Scope, ServiceAccount, ServiceToken, SetUpCode
from accounts.models.organisations import Invitation, Mandate, Membership, Organisation, Vetting
from accounts.models.people import PersonManager, User

__all__ = [
    "DECISIVE_FUNCTIONS",
    "Authority",
    "Function",
    "Invitation",
    "Mandate",
    "Membership",
    "Office",
    "OfficeInvitation",
    "Organisation",
    "Party",
    "PersonManager",
    "Scope",
    "ServiceAccount",
    "ServiceToken",
    "SetUpCode",
    "Tenure",
    "User",
    "Vetting",
]
