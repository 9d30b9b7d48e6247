"""Kinds of case, and on whose initiative a case runs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a case asks for, or does."""

    INTENT = "intent", _("letter of intent")
    NO_OBJECTION = "no_objection", _("letter of no objection")
    APPROACH = "approach", _("authorisation of a cooperative approach")
    ENTITIES = "entities", _("authorisation of entities")
    OUTCOMES = "outcomes", _("authorisation of outcomes")
    CONSOLIDATED = "consolidated", _("authorisation of approach, outcomes and entities together")
    CHANGE = "change", _("change of an authorisation")
    TOP_UP = "top_up", _("top-up of an authorisation")
    TRANSFER_OF_HOLDER = "transfer_of_holder", _("transfer to another holder")
    SUSPENSION = "suspension", _("suspension")
    RESUMPTION = "resumption", _("resumption")
    REVOCATION = "revocation", _("revocation")
    SURRENDER = "surrender", _("surrender")
    APPEAL = "appeal", _("appeal")
    ACKNOWLEDGEMENT = "acknowledgement", _("acknowledgement that no authorisation is meant")


class Initiative(models.TextChoices):
    """On whose initiative a case runs, and whether somebody has to be heard first."""

    ASKED_FOR = "asked_for", _("asked for by the applicant or holder")
    OWN_MOTION = "own_motion", _("opened by the authority")
    WITH_HEARING = "with_hearing", _("opened by the authority, with a hearing")
    BROUGHT_IN = "brought_in", _("given before this register was kept, and brought in")


# The label of a case whose applicant owes a fee at some stage: steps about fees are for these.
WITH_FEES = "with_fees"

# Kinds whose letter must contain the fourteen content items (article 6 checklist).
WITH_CONTENT_ITEMS = frozenset({Kind.APPROACH, Kind.ENTITIES, Kind.OUTCOMES, Kind.CONSOLIDATED})

# Kinds that end, when granted, in an endorsement: it opens the way to an application and moves no tonne.
ENDORSING = frozenset({Kind.INTENT, Kind.NO_OBJECTION})

# Kinds that are granted whole or not at all: there is no part of them.
INDIVISIBLE = ENDORSING | {Kind.ACKNOWLEDGEMENT, Kind.APPEAL, Kind.SUSPENSION, Kind.RESUMPTION}
DIVISIBLE = tuple(kind for kind in Kind if kind not in INDIVISIBLE)

# Kinds that national oversight is asked about: what is, or is to be, authorised.
OVERSEEN = WITH_CONTENT_ITEMS | ENDORSING

# Kinds that, when granted, bring an authorisation into force, with its terms and lines.
AUTHORISING = WITH_CONTENT_ITEMS

# Kinds about an authorisation that stands: each carries a planned act (`authorisation.acts`).
ABOUT_AUTHORISATIONS = frozenset(
    {
        Kind.CHANGE,
        Kind.TOP_UP,
        Kind.TRANSFER_OF_HOLDER,
        Kind.SUSPENSION,
        Kind.RESUMPTION,
        Kind.REVOCATION,
        Kind.SURRENDER,
    }
)

# Kinds whose decision may ask something of the holder: the authorisation stands, or goes on, with it.
ASKING = AUTHORISING | {Kind.CHANGE, Kind.TOP_UP, Kind.TRANSFER_OF_HOLDER, Kind.RESUMPTION}

# Kinds whose authorisations are of outcomes: only these have lines of volume.
OF_OUTCOMES = frozenset({Kind.OUTCOMES, Kind.CONSOLIDATED})
