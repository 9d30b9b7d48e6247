"""What one version of one authority's procedure says: the shape of its file, as frozen values.

A procedure is law and practice put into data: who is asked, in which order, how long each may take, what is
paid and who signs. It never adds a state (`authorisation.lifecycle` has them all). Texts for people are held
by language. What the sources do not establish is listed under `assumptions`, by the place in the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Function
from accounts.names import in_language
from authorisation.clocks import Clock
from authorisation.kinds import Kind
from authorisation.procedures.lists import ActivityList, Contribution, Eligible
from authorisation.recipients import USUAL, Recipient, TellingRule
from authorisation.requirements import Requirement

# One text per language code: {"en": "Technical Advisory Committee"}.
Texts = Mapping[str, str]


class Stage(StrEnum):
    """The moments of a case at which documents and fees can be due."""

    SUBMISSION = "submission"
    REVIEW = "review"
    DECISION = "decision"
    LETTER = "letter"


class Unit(StrEnum):
    """How days are counted."""

    CALENDAR = "calendar"
    WORKING = "working"


class Silence(StrEnum):
    """What it means when a body has not spoken by the end of its clock."""

    WAITS = "waits"  # nothing: the case goes on waiting, and the desk is told
    FAVOURABLE = "favourable"
    ABSTAINS = "abstains"


class Majority(StrEnum):
    """How many of the votes cast for or against a body needs for a favourable opinion."""

    SIMPLE = "simple"  # more for than against
    TWO_THIRDS = "two_thirds"
    CONSENSUS = "consensus"  # nobody against


class Notice(TextChoices):
    """A letter that concludes nothing, and that an authority sends where its practice has it."""

    RECEIPT = "receipt", _("acknowledgement of receipt, when an application comes in")
    CLARIFICATION = "clarification", _("request for clarification, when the review asks")
    FEE_NOTICE = "fee_notice", _("notice of fees, when they are asked for")
    LAPSE = "lapse", _("notice of lapse, when the applicant’s time has run out")
    FIRST_TRANSFER = "first_transfer", _("statement of first transfer, when one is recorded")


@dataclass(frozen=True, kw_only=True)
class Source:
    """A law, manual or page on which the procedure rests."""

    title: str
    citation: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Days on which the authority does not work, frozen with the version.

    weekend     days of the week, Monday is 0
    holidays    date to name
    years       the first and the last year of which the holidays are listed; none where none are
    """

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: Mapping[date, str] = field(default_factory=dict)
    years: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class SheetItem:
    """A question of the review sheet of a body: yes, no or not applicable, with a comment."""

    code: str
    question: Texts
    required: bool = True

    @property
    def label(self) -> str:
        """The question in the language of the page."""
        return in_language(self.question, get_language() or "en")


@dataclass(frozen=True, kw_only=True)
class Body:
    """A reviewing body. Its offices carry its code (`accounts.models.Office.body`).

    sectors     the sectors of activity (code list of the reporting format) for which it is asked, where a
                kind routes by sector; empty: it is never routed to
    members     how many sit in it; 1 is an officer alone
    quorum      how many members must have voted (abstentions count towards it)
    casting_vote    whether in a tie the vote of the chair decides (with a simple majority only)
    """

    code: str
    name: Texts
    sectors: frozenset[str] = frozenset()
    members: int = 1
    quorum: int = 1
    majority: Majority = Majority.SIMPLE
    casting_vote: bool = False
    silence: Silence = Silence.WAITS
    sheet: tuple[SheetItem, ...] = ()

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return in_language(self.name, get_language() or "en")


