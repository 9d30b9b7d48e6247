"""Where each thing that others ask of an authorisation stands in the content of its letter.

Three readers are served: the fourteen content items of an authorisation, tables 2 (authorisations) and 5
(authorised entities) of the agreed electronic format, and what Gold Standard and Verra record for each
block of units. A path names a field of the content; `[]` stands for each entry of a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

# The content items, by number.
ITEMS: Final = {
    1: "Identifier and name of the cooperative approach",
    2: "Authorising Party and participating Parties",
    3: "Authorised entities",
    4: "Date, duration, last dates of issuance, use and cancellation",
    5: "Uses covered",
    6: "First transfer specification",
    7: "Terms and conditions, change and revocation",
    8: "Quantity",
    9: "Metric and global warming potentials",
    10: "Sector, activity type, description",
    11: "Vintages, period in which outcomes may occur",
    12: "Registries used for tracking",
    13: "Standards and methodologies",
    14: "Reference and version of the authorisation",
}

# The columns of table 2 and table 5 of the agreed electronic format, by technical name, in order.
TABLE_2: Final = (
    "AuthorizationID",
    "DateOfAuthorization",
    "CooperativeApproachID",
    "AuthorizationVersion",
    "AuthorizedQuantity",
    "Metric",
    "GWPValues",
    "Non-GHGMetric",
    "Sectors",
    "ActivityType",
    "PurposeForAuthorization",
    "AuthorizedPartyIDs",
    "AuthorizedEntityIDs",
    "OIMPAuthorized",
    "AuthorizedTimeframe",
    "AuthorizationT&Cs",
    "AuthorizationDocumentation",
    "FirstTransferDefnForOIMP",
    "AdditionalExplanatoryInformation",
)
TABLE_5: Final = (
    "DateOfAuthorization",
    "AuthorizedEntityName",
    "AuthorizedEntityCountryOfIncorporation",
    "AuthorizedEntityID",
    "CooperativeApproachID",
    "AuthorizedEntityConditions",
    "AuthorizedEntityChangeConditions",
    "AdditionalExplanatoryInformation",
)
# What the registries of Gold Standard and Verra record for each block.
BLOCK: Final = (
    "programme",
    "project ID",
    "volume",
    "serial",
    "vintage",
    "country",
    "first transfer definition",
    "authorisation year",
    "issuance date",
    "authorised for NDC",
    "authorised for OIMP",
    "CA ID",
    "uploaded to CARP",
    "link",
)


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """One field of the content, and whatever it answers."""

    path: str
    items: tuple[int, ...] = ()
    table_2: tuple[str, ...] = ()
    table_5: tuple[str, ...] = ()
    block: tuple[str, ...] = ()


MAPPING: Final[tuple[Mapped, ...]] = (
    Mapped(
        path="cooperative_approach.identifier",
        items=(1,),
        table_2=("CooperativeApproachID",),
        table_5=("CooperativeApproachID",),
        block=("CA ID",),
    ),
    Mapped(path="cooperative_approach.name", items=(1,)),
    Mapped(path="party.code", items=(2,), block=("country",)),
    Mapped(path="cooperative_approach.parties[].code", items=(2,)),
    Mapped(path="entities[].name", items=(3,), table_5=("AuthorizedEntityName",)),
    Mapped(path="entities[].country.code", items=(3,), table_5=("AuthorizedEntityCountryOfIncorporation",)),
    Mapped(
        path="entities[].identification",
        items=(3,),
        table_2=("AuthorizedEntityIDs",),
        table_5=("AuthorizedEntityID",),
    ),
    Mapped(path="entities[].authorised_by", items=(3,)),
    Mapped(path="entities[].conditions", items=(3,), table_5=("AuthorizedEntityConditions",)),
    Mapped(
        path="date",
        items=(4,),
        table_2=("DateOfAuthorization",),
        table_5=("DateOfAuthorization",),
        block=("authorisation year",),
    ),
    Mapped(path="effective_on", items=(4,)),
    Mapped(path="cooperative_approach.duration", items=(4,)),
    Mapped(path="periods.last_issuance_on", items=(4,)),
    Mapped(path="periods.last_use_on", items=(4,), table_2=("AuthorizedTimeframe",)),
    Mapped(path="periods.last_cancellation_on", items=(4,)),
    Mapped(path="uses.uses", items=(5,), block=("authorised for NDC", "authorised for OIMP")),
    Mapped(path="uses.purpose_code", items=(5,), table_2=("PurposeForAuthorization",)),
    Mapped(path="uses.using_parties[].code", items=(5,), table_2=("AuthorizedPartyIDs",)),
    Mapped(path="uses.imp_purposes", items=(5,), table_2=("OIMPAuthorized",)),
    Mapped(path="uses.op_purposes", items=(5,), table_2=("OIMPAuthorized",)),
    Mapped(
        path="first_transfer",
        items=(6,),
        table_2=("FirstTransferDefnForOIMP",),
        block=("first transfer definition",),
    ),
    Mapped(path="conditions", items=(7,), table_2=("AuthorizationT&Cs",)),
    Mapped(
        path="change_terms",
        items=(7,),
        table_2=("AuthorizationT&Cs",),
        table_5=("AuthorizedEntityChangeConditions",),
    ),
    Mapped(path="consent_to_changes[].code", items=(7,), table_5=("AuthorizedEntityChangeConditions",)),
    Mapped(path="consent_to_revocation[].code", items=(7,), table_5=("AuthorizedEntityChangeConditions",)),
    Mapped(path="revocable_after_transfer", items=(7,), table_2=("AuthorizationT&Cs",)),
    Mapped(path="reducible_after_transfer", items=(7,), table_2=("AuthorizationT&Cs",)),
    Mapped(path="ceilings.total.tonnes", items=(8,), table_2=("AuthorizedQuantity",)),
    Mapped(
        path="ceilings.by_vintage[].tonnes", items=(8,), table_2=("AuthorizedQuantity",), block=("volume",)
    ),
    Mapped(path="ceilings.by_vintage[].vintage", items=(11,), block=("vintage",)),
    Mapped(path="activity.metric", items=(9,), table_2=("Metric", "Non-GHGMetric")),
    Mapped(path="activity.gwp", items=(9,), table_2=("GWPValues",)),
    Mapped(path="activity.ghgs", items=(9,)),
    Mapped(path="activity.title", items=(10,)),
    Mapped(path="activity.sector", items=(10,), table_2=("Sectors",)),
    Mapped(path="activity.activity_type", items=(10,), table_2=("ActivityType",)),
    Mapped(path="periods.outcomes_occur", items=(11,), table_2=("AuthorizedTimeframe",)),
    Mapped(path="activity.expected[].vintage", items=(11,)),
    Mapped(path="tracking.registry", items=(12,)),
    Mapped(path="tracking.registry_id", items=(12,)),
    Mapped(path="tracking.underlying_registry", items=(12,)),
    Mapped(path="activity.standard", items=(13,), block=("programme",)),
    Mapped(path="activity.registry_id", items=(13,), block=("project ID",)),
    Mapped(path="activity.methodology", items=(13,)),
    Mapped(path="instrument.identifier", items=(14,), table_2=("AuthorizationID",)),
    Mapped(path="instrument.version", items=(14,), table_2=("AuthorizationVersion",)),
    Mapped(path="number", items=(14,)),
    Mapped(path="check_url", block=("link",)),
)

# What a letter does not say, and why.
NOT_IN_THE_LETTER: Final = {
    "AuthorizationDocumentation": "the platform makes this link when the copy is uploaded",
    "AdditionalExplanatoryInformation": "free text of whoever submits the table",
    "serial": "given when the units are issued; the statement of first transfer names it",
    "issuance date": "the units are issued before or after the letter, in a registry",
    "uploaded to CARP": "done after the letter, with a date of its own",
}


def values_at(content: BaseModel, path: str) -> Iterator[Any]:
    """Whatever stands at a path of the content; nothing where a part on the way is not stated."""
    found: list[Any] = [content]
    for name in path.split("."):
        several = name.endswith("[]")
        stated = [getattr(one, name.removesuffix("[]")) for one in found if one is not None]
        found = [each for one in stated for each in one] if several else stated
    yield from (one for one in found if one is not None)


def as_document() -> str:
    """The mapping as a document for people (`docs/letter-content.md`)."""
    lines = [
        "# What a letter says, for machines",
        "",
        "Every letter carries its content as `loa.json`, in the form of the published schema",
        "(`letters/schema/letter-content-1.json`, served at `/schemas/letter-content-1.json`). It says here",
        "where the fourteen content items, tables 2 and 5 of the agreed electronic format (AEF), and what",
        "Gold Standard and Verra record for each block of units stand in it. Made from `letters/mapping.py`:",
        "`manage.py letter_schema --mapping > docs/letter-content.md`.",
        "",
        "| Field | Content items | AEF table 2 | AEF table 5 | Block in a registry |",
        "|---|---|---|---|---|",
    ]
    for row in MAPPING:
        items = ", ".join(map(str, row.items))
        others = (", ".join(names) for names in (row.table_2, row.table_5, row.block))
        lines.append(" | ".join(("| `" + row.path + "`", items, *others)) + " |")
    lines += ["", "The content items:", ""]
    lines += [f"{number}. {words}" for number, words in ITEMS.items()]
    lines += ["", "Not in the letter:", ""]
    lines += [f"- {name}: {reason}" for name, reason in NOT_IN_THE_LETTER.items()]
    return "\n".join(lines) + "\n"
