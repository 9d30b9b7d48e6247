"""Procedure files: what a right one says, and the sentence for each way in which one can be wrong."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Function
from authorisation.clocks import Clock
from authorisation.kinds import Kind
from authorisation.procedures.reading import LARGEST, BadProcedure, read_procedure, text_of
from authorisation.procedures.shape import Majority, Procedure, Silence, Stage, Unit
from tests.authorisation.procedure_files import SMALL, changed


def read(text: str) -> Procedure:
    return read_procedure(text, name="vut.toml")


def faults(text: str) -> list[str]:
    with pytest.raises(BadProcedure) as bad:
        read(text)
    return bad.value.sentences


def test_a_file_says_all_that_a_procedure_is() -> None:
    found = read(SMALL)
    assert (found.version, found.party, found.in_force_from) == ("VUT/2026-1", "VUT", date(2026, 2, 1))
    assert found.calendar.holidays[date(2026, 7, 30)] == "Independence Day"
    assert found.calendar.weekend == {5, 6}
    board = found.bodies["board"]
    assert (board.members, board.quorum, board.majority, board.silence) == (
        3,
        2,
        Majority.SIMPLE,
        Silence.ABSTAINS,
    )
    whole = found.handling[Kind.CONSOLIDATED]
    assert whole.prerequisites == (Kind.NO_OBJECTION,)
    assert whole.routed
    assert [(rule.function, rule.unit) for rule in whole.signing] == [
        (Function.DIRECTOR, ""),
        (Function.SIGNER, "minister"),
    ]
    assert whole.deciding.title == {"en": "Department of climate change"}
    assert (whole.clocks[Clock.REVIEW].days, whole.clocks[Clock.REVIEW].unit) == (20, Unit.WORKING)
    assert whole.clocks[Clock.COMPLETENESS].escalate_to == Function.DIRECTOR
    (fee,) = whole.fees
    assert (fee.stage, fee.amount, fee.currency) == (Stage.SUBMISSION, Decimal("150.50"), "VUV")
    assert fee.is_due_from("CHE", at_home="VUT")
    assert not fee.is_due_from("VUT", at_home="VUT")
    assert whole.documents[0].stage == Stage.REVIEW
    assert (whole.host_share, whole.host_share_most) == (Decimal(2), Decimal(5))
    validity = found.handling[Kind.NO_OBJECTION].validity
    assert validity is not None
    assert (validity.months, validity.remind) == (18, (60,))
    assert found.assumptions["clocks.review"] == "The Act gives no days."


def test_a_clock_of_a_kind_stands_in_the_place_of_the_one_for_all() -> None:
    own = '[kinds.no_objection.clocks.review]\ndays = 14\nunit = "calendar"\nowner = "board"\n'
    found = read(SMALL + "\n" + own + 'escalate_to = "director"\n')
    assert found.handling[Kind.NO_OBJECTION].clocks[Clock.REVIEW].days == 14
    assert found.handling[Kind.CONSOLIDATED].clocks[Clock.REVIEW].days == 20


_BODY = '[bodies.board]\nname = { en = "Climate board" }\n'
_REVIEW = '[clocks.review]\ndays = 20\nunit = "working"\nowner = "board"\nescalate_to = "director"\n'
_SIGNS = 'signing = [{ function = "signer", unit = "minister" }]\n'
_DECIDES = 'deciding = { function = "decider", unit = "department" }\n'

WRONG: dict[str, tuple[str, str, str]] = {
    "no TOML": ('version = "VUT/2026-1"', "version = VUT", "this is no TOML:"),
    "an unknown key": (
        "quorum = 2",
        "quorom = 2",
        "bodies.board.quorom: “quorom” is no known key here; do you mean “quorum”?",
    ),
    "an unknown key at the top": (
        "[assumptions]",
        "[asumptions]",
        "asumptions: “asumptions” is no known key",
    ),
    "a key missing": ('name = { en = "Climate board" }\n', "", "bodies.board.name: this must be given"),
    "a state": (
        _BODY,
        '[kinds.no_objection.states]\nwaiting = "for the board"\n' + _BODY,
        "kinds.no_objection.states: a procedure adds no state and no step",
    ),
    "a step": (
        "validity = {",
        'transitions = ["fast_track"]\nvalidity = {',
        "kinds.no_objection.transitions: a procedure adds no state and no step",
    ),
    "an unknown Party": ('party = "VUT"', 'party = "VVV"', "party: “VVV” is no known code of a Party."),
    "a version of another Party": (
        "VUT/2026-1",
        "GHA/2026-1",
        "version: “GHA/2026-1” does not begin with the Party, “VUT/”.",
    ),
    "a version without a name": ("VUT/2026-1", "VUT", "version: “VUT” names no version"),
    "a Party's version without a Party": (
        'party = "VUT"\n',
        "",
        "version: “VUT/2026-1” is of a Party, and no party is given.",
    ),
    "no date": (
        "as_of = 2026-01-15",
        'as_of = "2026-01-15"',
        "as_of: “2026-01-15” stands here; expected is a date without quotation marks",
    ),
    "no such date": ("2026-01-15", "2026-02-30", "this is no TOML:"),
    "no source": (
        '[[sources]]\ntitle = "Made-up Act"\ncitation = "Section 6"\naddress = "https://example.org/act"\n',
        "sources = []\n",
        "sources: no law, manual or page is named on which the procedure rests.",
    ),
    "an address that is none": ("https://example.org", "example.org", "sources.1.address: “example.org/act”"),
    "an unknown language": (
        'fr = "Procédure',
        'xx = "Procédure',
        "name: {'en'",
    ),
    "an unknown body": (
        'bodies = ["board"]\nrouted',
        'bodies = ["bord"]\nrouted',
        "kinds.consolidated.bodies: “bord” is no known body; do you mean “board”?",
    ),
    "a body named twice": (
        'bodies = ["board"]\nrouted',
        'bodies = ["board", "board"]\nrouted',
        "kinds.consolidated.bodies: “board” is named twice.",
    ),
    "a body that nobody asks": (
        "routed = true\n",
        "",
        "bodies.forestry: no kind of case goes to this body.",
    ),
    "a body with the name of a function": (
        "[bodies.forestry]",
        "[bodies.signer]",
        "bodies.signer: a body cannot be called “signer”",
    ),
    "a body without a code": (
        "[bodies.forestry]",
        '[bodies."For Estry"]',
        "bodies.For Estry: “For Estry” is no",
    ),
    "an unknown sector": (
        '["Forestry and land use"]',
        '["Forestry"]',
        "bodies.forestry.sectors: “Forestry” is no known sector",
    ),
    "a quorum above the members": (
        "quorum = 2",
        "quorum = 4",
        "bodies.board.quorum: 4 members must have voted, and the body has only 3",
    ),
    "an unknown majority": (
        'majority = "simple"',
        'majority = "most"',
        "bodies.board.majority: “most” stands here; expected is one of: simple, two_thirds, consensus.",
    ),
    "an unknown silence": (
        'silence = "abstains"',
        'silence = "agrees"',
        "bodies.board.silence: “agrees” stands here; expected is one of: waits, favourable, abstains.",
    ),
    "an unknown kind": (
        "[kinds.no_objection]",
        "[kinds.no_objections]",
        "kinds.no_objections: “no_objections” is no known kind of case; do you mean “no_objection”?",
    ),
    "an unknown prerequisite": (
        'prerequisites = ["no_objection"]',
        'prerequisites = ["permit"]',
        "kinds.consolidated.prerequisites: “permit” is no known kind of case",
    ),
    "a prerequisite not in use": (
        'prerequisites = ["no_objection"]',
        'prerequisites = ["intent"]',
        "kinds.consolidated.prerequisites: “intent” must be in force before, and that kind is not in use",
    ),
    "a circular prerequisite": (
        "[kinds.no_objection]\n",
        '[kinds.no_objection]\nprerequisites = ["consolidated"]\n',
        (
            "kinds.no_objection.prerequisites: circular prerequisite: "
            "no_objection → consolidated → no_objection."
        ),
    ),
    "itself as a prerequisite": (
        "[kinds.no_objection]\n",
        '[kinds.no_objection]\nprerequisites = ["no_objection"]\n',
        "kinds.no_objection.prerequisites: circular prerequisite: no_objection → no_objection.",
    ),
    "nobody decides": (_DECIDES, "", "kinds.no_objection.deciding: this must be given, and is not."),
    "nobody signs": (
        _SIGNS,
        "signing = []\n",
        "kinds.no_objection.signing: dead end: no office signs, so no letter could ever be issued.",
    ),
    "one office signs twice": (
        _SIGNS,
        _SIGNS.replace("}]", '}, { function = "signer", unit = "minister" }]'),
        "kinds.no_objection.signing: “signer minister” stands here twice.",
    ),
    "an unknown function": (
        'function = "decider", unit = "department" }',
        'function = "king", unit = "department" }',
        "kinds.no_objection.deciding.function: “king” stands here; expected is one of: desk_officer,",
    ),
    "the desk decides": (
        'function = "decider", unit = "department" }',
        'function = "desk_officer", unit = "department" }',
        "kinds.no_objection.deciding.function: a desk_officer neither decides nor signs",
    ),
    "offices that cannot be told apart": (
        '[{ function = "signer", unit = "minister" }]',
        '[{ function = "signer" }]',
        "kinds.no_objection.signing.1.unit: without a unit this means the office of the unit “minister” too.",
    ),
    "no body for the sector": (
        'sectors = ["Forestry and land use"]\n',
        "",
        "kinds.consolidated.routed: dead end: the case goes to the body of its sector, and no body has",
    ),
    "a sector without a body": (
        'bodies = ["board"]\nrouted',
        "bodies = []\nrouted",
        "kinds.consolidated.routed: dead end: no body has the sector “Agriculture”",
    ),
    "a clock missing": (
        _REVIEW,
        "",
        "kinds.no_objection.clocks.review: dead end: this clock is missing",
    ),
    "an unknown clock": (
        "[clocks.review]",
        "[clocks.revue]",
        "clocks.revue: “revue” is no known clock; do you mean “review”?",
    ),
    "a clock without an owner": (
        'owner = "board"\n',
        "",
        "clocks.review.owner: the clock has no owner: whoever lets it run out must be named.",
    ),
    "a clock with an unknown owner": (
        'owner = "board"\n',
        'owner = "bored"\n',
        (
            "kinds.no_objection.clocks.review.owner: “bored” is no known owner of a clock of this kind; "
            "do you mean “board”?"
        ),
    ),
    "a clock of the authority owned by the applicant": (
        'owner = "board"\n',
        'owner = "applicant"\n',
        (
            "kinds.no_objection.clocks.review.owner: "
            "in this clock the authority is waited on, not the applicant."
        ),
    ),
    "a clock of the applicant owned by the authority": (
        'days = 30\nunit = "calendar"\nowner = "applicant"',
        'days = 30\nunit = "calendar"\nowner = "decider"',
        "kinds.no_objection.clocks.applicant.owner: the applicant is waited on in this clock",
    ),
    "nobody told when the time has run out": (
        'owner = "board"\nescalate_to = "director"\n',
        'owner = "board"\n',
        "kinds.no_objection.clocks.review.escalate_to: dead end: nobody is told",
    ),
    "negative days": (
        "days = 20",
        "days = -20",
        "clocks.review.days: -20 stands here; expected is a whole number of at least 1.",
    ),
    "half a day": (
        "days = 20",
        "days = 2.5",
        "clocks.review.days: 2.5 stands here; expected is a whole number",
    ),
    "days of an unknown unit": (
        'days = 20\nunit = "working"',
        'days = 20\nunit = "business"',
        "clocks.review.unit: “business” stands here; expected is one of: calendar, working.",
    ),
    "a reminder before the beginning": (
        "remind = [14]",
        "remind = [120]",
        "kinds.no_objection.clocks.retention.remind: a reminder 120 days before the end of 90 days",
    ),
    "holidays out of order": (
        '2026-07-30 = "Independence Day"',
        '2026-03-01 = "Another day"',
        "calendar.holidays.2026-03-01: the holidays are not in the order of their days.",
    ),
    "a holiday twice": ('2026-07-30 = "Ind', '2026-03-05 = "Ind', "this is no TOML:"),
    "a holiday outside the years": (
        "2026-07-30",
        "2029-07-30",
        "calendar.holidays.2029-07-30: the holiday is in none of the years 2026 to 2027.",
    ),
    "a holiday that is no date": (
        "2026-07-30",
        "30-July",
        "calendar.holidays.30-July: “30-July” is no date, such as 2026-03-06.",
    ),
    "holidays of no years": (
        "years = [2026, 2027]\n",
        "",
        "calendar.years: the holidays are listed, and of which years they are is not said.",
    ),
    "years the wrong way round": (
        "[2026, 2027]",
        "[2027, 2026]",
        "calendar.years: the first and the last year of the holidays are expected here.",
    ),
    "an unknown day of the week": (
        '["saturday", "sunday"]',
        '["saterday", "sunday"]',
        "calendar.weekend: “saterday” is no known day of the week; do you mean “saturday”?",
    ),
    "no working day": (
        '["saturday", "sunday"]',
        '["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]',
        "calendar.weekend: no day of the week is left on which anybody works.",
    ),
    "an unknown stage of a document": (
        'stage = "review"',
        'stage = "revue"',
        (
            "kinds.consolidated.documents.1.stage: “revue” stands here; "
            "expected is one of: submission, review, decision, letter."
        ),
    ),
    "a type of document that is none": (
        'type = "activity-design"',
        'type = "Activity design"',
        "kinds.consolidated.documents.1.type: “Activity design” is no type",
    ),
    "an unknown currency": (
        '"VUV"',
        '"VAT"',
        "kinds.consolidated.fees.1.currency: “VAT” is no currency",
    ),
    "a fee with half a cent": (
        "150.50",
        "150.505",
        (
            "kinds.consolidated.fees.1.amount: 150.505 stands here; expected is a number above 0 "
            "with at most 2 decimals."
        ),
    ),
    "a fee that is paid out": ("150.50", "-1", "kinds.consolidated.fees.1.amount: -1 stands here"),
    "an unknown payer": ('"foreigners"', '"strangers"', "kinds.consolidated.fees.1.applies_to: “strangers”"),
    "a share above all": (
        "host_share = 2",
        "host_share = 200",
        "kinds.consolidated.host_share: 200 stands here; expected is a number above 0, at most 100",
    ),
    "bounds the wrong way round": (
        "host_share = 2",
        "host_share = 7",
        "kinds.consolidated.host_share_most: the lower bound, host_share, is missing or above it.",
    ),
    "nothing in force for no months": (
        "months = 18",
        "months = 0",
        "kinds.no_objection.validity.months: 0 stands here; expected is a whole number of at least 1.",
    ),
    "a reminder before anything is in force": (
        "months = 18, remind = [60]",
        "months = 1, remind = [60]",
        "kinds.no_objection.validity.remind: 60 days before the end it has not begun yet.",
    ),
    "an assumption about nothing": (
        '"clocks.review" = "The Act',
        '"clocks.reviews" = "The Act',
        "assumptions.clocks.reviews: this names no place in the file.",
    ),
    "a table where a text belongs": (
        'citation = "Section 6"',
        "citation = { section = 6 }",
        "sources.1.citation: {'section': 6} stands here; expected is a text in quotation marks.",
    ),
    "a text where a table belongs": (
        'deciding = { function = "decider", unit = "department" }\nsigning',
        'deciding = "decider"\nsigning',
        "kinds.no_objection.deciding: “decider” stands here; expected is a table",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_refused_with_its_name_the_key_and_the_fault(wrong: str) -> None:
    before, after, sentence = WRONG[wrong]
    found = faults(changed((before, after)))
    assert all(one.startswith("vut.toml: ") for one in found)
    assert any(one.startswith(f"vut.toml: {sentence}") for one in found), found


def test_a_casting_vote_needs_a_vote_by_simple_majority() -> None:
    assert read(changed((_BODY, _BODY + "casting_vote = true\n"))).bodies["board"].casting_vote
    wrong = changed((_BODY, _BODY + "casting_vote = true\n"), ('"simple"', '"consensus"'))
    assert faults(wrong) == [
        (
            "vut.toml: bodies.board.casting_vote: a casting vote decides only where several members vote "
            "with a simple majority."
        )
    ]


def test_a_question_and_an_item_of_a_sheet_stand_once() -> None:
    item = '[[bodies.board.sheet]]\ncode = "a"\nquestion = { en = "A?" }\n'
    question = '[[kinds.consolidated.questions]]\ncode = "land"\nquestion = { en = "Again?" }\n'
    assert faults(f"{SMALL}\n{item}{item}{question}") == [
        "vut.toml: bodies.board.sheet: “a” stands here twice.",
        "vut.toml: kinds.consolidated.questions: “land” stands here twice.",
    ]


def test_everything_that_is_wrong_is_said_at_once_and_each_once() -> None:
    found = faults(
        changed(
            ("quorum = 2", "quorom = 2"),
            ("days = 20", "days = -1"),
            ('"VUV"', '"VAT"'),
            ('prerequisites = ["no_objection"]', 'prerequisites = ["intent"]'),
            ('owner = "desk_officer"\n', ""),
        )
    )
    assert sorted(one.split(": ")[1] for one in found) == [
        "bodies.board.quorom",
        "clocks.completeness.owner",
        "clocks.review.days",
        "kinds.consolidated.fees.1.currency",
        "kinds.consolidated.prerequisites",
    ]


def test_a_file_that_is_no_text_or_too_large_is_refused() -> None:
    for content in (b"\xff\xfe", b"x" * (LARGEST + 1)):
        with pytest.raises(BadProcedure) as bad:
            text_of(content, name="vut.toml")
        assert bad.value.sentences[0].startswith("vut.toml: ")


def test_no_text_makes_the_reader_stumble() -> None:
    for text in (
        "",
        "kinds = 1",
        "[[kinds]]",
        "[kinds]\nno_objection = []",
        "bodies = [1]",
        "clocks = 1979-05-27",
    ):
        assert faults(text)
