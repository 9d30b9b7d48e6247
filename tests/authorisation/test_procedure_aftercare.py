"""What a procedure file says of the time after the letter, and the sentence for each way to get it wrong."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Function
from authorisation.kinds import Kind
from authorisation.procedures.reading import BadProcedure, read_procedure
from authorisation.procedures.shape import Procedure
from authorisation.recipients import USUAL, Recipient
from authorisation.requirements import Since, Sort, as_json, from_json
from tests.authorisation.procedure_files import AFTERCARE, SMALL


def read(text: str) -> Procedure:
    return read_procedure(f"{SMALL}\n{text}", name="vut.toml")


def test_a_file_says_what_is_asked_of_holders() -> None:
    found = {one.code: one for one in read(AFTERCARE).handling[Kind.CONSOLIDATED].obligations}
    assert list(found) == [
        "community_agreement", "progress_report", "start", "plan", "fee_at_issuance", "first_issuance_report",
    ]  # fmt: skip
    assert found["community_agreement"].sort == Sort.CONDITION
    assert found["community_agreement"].evidence == {"en": "the agreement as registered"}
    report = found["progress_report"]
    assert (report.sort, report.months, report.every, report.remind) == (Sort.OBLIGATION, 6, 6, (30, 7))
    assert (report.since, report.escalate_to) == (Since.GRANT, Function.DIRECTOR)
    assert found["start"].escalate_to == Function.DESK_OFFICER
    assert found["plan"].on == date(2027, 6, 30)
    fee = found["fee_at_issuance"]
    assert (fee.since, fee.days, fee.amount, fee.currency, fee.per_tonne) == (
        Since.ISSUANCE, 30, Decimal("0.2"), "USD", True,
    )  # fmt: skip
    assert found["first_issuance_report"].once


def test_what_was_kept_with_a_decision_is_read_back_as_it_was() -> None:
    for one in read(AFTERCARE).handling[Kind.CONSOLIDATED].obligations:
        assert from_json(as_json(one)) == one


def test_who_is_told_is_the_usual_where_the_file_says_nothing() -> None:
    assert read("").told == USUAL
    told = read(AFTERCARE).told
    assert (told[Recipient.COUNTERPART].days, told[Recipient.COUNTERPART].basis) == (
        10,
        "Agreement, article 7",
    )
    assert not told[Recipient.STANDARD].needed
    assert told[Recipient.PLATFORM] == USUAL[Recipient.PLATFORM]


_AT = "kinds.consolidated.obligations"
WRONG: dict[str, tuple[str, str, str]] = {
    "no day": ("months = 12\n", "", f"{_AT}.3.months: when it falls due is not said"),
    "two days": ("months = 12\n", "months = 12\ndays = 3\n", f"{_AT}.3.on: only one of on, months and days"),
    "a condition that recurs": (
        'basis = "Made-up Act, section 9"\n',
        "every = 6\n",
        f"{_AT}.1.every: a condition precedent is met once",
    ),
    "a condition after an issuance": (
        'basis = "Made-up Act, section 9"\n',
        'since = "issuance"\n',
        f"{_AT}.1.since: what holds back the effect of an authorisation cannot wait for an issuance.",
    ),
    "an issuance on a fixed day": (
        "days = 60\n",
        "on = 2027-01-01\n",
        f"{_AT}.6.on: what follows an issuance has no fixed day.",
    ),
    "an issuance that recurs": (
        "days = 60\n",
        "days = 60\nevery = 3\n",
        f"{_AT}.6.every: what follows an issuance falls due again with the next one.",
    ),
    "once without an issuance": (
        "months = 12\n",
        "months = 12\nonce = true\n",
        f"{_AT}.3.once: only what follows an issuance",
    ),
    "an amount without a currency": (
        'currency = "USD"\n',
        "",
        f"{_AT}.5.amount: an amount and its currency are given together.",
    ),
    "an unknown currency": ('"USD"', '"USX"', f"{_AT}.5.currency: “USX” is no currency"),
    "so much for each tonne of nothing": (
        "months = 12\n",
        'months = 12\namount = 1\ncurrency = "USD"\nper_tonne = true\n',
        f"{_AT}.3.per_tonne: an amount for each tonne is counted from what an issuance brings.",
    ),
    "how much for each tonne": (
        'amount = 0.2\ncurrency = "USD"\n',
        "",
        f"{_AT}.5.per_tonne: how much is to be paid for each tonne is not said.",
    ),
    "an unknown sort": ('"condition"', '"precedent"', f"{_AT}.1.sort: “precedent” stands here"),
    "an unknown beginning": ('"issuance"', '"transfer"', f"{_AT}.5.since: “transfer” stands here"),
    "passed on to a signer": ('"desk_officer"', '"signer"', f"{_AT}.3.escalate_to: “signer” stands here"),
    "an unknown key": ("every = 6", "evry = 6", f"{_AT}.2.evry: “evry” is no known key here"),
    "one code twice": ('code = "start"', 'code = "plan"', f"{_AT}: “plan” stands here twice."),
    "reminded before it began": (
        "remind = [30, 7]",
        "remind = [200]",
        f"{_AT}.2.remind: 200 days before it falls due it has not begun yet.",
    ),
    "of a kind that authorises nothing": (
        '[[kinds.consolidated.obligations]]\ncode = "plan"',
        '[[kinds.no_objection.obligations]]\ncode = "plan"',
        "kinds.no_objection.obligations: this kind authorises nothing, so nothing can be asked of a holder.",
    ),
    "an unknown recipient": (
        "[told.counterpart]",
        "[told.counterparty]",
        "told.counterparty: “counterparty” is no known recipient; do you mean “counterpart”?",
    ),
    "told before anything happened": (
        "days = 10\n",
        "days = 0\n",
        "told.counterpart.days: 0 stands here; expected is a whole number of at least 1.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_refused_with_the_key_and_the_fault(wrong: str) -> None:
    before, after, sentence = WRONG[wrong]
    assert before in AFTERCARE
    text = AFTERCARE.replace(before, after)
    with pytest.raises(BadProcedure) as bad:
        read(text)
    assert any(one.startswith(f"vut.toml: {sentence}") for one in bad.value.sentences), bad.value.sentences
