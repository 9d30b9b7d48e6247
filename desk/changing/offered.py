"""The acts about an authorisation as pages name them, and what each asks of whoever opens it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from authorisation.consent import LISTS
from authorisation.kinds import Kind
from authorisation.services.acts import ASKED_BY_HOLDER, OF_OWN_MOTION
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One type of act: its name, what it does, and the fields of its form, in their order."""

    type: str
    label: Words
    says: Words
    asks: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        """The kind of case that carries it: a kind of its own, or a change."""
        return Kind(self.type) if self.type in Kind.values else Kind.CHANGE

    @property
    def by_holder(self) -> bool:
        """Whether a holder may ask for it."""
        return self.kind in ASKED_BY_HOLDER

    @property
    def by_authority(self) -> bool:
        """Whether the authority may do it of its own motion."""
        return self.kind in OF_OWN_MOTION


_ALL = (
    Offered(
        type="clarification",
        label=_("Clarify the letter"),
        says=_("Says more clearly what the letter says; nothing moves."),
        asks=("text",),
    ),
    Offered(
        type="correction",
        label=_("Correct an error of the letter"),
        says=_("Corrects words; no volume, use or period moves."),
        asks=("text",),
    ),
    Offered(
        type="identifier_assigned",
        label=_("Name the identifier of the cooperative approach"),
        says=_("The UN platform has given it."),
        asks=("ca_id",),
    ),
    Offered(
        type="entity_added",
        label=_("Authorise one more entity"),
        says=_("In the roles that are named."),
        asks=("entity_name", "country", "identification", "roles"),
    ),
    Offered(
        type="entity_removed",
        label=_("Authorise an entity no longer"),
        says=_("The authorisation of the outcomes stands."),
        asks=("name",),
    ),
    Offered(
        type="entity_renamed",
        label=_("Give an entity another name"),
        says=_("It is the same legal person."),
        asks=("name", "to"),
    ),
    Offered(
        type="quantity_up",
        label=_("Raise the ceilings"),
        says=_("New ceilings in place of those of the vintages named, or of the total."),
        asks=("volumes", "total"),
    ),
    Offered(
        type="quantity_down",
        label=_("Lower the ceilings"),
        says=_("New ceilings in place of those named. What is first transferred stands."),
        asks=("volumes", "total"),
    ),
    Offered(
        type="top_up",
        label=_("Top up vintages"),
        says=_("More of the vintages named, on top of what is authorised."),
        asks=("volumes",),
    ),
    Offered(
        type="use_added",
        label=_("Add a use"),
        says=_("With its purpose, and what first transfer means where the letter does not say it yet."),
        asks=("use", "imp", "op", "first_transfer_definition"),
    ),
    Offered(
        type="use_removed",
        label=_("Take a use away"),
        says=_("For what is not yet first transferred."),
        asks=("use",),
    ),
    Offered(
        type="period",
        label=_("Change the period or the last days"),
        says=_("A day that is left empty stays as it is."),
        asks=("outcomes_from", "outcomes_to", "last_issuance_on", "last_use_on", "last_cancellation_on"),
    ),
    Offered(
        type="methodology",
        label=_("Change the methodology or its version"),
        says=_("Nothing moves."),
        asks=("methodology",),
    ),
    Offered(
        type="consent_terms",
        label=_("Change whose consent is needed"),
        says=_("Parties without whose consent it is not changed, or not revoked. Nothing moves."),
        asks=LISTS,
    ),
    Offered(
        type="transfer_of_holder",
        label=_("Pass units to another holder"),
        says=_("Those of a serial, or all that are held under the authorisation."),
        asks=("serial", "to"),
    ),
    Offered(
        type="suspension",
        label=_("Suspend"),
        says=_("Nothing can be first transferred until it is resumed. The holder is heard first."),
    ),
    Offered(
        type="resumption",
        label=_("Resume"),
        says=_("The end of a suspension."),
    ),
    Offered(
        type="revocation",
        label=_("Revoke"),
        says=_(
            "Takes back what is not first transferred: all of it, or tonnes by vintage. The holder is heard "
            "first."
        ),
        asks=("volumes",),
    ),
    Offered(
        type="surrender",
        label=_("Give it up"),
        says=_("What is not first transferred: all of it, or tonnes by vintage."),
        asks=("volumes",),
    ),
)
ACTS: Mapping[str, Offered] = {one.type: one for one in _ALL}
