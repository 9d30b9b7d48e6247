"""Everybody who could come to an address, by their relationship to the authority and the applicant of a case.

The authority of the cases is *here*; another one is *there*. Everybody who has signed in has shown a second
factor, and again just now: whoever is refused is refused for what they are, not for what they have not shown.
Those who have not are visitors of their own.
"""

from collections.abc import Collection

ANONYMOUS = "anonymous"
CLOSED = "account closed"
NOT_IN = frozenset({ANONYMOUS, CLOSED})

# The applicant's side.
APPLICANT = "applicant"
COLLEAGUE = "colleague of the applicant"
CONSULTANT = "consultant with a mandate"
UNVETTED = "consultant with a mandate, whom no authority has let in"
MEMBERS = frozenset({APPLICANT, COLLEAGUE})
WRITERS = MEMBERS | {CONSULTANT}
REPRESENTING = WRITERS | {UNVETTED}

# The authority's people; those named "later" signed in with their second factor, and have not shown it again.
OFFICER, REVIEWER, DECIDER, SIGNER, DIRECTOR = (
    f"{function} here" for function in ("desk officer", "reviewer", "decider", "signer", "director")
)
DECIDER_LATER, SIGNER_LATER, DIRECTOR_LATER = (f"{who}, later" for who in (DECIDER, SIGNER, DIRECTOR))
# Of a panel of several that reviews some of the cases, and has nothing to do with the others.
CHAIR, MEMBER = "chair of the panel here", "member of the panel here"
DECIDERS = frozenset({DECIDER, DECIDER_LATER})
SIGNERS = frozenset({SIGNER, SIGNER_LATER})
DIRECTORS = frozenset({DIRECTOR, DIRECTOR_LATER})
HERE = frozenset({OFFICER, REVIEWER, CHAIR, MEMBER}) | DECIDERS | SIGNERS | DIRECTORS
LATER = frozenset({DECIDER_LATER, SIGNER_LATER, DIRECTOR_LATER})

# Offices that ask for a second factor: one has not shown it, the other has none.
NOT_SHOWN = "director here, second factor not shown"
HAS_NONE = "decider here, without a second factor"

OFFICER_THERE, REVIEWER_THERE, DECIDER_THERE, SIGNER_THERE, DIRECTOR_THERE = (
    f"{function} there" for function in ("desk officer", "reviewer", "decider", "signer", "director")
)
THERE = frozenset({OFFICER_THERE, REVIEWER_THERE, DECIDER_THERE, SIGNER_THERE, DIRECTOR_THERE})
APPLICANT_THERE = "applicant there"

# Of registries: one is entitled to record here, of the other that was ended.
REGISTRY, FORMER_REGISTRY = "clerk of an entitled registry", "clerk of a registry that was entitled"

# Those who were, and those who never were, anybody here.
FORMER_OFFICER = "former desk officer here"
FORMER_COLLEAGUE = "former colleague of the applicant"
FORMER_CONSULTANT = "consultant whose mandate was revoked"
OTHER_APPLICANT = "applicant of another organisation, let in here"
STRANGER = "stranger"
ADMINISTRATOR = "administrator"
NOBODY_HERE = frozenset(
    {FORMER_OFFICER, FORMER_COLLEAGUE, FORMER_CONSULTANT, OTHER_APPLICANT, STRANGER, ADMINISTRATOR}
)

SIGNED_IN = REPRESENTING | HERE | THERE | {APPLICANT_THERE, REGISTRY, FORMER_REGISTRY} | NOBODY_HERE
UNPROVED = frozenset({NOT_SHOWN, HAS_NONE})
EVERYBODY = NOT_IN | SIGNED_IN | UNPROVED
# One of each relationship; the rest of everybody come in `make proof`.
FOR_SHORT = frozenset(
    {ANONYMOUS, APPLICANT, COLLEAGUE, OFFICER, DECIDER, OFFICER_THERE, OTHER_APPLICANT, FORMER_OFFICER}
)
# Who may know of the cases here.
KNOWING = HERE | REPRESENTING


def others(*groups: Collection[str]) -> frozenset[str]:
    """Everybody who has signed in, and is in none of these."""
    return SIGNED_IN - frozenset().union(*map(frozenset, groups))
