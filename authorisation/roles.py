"""The roles people have towards a case. Steps name them; `permissions` says who has them."""

from enum import StrEnum


class Role(StrEnum):
    """A role towards one case. An applicant may be the holder of an authorisation."""

    APPLICANT = "applicant"
    DESK_OFFICER = "desk_officer"
    OPENING_OFFICER = "opening_officer"
    REVIEWER = "reviewer"
    DECIDER = "decider"
    SIGNER = "signer"
    DIRECTOR = "director"
    SYSTEM = "system"
    CLOCK = "clock"
