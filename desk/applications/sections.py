"""What an application asks, section by section: the fields, the rows that grow, and where each is kept."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pycountry
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.names import country_name, party_name
from accounts.parties import known_parties
from authorisation.application import IMP, NDC, OP
from desk.applications.places import Place, Raw, at_place
from desk.applications.typed import Answer, Choice, Choices, Day, Lines, Several, Text, Whole, items_of
from projects import codes
from projects.codes import CodeList
from projects.content import ROLES, SCALES
from workflow.refusals import Words

Applies = Callable[[Mapping[str, Raw]], bool]


def _always(_content: Mapping[str, Raw]) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question. `applies` says of the application as it stands whether it is asked at all."""

    place: Place
    label: Words
    answer: Answer
    help: Words = ""
    applies: Applies = _always

    @property
    def name(self) -> str:
        """Its name in the form."""
        return "__".join(self.place)


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that are asked together, under one heading."""

    legend: Words
    fields: tuple[Field, ...]
    help: Words = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One field of a row. `key` is its name in the row."""

    key: str
    label: Words
    answer: Answer
    help: Words = ""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A question with as many answers as somebody has. A row left empty is no answer.

    one     what one row is called, with its number as `%(number)s`
    add     the words of the button for one more
    empty   how many empty rows wait where there is no answer yet
    more    how many the button adds
    """

    place: Place
    label: Words
    columns: tuple[Column, ...]
    one: Words
    add: Words
    help: Words = ""
    empty: int = 1
    more: int = 1

    @property
    def name(self) -> str:
        """The beginning of the names of its fields in the form."""
        return "__".join(self.place)

    @property
    def applies(self) -> Applies:
        """Rows are always asked for."""
        return _always


class Records(Rows):
    """Rows of several fields each, kept as a list of groups."""


class Years(Rows):
    """Tonnes by calendar year, kept by year."""


class Codes(Rows):
    """One code in each row, kept as a list."""


Asked = Field | Rows
Part = Field | Group | Rows


@dataclass(frozen=True, kw_only=True)
class Section:
    """One page of questions. `optional`: an application may well be complete without any answer here."""

    name: str
    title: Words
    parts: tuple[Part, ...]
    lead: Words = ""
    optional: bool = False

    def asked(self) -> Iterator[Asked]:
        """Its fields and rows, in order."""
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.fields
            else:
                yield part

    def asked_at(self, place: tuple[str | int, ...]) -> Asked | None:
        """The first question about something at this place, or above or below it."""
        return next((asked for asked in self.asked() if overlaps(asked.place, place)), None)

    def holds(self, place: tuple[str | int, ...]) -> bool:
        """Whether something at this place, or above or below it, is asked here."""
        return self.asked_at(place) is not None


def overlaps(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
    """Whether one place lies at, above or below the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


# -- what is offered ---------------------------------------------------------------------------------


def _codes(known: CodeList) -> Callable[[], Choices]:
    """Official values are what they are in every language: so they stand in the reporting format."""
    return lambda: [(code, code) for code in known.codes]


def _sorted(names: Mapping[str, str]) -> Choices:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())


@cache
def _countries(language: str) -> Choices:
    return _sorted({c.alpha_3: country_name(c.alpha_3, language) for c in pycountry.countries})


@cache
def _parties(language: str) -> Choices:
    return _sorted({code: party_name(code, language) for code in known_parties()})


def countries() -> Choices:
    """Countries by name in the person's language."""
    return _countries(get_language() or "en")


def parties() -> Choices:
    """Parties to the Agreement by name in the person's language."""
    return _parties(get_language() or "en")


_SCALES: dict[str, Words] = {
    "project": _("A project"),
    "programme": _("A programme with components"),
    "jurisdiction": _("A jurisdiction"),
    "policy": _("A policy"),
}

_ROLES: dict[str, Words] = {
    "applicant": _("Applicant: makes this application"),
    "activity participant": _("Activity participant"),
    "seller": _("Seller of the outcomes"),
    "acquirer": _("Acquirer of the outcomes"),
    "user": _("User of the outcomes"),
}

_USES: dict[str, Words] = {
    NDC: _("NDC: another Party counts them towards its nationally determined contribution"),
    IMP: _("IMP: an international mitigation purpose, such as CORSIA for airlines"),
    OP: _("OP: another purpose, such as voluntary use by companies"),
}

