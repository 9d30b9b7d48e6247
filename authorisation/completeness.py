"""The completeness check: the fourteen content items of an authorisation, and two of our own.

The numbers are those of the working list behind decision 4/CMA.6; each item is a place in the
application. Nothing missing ever blocks a submission: it is shown to the applicant, named in the
request for completion, and blocks acceptance for review.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from authorisation.application import ApplicationContent
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Item:
    """One content item at one place of the application.

    number     in the list of fourteen; None for an item of our own
    waivable   whether an officer may find it not applicable, with a reason
    applies    whether this application needs it at all
    """

    number: int | None
    path: str
    label: Words
    mend: Words
    waivable: bool = False
    applies: Callable[[ApplicationContent], bool] = lambda content: True


def _asks_for_oimp(content: ApplicationContent) -> bool:
    return content.request is not None and content.request.asks_for_oimp


# In the order in which an application asks for them.
ITEMS: tuple[Item, ...] = (
    Item(
        number=1,
        path="cooperative_approach",
        label=_("cooperative approach"),
        mend=_("Name the cooperative approach; its identifier may still be missing."),
    ),
    Item(
        number=2,
        path="cooperative_approach.parties",
        label=_("participating Parties"),
        mend=_("Name the Parties that take part."),
    ),
    Item(
        number=13,
        path="activity.standard",
        label=_("standard or framework"),
        mend=_("Name the standard under which the activity is registered, or “Bilateral”."),
        waivable=True,
    ),
    Item(
        number=13,
        path="activity.methodology",
        label=_("methodology"),
        mend=_("Name the methodology by which the outcomes are measured."),
        waivable=True,
    ),
    Item(
        number=10,
        path="activity.sector",
        label=_("sector"),
        mend=_("Choose the sector."),
        waivable=True,
    ),
    Item(
        number=10,
        path="activity.activity_type",
        label=_("activity type"),
        mend=_("Choose the activity type, or say why none fits."),
        waivable=True,
    ),
    Item(
        number=9,
        path="activity.metric",
        label=_("metric"),
        mend=_("Choose the metric in which outcomes are counted."),
        waivable=True,
    ),
    Item(
        number=9,
        path="activity.gwp",
        label=_("global warming potentials"),
        mend=_("Name the global warming potentials used, for instance “AR5 100-year”."),
        waivable=True,
    ),
    Item(
        number=None,
        path="activity.crediting_period",
        label=_("crediting period"),
        mend=_("Give the first and the last day of the crediting period."),
    ),
    Item(
        number=None,
        path="activity.expected_tco2e",
        label=_("expected mitigation by year"),
        mend=_("Give the mitigation expected in each calendar year, in whole t CO2 eq."),
    ),
    Item(
        number=3,
        path="entities",
        label=_("entities"),
        mend=_("Name the entities, their countries and their roles."),
    ),
    Item(
        number=5,
        path="request.uses",
        label=_("uses"),
        mend=_("Say for which uses authorisation is asked: NDC, IMP or OP."),
    ),
    Item(
        number=5,
        path="request.oimp",
        label=_("purposes other than an NDC"),
        mend=_("Name the purpose, for instance a phase of CORSIA."),
        applies=_asks_for_oimp,
    ),
    Item(
        number=6,
        path="request.first_transfer_definition",
        label=_("definition of first transfer"),
        mend=_("Choose authorisation, issuance, or use or cancellation."),
        applies=_asks_for_oimp,
    ),
    Item(
        number=11,
        path="request.outcomes_occur",
        label=_("period in which the outcomes occur"),
        mend=_("Give the first and the last day on which outcomes may occur."),
        waivable=True,
    ),
    Item(
        number=4,
        path="request.last_use_on",
        label=_("last date of use"),
        mend=_("Give the last day on which outcomes may be used."),
    ),
    Item(
        number=12,
        path="request.tracking_registry",
        label=_("registry used for tracking"),
        mend=_("Name the registry in which the outcomes are tracked."),
        waivable=True,
    ),
    Item(
        number=7,
        path="request.change_terms",
        label=_("terms of change and revocation"),
        mend=_("Say in which circumstances the authorisation may change and how that is managed."),
    ),
)

BY_PATH = {item.path: item for item in ITEMS}


def missing(content: ApplicationContent) -> list[Item]:
    """The items that this application needs and does not give, in the order of `ITEMS`."""
    return [item for item in ITEMS if item.applies(content) and not _given(content, item.path)]


def notes(content: ApplicationContent) -> dict[str, str]:
    """What the applicant says about items that they hold not applicable, by path."""
    activity = content.activity
    if activity is not None and activity.activity_type is None and activity.activity_type_note:
        return {"activity.activity_type": activity.activity_type_note}
    return {}


def _given(content: ApplicationContent, path: str) -> bool:
    value: Any = content
    for name in path.split("."):
        value = getattr(value, name, None)
        if value is None:
            return False
    return _says_something(path, value, content)


def _says_something(path: str, value: Any, content: ApplicationContent) -> bool:
    if path == "cooperative_approach":
        return bool(value.name or value.ca_id)
    if path == "request.oimp":
        request = content.request
        asked = [(request.asks_for_imp, value.imp), (request.asks_for_op, value.op)] if request else []
        return all(bool(named) for asks, named in asked if asks)
    if path in ("activity.crediting_period", "request.outcomes_occur"):
        return value.starts_on is not None and value.ends_on is not None
    return bool(value)
