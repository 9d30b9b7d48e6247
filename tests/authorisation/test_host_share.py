"""The share of each transfer that the host keeps: a grant keeps it, or says why it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

import pytest

from accounts.models import Function
from authorisation.host_share import bounds_of, keeps, with_share
from authorisation.kinds import Kind
from authorisation.models import Case, Decision
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import Handling
from authorisation.services import decisions
from authorisation.terms import Terms
from tests.authorisation.factories import asked, in_decision, two_staffs
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

BOUNDED = replace(BUILT_IN.handling[Kind.CONSOLIDATED], host_share=Decimal(3), host_share_most=Decimal(10))
FIXED = replace(BOUNDED, host_share_most=None)


@pytest.mark.parametrize(
    ("handling", "percent", "kept"),
    [
        (BOUNDED, None, False),
        (BOUNDED, "2.9999", False),
        (BOUNDED, "3", True),
        (BOUNDED, "10", True),
        (BOUNDED, "10.0001", False),
        (FIXED, "3", True),
        (FIXED, "3.0", True),
        (FIXED, "5", False),
        (BUILT_IN.handling[Kind.CONSOLIDATED], None, True),
        (BUILT_IN.handling[Kind.CONSOLIDATED], "50", True),
        (replace(BOUNDED, kind=Kind.NO_OBJECTION), None, True),
    ],
)
def test_what_keeps_the_share(handling: Handling, percent: str | None, kept: bool) -> None:
    assert keeps(Terms(host_retention_percent=percent), handling) == kept


def test_the_lower_bound_is_added_where_nothing_is_said_and_only_there() -> None:
    assert with_share(Terms(), BOUNDED).host_retention_percent == "3"
    assert with_share(Terms(host_retention_percent="7"), BOUNDED).host_retention_percent == "7"
    assert with_share(Terms(), BUILT_IN.handling[Kind.CONSOLIDATED]).host_retention_percent is None
    assert bounds_of(FIXED) == (Decimal(3), Decimal(3))


@contextmanager
def keeping_a_share() -> Iterator[None]:
    terms = replace(BUILT_IN, handling={**BUILT_IN.handling, Kind.CONSOLIDATED: BOUNDED})
    with patch.dict("authorisation.procedures.SHIPPED", {BUILT_IN.version: terms}):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_grant_without_the_share_is_refused_and_with_a_reason_decided() -> None:
    with keeping_a_share():
        ours, _theirs = two_staffs()
        case = in_decision(ours)
        without = asked(case)
        with pytest.raises(Refused) as refused:
            decisions.approve(case, act=ours.act(Function.DECIDER), granted=without)
        (reason,) = refused.value.reasons
        assert (refused.value.kind, reason.code) == (Refusal.RULE, "host-share")
        assert (
            str(reason) == "The host keeps 0 per cent of each transfer; its procedure sets 3 to 10 per cent."
        )
        assert "reason for deviating" in reason.mend_text
        assert (Case.objects.get(pk=case.pk).state, Decision.objects.count()) == ("in_decision", 0)

        # Reasons for withholding something are none for leaving the host without its share.
        part = without.model_copy(update={"volumes": {2026: 500}})
        with pytest.raises(Refused) as refused:
            decisions.approve_in_part(
                case, act=ours.act(Function.DECIDER), granted=part, reasons=["The baseline is not shown."]
            )
        assert [reason.code for reason in refused.value.reasons] == ["host-share"]
        assert Decision.objects.count() == 0

        case = decisions.approve(
            case, act=ours.act(Function.DECIDER), granted=without, share_reason="Resolution 7 of 2026."
        )
        assert case.state == "letter_due"
        assert Decision.objects.get().reasons == ["Resolution 7 of 2026."]


@pytest.mark.django_db(transaction=True)
def test_approving_all_leaves_the_host_its_share_unasked() -> None:
    with keeping_a_share():
        ours, _theirs = two_staffs()
        case = decisions.approve(in_decision(ours), act=ours.act(Function.DECIDER))
        granted = Terms.model_validate_json(case.decisions.get().granted)
        assert granted.host_retention_percent == "3"