_DEFINITIONS: dict[str, Words] = {
    "Authorisation": _("Authorisation: when the authorisation is given"),
    "Issuance": _("Issuance: when the units are issued"),
    "Use or Cancellation": _("Use or cancellation: when the units are used or cancelled"),
}


def _named(names: Mapping[str, Words], known: tuple[str, ...]) -> Callable[[], Choices]:
    return lambda: [(value, names.get(value, value)) for value in known]


# -- what is asked only of some ----------------------------------------------------------------------


def _uses(content: Mapping[str, Raw]) -> list[Raw]:
    return items_of(at_place(content, ("request", "uses")))


def asks_for_imp(content: Mapping[str, Raw]) -> bool:
    """Use for an international mitigation purpose is asked for."""
    return IMP in _uses(content)


def asks_for_op(content: Mapping[str, Raw]) -> bool:
    """Use for another purpose is asked for."""
    return OP in _uses(content)


def asks_for_oimp(content: Mapping[str, Raw]) -> bool:
    """A use other than towards an NDC is asked for, so that first transfer must be defined."""
    return asks_for_imp(content) or asks_for_op(content)


# -- the sections ------------------------------------------------------------------------------------

_YEAR = Column(key="year", label=_("Year"), answer=Whole(size=4, grouped=False))
_TONNES = Column(key="tonnes", label=_("t CO₂ eq"), answer=Whole(size=20))

ACTIVITY = Section(
    name="activity",
    title=_("Activity"),
    lead=_("What is done, where, and under which rules it is measured."),
    parts=(
        Field(
            place=("activity", "title"),
            label=_("Title of the activity"),
            help=_("As it is registered, or as you want it to appear in the letter."),
            answer=Text(),
        ),
        Field(
            place=("activity", "scale"),
            label=_("What kind of activity is it?"),
            answer=Choice(offered=_named(_SCALES, SCALES)),
        ),
        Field(
            place=("activity", "location"),
            label=_("Where is it?"),
            help=_("Regions, districts or places."),
            answer=Text(),
        ),
        Group(
            legend=_("Sector and type"),
            help=_("The values of the Article 6 reporting format, in its official spelling."),
            fields=(
                Field(
                    place=("activity", "sector"),
                    label=_("Sector"),
                    answer=Choice(offered=_codes(codes.SECTORS)),
                ),
                Field(
                    place=("activity", "activity_type"),
                    label=_("Activity type"),
                    answer=Choice(offered=_codes(codes.ACTIVITY_TYPES)),
                ),
                Field(
                    place=("activity", "activity_type_note"),
                    label=_("If none of these types fits: why"),
                    answer=Text(),
                ),
                Field(
                    place=("activity", "mitigation_type"),
                    label=_("Does it reduce emissions, or remove them?"),
                    answer=Choice(offered=_codes(codes.MITIGATION_TYPES)),
                ),
            ),
        ),
        Group(
            legend=_("Standard and measurement"),
            fields=(
                Field(
                    place=("activity", "standard"),
                    label=_("Standard or framework"),
                    help=_("Under which the activity is registered, such as Gold Standard, or “Bilateral”."),
                    answer=Text(),
                ),
                Field(
                    place=("activity", "registry_id"),
                    label=_("Its number in the registry of the standard"),
                    answer=Text(size=20),
                ),
                Field(
                    place=("activity", "methodology"),
                    label=_("Methodology"),
                    help=_("By which the outcomes are measured, with its version."),
                    answer=Text(),
                ),
                Field(
                    place=("activity", "ghgs"),
                    label=_("Greenhouse gases"),
                    help=_("One on each line, such as CO2 or CH4."),
                    answer=Lines(),
                ),
                Field(
                    place=("activity", "metric"),
                    label=_("Metric in which outcomes are counted"),
                    answer=Choice(offered=_codes(codes.METRICS)),
                ),
                Field(
                    place=("activity", "gwp"),
                    label=_("Global warming potentials"),
                    help=_("For instance “AR5 100-year”."),
                    answer=Text(size=20),
                ),
            ),
        ),
        Group(
            legend=_("Crediting period"),
            fields=(
                Field(
                    place=("activity", "crediting_period", "from"),
                    label=_("First day of the crediting period"),
                    help=_("For example, 1 7 2024"),
                    answer=Day(),
                ),
                Field(
                    place=("activity", "crediting_period", "to"),
                    label=_("Last day of the crediting period"),
                    help=_("For example, 30 6 2034"),
                    answer=Day(),
                ),
            ),
        ),
    ),
)

