"""The rules over what the use-cases have recorded: nothing that is recorded stands against a rule."""

import pytest

from accounts.models import Function
from authorisation import proposals
from authorisation.first_transfer import Outcome
from authorisation.models import Authorisation, FirstTransfer, IssuedVintage, Use
from authorisation.rules import findings_on_record
from authorisation.rules_of_records import FirstTransferred, Issued, Record, Used
from authorisation.services import decisions
from authorisation.standing import authorised_on, terms_in_force
from tests.authorisation.factories import asked, concluded, in_decision, two_staffs
from tests.authorisation.test_outcomes import asking, authorised, fresh, issue, transfer, use

pytestmark = pytest.mark.django_db


def _issuance(row: IssuedVintage) -> Issued:
    """Of an issuance by the mechanism all that is issued counts, authorised or not."""
    return Issued(
        vintage=row.vintage,
        authorised=row.tonnes,
        by_mechanism=row.recording.registry == "mechanism",
        adaptation=row.adaptation,
        overall_mitigation=row.omge,
        first_transferred=row.adaptation + row.omge,
    )


def _transfer(found: Authorisation, row: FirstTransfer) -> FirstTransferred:
    terms, recording = terms_in_force(found), row.recording
    outcome = Outcome(
        vintage=row.line.vintage,
        for_ndc=terms.for_ndc,
        for_oimp=terms.for_oimp,
        definition=terms.first_transfer_definition,
        authorised_on=authorised_on(found),
        issued_on=IssuedVintage.objects.get(vintage=row.line.vintage).recording.on,
        transferred_on=recording.on if recording.kind == "first_transfer" else None,
        used_or_cancelled_on=recording.on if recording.kind in ("use", "cancellation") else None,
    )
    return FirstTransferred(outcome=outcome, on=row.on, adjusted_in=row.line.vintage)


def _codes(record: Record) -> list[str]:
    return [finding.rule for finding in findings_on_record(record)]


def test_what_the_mechanism_takes_of_an_issuance_is_what_rule_a9_asks_for() -> None:
    ours, _theirs = two_staffs()
    found = authorised(ours, asking(tracking_registry="mechanism"))
    issue(ours, found.activity, {2026: 901})
    row = IssuedVintage.objects.get()
    assert _issuance(row).by_mechanism
    assert _codes(_issuance(row)) == []
    (line,) = found.lines.filter(vintage=2026)
    shares = sum(one.tonnes for one in line.first_transfers.exclude(share=""))
    assert (
        _codes(
            Issued(
                vintage=2026,
                authorised=line.issued,
                by_mechanism=True,
                adaptation=line.first_transfers.get(share="adaptation").tonnes,
                overall_mitigation=line.first_transfers.get(share="omge").tonnes,
                first_transferred=shares,
            )
        )
        == []
    )


def test_outside_the_mechanism_nothing_is_taken_and_transfer_and_use_keep_the_rules() -> None:
    ours, _theirs = two_staffs()
    found = authorised(ours)
    issue(ours, found.activity, {2026: 600})
    assert _codes(_issuance(IssuedVintage.objects.get())) == []
    transfer(ours, found, {2026: 100})
    use(ours, found, {2026: 40})
    for row in FirstTransfer.objects.all():
        assert _codes(_transfer(found, row)) == []
    recorded = Use.objects.get()
    period = recorded.line.case.ndc_period
    assert period is not None
    assert (
        _codes(
            Used(
                vintage=2026,
                on=recorded.recording.on,
                towards_ndc=True,
                used_for=recorded.for_year,
                first_year=period.first_year,
                last_year=period.last_year,
                last_on=terms_in_force(fresh(found)).last_use_on,
            )
        )
        == []
    )


def test_rule_a8_tells_before_the_grant_what_it_will_transfer() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours, asking("Authorisation"))
    assert case.activity is not None
    issue(ours, case.activity, {2026: 700}, on=ours.clock.now().date())
    told = [one for one in proposals.findings_on_decision(case, asked(case)) if one.rule == "A8"]
    assert [(one.informs, one.blocks, dict(one.reason.values)) for one in told] == [
        (True, False, {"tonnes": 600, "vintage": 2026})
    ]
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    found = concluded(ours, case)
    (row,) = FirstTransfer.objects.all()
    assert (row.tonnes, row.on) == (600, authorised_on(found))
    assert _codes(_transfer(found, row)) == []
