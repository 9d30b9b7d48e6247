"""What an application asks, section by section: one line for each question, with where its answer is kept."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from authorisation.application import IMP, NDC, OP
from authorisation.models import Case
from authorisation.national_questions import place_of_answer, questions_of
from desk.applications.choices import (
    DEFINITION_NAMES,
    ROLE_NAMES,
    SCALE_NAMES,
    USE_NAMES,
    countries,
    named,
    official,
    parties,
)
from desk.applications.places import Raw, at_place
from desk.applications.questions import (
    Applies,
    Codes,
    Column,
    Field,
    Group,
    Records,
    Section,
    Years,
    always,
)
from desk.applications.typed import Answer, Choice, Day, Lines, Several, Text, Whole, items_of
from projects import codes
from projects.content import ROLES, SCALES
from workflow.refusals import Words


def _ask(place: str, label: Words, answer: Answer, *, hint: Words = "", applies: Applies = always) -> Field:
    """A question, by the place of its answer in the application: "activity.title"."""
    return Field(place=tuple(place.split(".")), label=label, answer=answer, help=hint, applies=applies)


def _together(legend: Words, *fields: Field, hint: Words = "") -> Group:
    return Group(legend=legend, fields=fields, help=hint)


def _column(key: str, label: Words, answer: Answer, *, hint: Words = "") -> Column:
    return Column(key=key, label=label, answer=answer, help=hint)


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

_YEAR = _column("year", _("Year"), Whole(size=4, grouped=False))

_TONNES = _column("tonnes", _("t CO₂ eq"), Whole(size=20))

ACTIVITY = Section(
    name="activity",
    title=_("Activity"),
    lead=_("What is done, where, and under which rules it is measured."),
    parts=(
        _ask(
            "activity.title",
            _("Title of the activity"),
            Text(),
            hint=_("As it is registered, or as you want it to appear in the letter."),
        ),
        _ask("activity.scale", _("What kind of activity is it?"), Choice(offered=named(SCALE_NAMES, SCALES))),
        _ask("activity.location", _("Where is it?"), Text(), hint=_("Regions, districts or places.")),
        _together(
            _("Sector and type"),
            _ask("activity.sector", _("Sector"), Choice(offered=official(codes.SECTORS))),
            _ask(
                "activity.activity_type", _("Activity type"), Choice(offered=official(codes.ACTIVITY_TYPES))
            ),
            _ask("activity.activity_type_note", _("If none of these types fits: why"), Text()),
            _ask(
                "activity.mitigation_type",
                _("Does it reduce emissions, or remove them?"),
                Choice(offered=official(codes.MITIGATION_TYPES)),
            ),
            hint=_("The values of the Article 6 reporting format, in its official spelling."),
        ),
        _together(
            _("Standard and measurement"),
            _ask(
                "activity.standard",
                _("Standard or framework"),
                Text(),
                hint=_("Under which the activity is registered, such as Gold Standard, or “Bilateral”."),
            ),
            _ask("activity.registry_id", _("Its number in the registry of the standard"), Text(size=20)),
            _ask(
                "activity.methodology",
                _("Methodology"),
                Text(),
                hint=_("By which the outcomes are measured, with its version."),
            ),
            _ask(
                "activity.ghgs",
                _("Greenhouse gases"),
                Lines(),
                hint=_("One on each line, such as CO2 or CH4."),
            ),
            _ask(
                "activity.metric",
                _("Metric in which outcomes are counted"),
                Choice(offered=official(codes.METRICS)),
            ),
            _ask(
                "activity.gwp",
                _("Global warming potentials"),
                Text(size=20),
                hint=_("For instance “AR5 100-year”."),
            ),
        ),
        _together(
            _("Crediting period"),
            _ask(
                "activity.crediting_period.from",
                _("First day of the crediting period"),
                Day(),
                hint=_("For example, 1 7 2024"),
            ),
            _ask(
                "activity.crediting_period.to",
                _("Last day of the crediting period"),
                Day(),
                hint=_("For example, 30 6 2034"),
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
            columns=(
                _YEAR,
                _TONNES,
            ),
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
        _ask(
            "cooperative_approach.name",
            _("Name of the cooperative approach"),
            Text(),
            hint=_("For example, “Ghana – Switzerland”."),
        ),
        _ask(
            "cooperative_approach.ca_id",
            _("Its identifier"),
            Text(size=10),
            hint=_("CA and four digits, given by the UN platform. Leave it empty if not yet assigned."),
        ),
        Codes(
            place=("cooperative_approach", "parties"),
            label=_("Parties that take part"),
            help=_("The Party in which the activity takes place, and every Party that acquires outcomes."),
            columns=(_column("code", _("Party"), Choice(offered=parties)),),
            one=_("Party %(number)s"),
            add=_("Add another Party"),
            empty=2,
        ),
        _together(
            _("Agreement between the Parties"),
            _ask("cooperative_approach.agreement.title", _("Title of the agreement"), Text()),
            _ask("cooperative_approach.agreement.signed_on", _("Day on which it was signed"), Day()),
        ),
        _together(
            _("Duration of the approach"),
            _ask("cooperative_approach.duration.from", _("First day of the approach"), Day()),
            _ask("cooperative_approach.duration.to", _("Last day of the approach"), Day()),
        ),
        _ask(
            "cooperative_approach.initial_report",
            _("Initial report"),
            Text(),
            hint=_("Its title or address, if the Party has submitted one."),
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
                _column("name", _("Name"), Text(autocomplete="organization")),
                _column("country", _("Country"), Choice(offered=countries)),
                _column("identification", _("Number in the register of companies"), Text(size=20)),
                _column(
                    "roles",
                    _("Roles"),
                    Several(offered=named(ROLE_NAMES, ROLES)),
                    hint=_("A role other than applicant asks for the entity to be authorised in it."),
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
        _ask(
            "request.uses",
            _("Uses for which you ask"),
            Several(offered=named(USE_NAMES, (NDC, IMP, OP))),
            hint=_("Choose all that apply."),
        ),
        _ask(
            "request.oimp.imp",
            _("International mitigation purposes (IMP)"),
            Lines(),
            hint=_("One on each line, such as “CORSIA first phase (2024–2026)”."),
            applies=asks_for_imp,
        ),
        _ask(
            "request.oimp.op",
            _("Other purpose (OP)"),
            Text(),
            hint=_("Name it, such as “voluntary carbon market”."),
            applies=asks_for_op,
        ),
        _ask(
            "request.first_transfer_definition",
            _("When are outcomes for these purposes first transferred?"),
            Choice(
                offered=named(DEFINITION_NAMES, codes.FIRST_TRANSFER_DEFINITIONS.codes),
                none=_("Choose a definition"),
            ),
            hint=_(
                "From first transfer on, the host Party adds the outcomes back to its own balance. For use "
                "towards an NDC the law says when that is; for other purposes the authorisation does."
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
            columns=(
                _YEAR,
                _TONNES,
            ),
            one=_("Vintage %(number)s"),
            add=_("Add five more vintages"),
            empty=5,
            more=5,
        ),
        _ask(
            "request.total_tco2e",
            _("Total over all vintages, in t CO₂ eq"),
            Whole(size=20),
            hint=_("If you ask for a total as well, or instead. Where both are given, both hold."),
        ),
        Records(
            place=("request", "blocks"),
            label=_("Units that were issued already"),
            help=_("Blocks of units in the registry of the standard, if there are any."),
            columns=(
                _column("serial", _("Serial numbers"), Text()),
                _column("holder", _("Account that holds them"), Text()),
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
        _together(
            _("Outcomes occur"),
            _ask(
                "request.outcomes_occur.from",
                _("First day on which outcomes may occur"),
                Day(),
                hint=_("1 January 2021 or later."),
            ),
            _ask("request.outcomes_occur.to", _("Last day on which outcomes may occur"), Day()),
        ),
        _ask(
            "request.last_use_on",
            _("Last day of use"),
            Day(),
            hint=_("The last day on which outcomes may be used or cancelled, such as 31 12 2032."),
        ),
        _together(
            _("Implementation period of the host Party's NDC"),
            _ask("ndc_period.from", _("First year of the NDC period"), Whole(size=4, grouped=False)),
            _ask("ndc_period.to", _("Last year of the NDC period"), Whole(size=4, grouped=False)),
            hint=_("The period of the nationally determined contribution in which the outcomes occur."),
        ),
    ),
)

TERMS = Section(
    name="terms",
    title=_("Tracking and terms"),
    lead=_("Where the outcomes are tracked, and what holds if something changes."),
    parts=(
        _ask("request.tracking_registry", _("Registry in which the outcomes are tracked"), Text()),
        _ask(
            "request.conditions",
            _("Conditions that you propose"),
            Lines(),
            hint=_("One on each line. Leave it empty if there are none."),
        ),
        _ask(
            "request.change_terms",
            _("Terms of change and revocation"),
            Text(lines=6),
            hint=_("In which circumstances the authorisation may change, and how that is managed."),
        ),
        _ask(
            "request.revocable_after_transfer",
            _("When a revocation may touch what is first transferred already"),
            Lines(),
            hint=_("One circumstance on each line. Leave it empty if it never may, as is usual."),
        ),
        _ask(
            "request.reducible_after_transfer",
            _("When a reduction of the volume may touch what is first transferred already"),
            Lines(),
            hint=_("One circumstance on each line. Leave it empty if it never may, as is usual."),
        ),
        Codes(
            place=("request", "consent_to_changes"),
            label=_("Parties whose consent a change needs"),
            help=_("Leave it empty if none has to consent, or if only the terms above say it."),
            columns=(_column("code", _("Party"), Choice(offered=parties)),),
            one=_("Party %(number)s"),
            add=_("Add another Party"),
            empty=1,
        ),
        Codes(
            place=("request", "consent_to_revocation"),
            label=_("Parties whose consent a revocation needs"),
            help=_("Leave it empty if none has to consent, or if only the terms above say it."),
            columns=(_column("code", _("Party"), Choice(offered=parties)),),
            one=_("Party %(number)s"),
            add=_("Add another Party"),
            empty=1,
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


def sections_for(case: Case) -> tuple[Section, ...]:
    """The sections of an application: those of everybody, and last what its authority asks besides."""
    asked = questions_of(case)
    if not asked:
        return SECTIONS
    national = Section(
        name="national",
        title=_("Questions of this authority"),
        lead=_("What the authority asks besides, by its own procedure."),
        parts=tuple(
            _ask(
                place_of_answer(question.code),
                question.label
                if question.required
                else _("%(question)s (optional)") % {"question": question.label},
                Text(lines=4),
                hint=question.hint,
            )
            for question in asked
        ),
        optional=not any(question.required for question in asked),
    )
    return (*SECTIONS, national)


def section_of(place: tuple[str | int, ...], sections: Iterable[Section] = SECTIONS) -> Section | None:
    """The section in which a place of the application is asked for: the first that holds it."""
    return next((section for section in sections if section.holds(place)), None)