EXPECTED = Section(
    name="expected-mitigation",
    title=_("Expected mitigation by year"),
    lead=_(
        "How much mitigation the whole activity is expected to achieve in each calendar year, whether or not "
        "you ask for all of it to be authorised."
    ),
    parts=(
        Years(
            place=("activity", "expected_tco2e"),
            label=_("Tonnes by calendar year"),
            help=_("Whole tonnes of CO₂ eq, such as 12000, without comma or point."),
            columns=(_YEAR, _TONNES),
            one=_("Year %(number)s"),
            add=_("Add five more years"),
            empty=5,
            more=5,
        ),
    ),
)

APPROACH = Section(
    name="cooperative-approach",
    title=_("Cooperative approach"),
    lead=_("The arrangement between Parties under which the outcomes move."),
    parts=(
        Field(
            place=("cooperative_approach", "name"),
            label=_("Name of the cooperative approach"),
            help=_("For example, “Ghana – Switzerland”."),
            answer=Text(),
        ),
        Field(
            place=("cooperative_approach", "ca_id"),
            label=_("Its identifier"),
            help=_("CA and four digits, given by the UN platform. Leave it empty if not yet assigned."),
            answer=Text(size=10),
        ),
        Codes(
            place=("cooperative_approach", "parties"),
            label=_("Parties that take part"),
            help=_("The Party in which the activity takes place, and every Party that acquires outcomes."),
            columns=(Column(key="code", label=_("Party"), answer=Choice(offered=parties)),),
            one=_("Party %(number)s"),
            add=_("Add another Party"),
            empty=2,
        ),
        Group(
            legend=_("Agreement between the Parties"),
            fields=(
                Field(
                    place=("cooperative_approach", "agreement", "title"),
                    label=_("Title of the agreement"),
                    answer=Text(),
                ),
                Field(
                    place=("cooperative_approach", "agreement", "signed_on"),
                    label=_("Day on which it was signed"),
                    answer=Day(),
                ),
            ),
        ),
        Group(
            legend=_("Duration of the approach"),
            fields=(
                Field(
                    place=("cooperative_approach", "duration", "from"),
                    label=_("First day of the approach"),
                    answer=Day(),
                ),
                Field(
                    place=("cooperative_approach", "duration", "to"),
                    label=_("Last day of the approach"),
                    answer=Day(),
                ),
            ),
        ),
        Field(
            place=("cooperative_approach", "initial_report"),
            label=_("Initial report"),
            help=_("Its title or address, if the Party has submitted one."),
            answer=Text(),
        ),
    ),
)

ENTITIES = Section(
    name="entities",
    title=_("Entities"),
    lead=_(
        "Every legal person with a role in the activity. One of them is the applicant; to apply does not by "
        "itself mean to be authorised."
    ),
    parts=(
        Records(
            place=("entities",),
            label=_("Who takes part, and in which roles"),
            columns=(
                Column(key="name", label=_("Name"), answer=Text(autocomplete="organization")),
                Column(key="country", label=_("Country"), answer=Choice(offered=countries)),
                Column(
                    key="identification",
                    label=_("Number in the register of companies"),
                    answer=Text(size=20),
                ),
                Column(
                    key="roles",
                    label=_("Roles"),
                    help=_("A role other than applicant asks for the entity to be authorised in it."),
                    answer=Several(offered=_named(_ROLES, ROLES)),
                ),
            ),
            one=_("Entity %(number)s"),
            add=_("Add another entity"),
        ),
    ),
)

USES = Section(
    name="uses",
    title=_("Uses and first transfer"),
    lead=_("For what the outcomes may be used, if the authority agrees."),
    parts=(
        Field(
            place=("request", "uses"),
            label=_("Uses for which you ask"),
            help=_("Choose all that apply."),
            answer=Several(offered=_named(_USES, (NDC, IMP, OP))),
        ),
        Field(
            place=("request", "oimp", "imp"),
            label=_("International mitigation purposes (IMP)"),
            help=_("One on each line, such as “CORSIA first phase (2024–2026)”."),
            answer=Lines(),
            applies=asks_for_imp,
        ),
        Field(
            place=("request", "oimp", "op"),
            label=_("Other purpose (OP)"),
            help=_("Name it, such as “voluntary carbon market”."),
            answer=Text(),
            applies=asks_for_op,
        ),
        Field(
            place=("request", "first_transfer_definition"),
            label=_("When are outcomes for these purposes first transferred?"),
            help=_(
                "From first transfer on, the host Party adds the outcomes back to its own balance. For use "
                "towards an NDC the law says when that is; for other purposes the authorisation does."
            ),
            answer=Choice(
                offered=_named(_DEFINITIONS, codes.FIRST_TRANSFER_DEFINITIONS.codes),
                none=_("Choose a definition"),
            ),
            applies=asks_for_oimp,
        ),
    ),
)