@dataclass(frozen=True, kw_only=True)
class OfficeRule:
    """An office that decides or signs: its function and, where several have that function, its unit.

    `unit` is matched against `Office.body`; empty matches every office of the function.
    """

    function: Function
    unit: str = ""
    title: Texts = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What the office is called in the language of the page: by its title, else by its function."""
        return in_language(self.title, get_language() or "en") if self.title else str(self.function.label)

    def fits(self, function: str, unit: str) -> bool:
        """Whether an office of this function and unit (`Office.body`) is one of those meant."""
        return function == self.function and self.unit in ("", unit)


@dataclass(frozen=True, kw_only=True)
class ClockRule:
    """How long a clock runs, and who is told when.

    days                the length
    unit                how the days are counted
    owner               who lets it run out: a body's code, a function, or "applicant"
    stands_still        whether it stands still while the applicant is waited on
    remind              so many days before the end (same unit), the owner is reminded
    escalate_to         the function told when it has run out; none for the applicant's clocks
    """

    days: int
    unit: Unit = Unit.CALENDAR
    owner: str = ""
    stands_still: bool = True
    remind: tuple[int, ...] = ()
    escalate_to: Function | None = None


@dataclass(frozen=True, kw_only=True)
class DocumentRule:
    """A document of a type is required, or may be given, by a stage."""

    type: str
    name: Texts
    stage: Stage = Stage.SUBMISSION
    required: bool = True
    confidential: bool = False


@dataclass(frozen=True, kw_only=True)
class ExtraQuestion:
    """A question that this authority asks besides the content items."""

    code: str
    question: Texts
    help: Texts = field(default_factory=dict)
    required: bool = True

    @property
    def label(self) -> str:
        """The question in the language of the page."""
        return in_language(self.question, get_language() or "en")

    @property
    def hint(self) -> str:
        """What helps to answer it, in the language of the page; empty where nothing does."""
        return in_language(self.help, get_language() or "en") if self.help else ""


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What is paid before service. Where foreigners pay another amount, the procedure has two fees.

    amount      in the currency's unit, with at most two decimals
    currency    ISO 4217
    applies_to  "all", "nationals" or "foreigners" (by the applicant's country of incorporation)
    days        calendar days to pay it from the notice; none where only the next step waits for it
    pay_to      account or cashier, as whoever pays has to know it; empty where the file does not say
    exempted_by who may exempt from it with a reason
    """

    stage: Stage
    amount: Decimal
    currency: str
    applies_to: str = "all"
    basis: str = ""
    days: int | None = None
    pay_to: Texts = field(default_factory=dict)
    exempted_by: Function = Function.DESK_OFFICER

    @property
    def paid_to(self) -> str:
        """Where it is paid, in the language of the page; empty where the procedure does not say."""
        return in_language(self.pay_to, get_language() or "en") if self.pay_to else ""

    def is_due_from(self, country: str, *, at_home: str) -> bool:
        """Whether an applicant incorporated in this country pays it (codes of countries)."""
        return {"all": True, "nationals": country == at_home, "foreigners": country != at_home}[
            self.applies_to
        ]


@dataclass(frozen=True, kw_only=True)
class Validity:
    """How long what is granted stays in force unused; so many days before the end the holder is reminded."""

    months: int
    remind: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How one kind of case is handled.

    prerequisites   kinds of which something must be in force for the activity
    bodies          codes of the bodies always asked
    routed          whether the bodies of the activity's sector are asked too
    deciding        the office that decides
    signing         the offices that sign the letter of decision, in order
    on_paper        whether they sign it by hand; the director may choose otherwise for one letter
    letter          what the authority calls the letter of a grant; empty for its usual name
    notices         the letters that are sent besides: they conclude nothing and hold nothing up
    host_share      percent of each transfer that the host keeps, where the law fixes it
    host_share_most with it: the law fixes no rate but bounds, of which `host_share` is the lower
    consent         acts that need the consent of every other Party, where the application asks nothing else:
                    "change", "revocation"
    obligations     the conditions precedent and obligations that everything granted of this kind carries
    """

    kind: Kind
    prerequisites: tuple[Kind, ...] = ()
    documents: tuple[DocumentRule, ...] = ()
    questions: tuple[ExtraQuestion, ...] = ()
    bodies: tuple[str, ...] = ()
    routed: bool = False
    deciding: OfficeRule = OfficeRule(function=Function.DECIDER)
    signing: tuple[OfficeRule, ...] = (OfficeRule(function=Function.SIGNER),)
    on_paper: bool = False
    clocks: Mapping[Clock, ClockRule] = field(default_factory=dict)
    fees: tuple[Fee, ...] = ()
    letter: Texts = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    validity: Validity | None = None
    host_share: Decimal | None = None
    host_share_most: Decimal | None = None
    consent: tuple[str, ...] = ()
    obligations: tuple[Requirement, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """One version of one authority's procedure.

    version         "<party or default>/<version>", unique over the installation, such as "GHA/2022-1"
    party           code of the Party; none for the documented default
    as_of           the day on which the sources were read
    in_force_from   the first day on which a new case may be opened under it
    assumptions     place in the file -> why it was assumed
    lists           the lists of activities that requests are checked against, by code
    eligible        the standards and methodologies that are eligible
    contributions   what the Party's contribution (NDC) covers, by implementation period
    told            who outside the authority is told of what was granted, and within how many days
    """

    version: str
    party: str | None
    name: Texts
    as_of: date
    in_force_from: date
    sources: tuple[Source, ...]
    calendar: Calendar
    bodies: Mapping[str, Body]
    handling: Mapping[Kind, Handling]
    assumptions: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, ActivityList] = field(default_factory=dict)
    eligible: Eligible = field(default_factory=Eligible)
    contributions: tuple[Contribution, ...] = ()
    told: Mapping[Recipient, TellingRule] = field(default_factory=lambda: USUAL)

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return in_language(self.name, get_language() or "en")

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of case in use."""
        return frozenset(self.handling)

    def assumes(self, place: str) -> bool:
        """Whether what stands at a place, or the part of the file around it, is assumed; or part of it is."""
        return any(
            place == one or place.startswith(f"{one}.") or one.startswith(f"{place}.")
            for one in self.assumptions
        )