VOLUMES = Section(
    name="volumes",
    title=_("Volumes"),
    lead=_(
        "The volumes become ceilings: no more can be transferred. You may leave them empty and ask for no "
        "ceiling; then the mitigation expected and issued sets the limit."
    ),
    optional=True,
    parts=(
        Years(
            place=("request", "volumes_tco2e"),
            label=_("Volume by vintage"),
            help=_(
                "The vintage is the calendar year in which the mitigation occurs, 2021 or later. Whole "
                "tonnes of CO₂ eq, such as 12000, without comma or point."
            ),
            columns=(_YEAR, _TONNES),
            one=_("Vintage %(number)s"),
            add=_("Add five more vintages"),
            empty=5,
            more=5,
        ),
        Field(
            place=("request", "total_tco2e"),
            label=_("Total over all vintages, in t CO₂ eq"),
            help=_("If you ask for a total as well, or instead. Where both are given, both hold."),
            answer=Whole(size=20),
        ),
        Records(
            place=("request", "blocks"),
            label=_("Units that were issued already"),
            help=_("Blocks of units in the registry of the standard, if there are any."),
            columns=(
                Column(key="serial", label=_("Serial numbers"), answer=Text()),
                Column(key="holder", label=_("Account that holds them"), answer=Text()),
            ),
            one=_("Block %(number)s"),
            add=_("Add another block"),
        ),
    ),
)

PERIODS = Section(
    name="periods",
    title=_("Periods"),
    lead=_("When outcomes may occur, and until when they may be used."),
    parts=(
        Group(
            legend=_("Outcomes occur"),
            fields=(
                Field(
                    place=("request", "outcomes_occur", "from"),
                    label=_("First day on which outcomes may occur"),
                    help=_("1 January 2021 or later."),
                    answer=Day(),
                ),
                Field(
                    place=("request", "outcomes_occur", "to"),
                    label=_("Last day on which outcomes may occur"),
                    answer=Day(),
                ),
            ),
        ),
        Field(
            place=("request", "last_use_on"),
            label=_("Last day of use"),
            help=_("The last day on which outcomes may be used or cancelled, such as 31 12 2032."),
            answer=Day(),
        ),
        Group(
            legend=_("Implementation period of the host Party's NDC"),
            help=_("The period of the nationally determined contribution in which the outcomes occur."),
            fields=(
                Field(
                    place=("ndc_period", "from"),
                    label=_("First year of the NDC period"),
                    answer=Whole(size=4, grouped=False),
                ),
                Field(
                    place=("ndc_period", "to"),
                    label=_("Last year of the NDC period"),
                    answer=Whole(size=4, grouped=False),
                ),
            ),
        ),
    ),
)

TERMS = Section(
    name="terms",
    title=_("Tracking and terms"),
    lead=_("Where the outcomes are tracked, and what holds if something changes."),
    parts=(
        Field(
            place=("request", "tracking_registry"),
            label=_("Registry in which the outcomes are tracked"),
            answer=Text(),
        ),
        Field(
            place=("request", "conditions"),
            label=_("Conditions that you propose"),
            help=_("One on each line. Leave it empty if there are none."),
            answer=Lines(),
        ),
        Field(
            place=("request", "change_terms"),
            label=_("Terms of change and revocation"),
            help=_("In which circumstances the authorisation may change, and how that is managed."),
            answer=Text(lines=6),
        ),
    ),
)

SECTIONS: tuple[Section, ...] = (
    ACTIVITY,
    EXPECTED,
    APPROACH,
    ENTITIES,
    USES,
    VOLUMES,
    PERIODS,
    TERMS,
)

BY_NAME = {section.name: section for section in SECTIONS}


def section_of(place: tuple[str | int, ...]) -> Section | None:
    """The section in which a place of the application is asked for: the first that holds it."""
    return next((section for section in SECTIONS if section.holds(place)), None)
