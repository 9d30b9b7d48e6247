"""Setting the budget of an NDC period and the caps of its sectors."""

import json
from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Function
from audit.models import Event
from audit.trail import events_of
from authorisation import proposals, volumes
from authorisation.models import Case, Ceiling, Entry
from authorisation.parts import Cap
from authorisation.services import decisions
from authorisation.services.ceilings import CeilingSet, set_ceiling
from authorisation.terms import Form, Part
from letters.comparing import requested_and_granted
from letters.content import CapArithmetic
from tests.authorisation.factories import Staff, asked, content, in_decision, in_review, two_staffs
from workflow.actors import SYSTEM
from workflow.refusals import Kind, Refused

pytestmark = pytest.mark.django_db


def given(case: Case, tonnes: int, **changes: Any) -> CeilingSet:
    assert case.ndc_period is not None
    sound = CeilingSet(
        period=case.ndc_period, tonnes=tonnes, reason="Kept for the unconditional part.", source="Act 5, s. 2"
    )
    return replace(sound, **changes)


def setting(staff: Staff, what: CeilingSet, function: Function = Function.DIRECTOR) -> Ceiling:
    return set_ceiling(staff.authority, what, actor=staff.holding(function), clock=staff.clock)


def refused(staff: Staff, what: CeilingSet, function: Function = Function.DIRECTOR) -> tuple[Kind, list[str]]:
    """Why it is refused; nothing has changed."""
    before = (list(Ceiling.objects.values()), Event.objects.count(), Entry.objects.count())
    with pytest.raises(Refused) as caught:
        setting(staff, what, function)
    assert (list(Ceiling.objects.values()), Event.objects.count(), Entry.objects.count()) == before
    assert all(str(reason) and reason.mend_text for reason in caught.value.reasons)
    return caught.value.kind, [reason.code for reason in caught.value.reasons]


def test_the_system_sets_one_too() -> None:
    ours, _theirs = two_staffs()
    made = set_ceiling(ours.authority, given(in_review(ours), 2100), actor=SYSTEM, clock=ours.clock)
    assert (made.authority, made.tonnes) == (ours.authority, 2100)


def test_a_new_ceiling_counts_what_is_already_held_and_then_holds() -> None:
    ours, theirs = two_staffs()
    other = in_decision(theirs)
    decisions.approve(other, act=theirs.act(Function.DECIDER))
    case = decisions.approve(in_decision(ours), act=ours.act(Function.DECIDER))
    assert case.activity is not None
    assert refused(ours, given(case, 2099)) == (Kind.RULE, ["ceiling-below"])

    national = setting(ours, given(case, 2100))
    sector = setting(ours, given(case, 2500, sector=case.activity.sector))
    elsewhere = setting(ours, given(case, 10, sector="Waste management"))
    assert [(one.reserved, one.authorised) for one in (national, sector, elsewhere)] == [
        (2100, 0),
        (2100, 0),
        (0, 0),
    ]
    assert [(one.case, one.tonnes) for one in national.entries.all()] == [(case, 2100)]
    more = in_decision(ours, content(request={"volumes_tco2e": {"2028": 1}}))
    with pytest.raises(Refused) as caught:
        decisions.approve(more, act=ours.act(Function.DECIDER))
    assert [reason.code for reason in caught.value.reasons] == ["ceiling"]
    assert Case.objects.get(pk=more.pk).state == "in_decision"

    setting(ours, given(case, 2101))
    decisions.approve(more, act=ours.act(Function.DECIDER))
    national.refresh_from_db()
    assert (national.tonnes, national.reserved) == (2101, 2101)
    assert refused(ours, given(case, 2100)) == (Kind.RULE, ["ceiling-below"])
    assert volumes.reserved_by(case)[national.pk] == 2100


def test_reason_and_source_stand_in_the_trail_of_the_authority() -> None:
    ours, _theirs = two_staffs()
    case = in_review(ours)
    setting(ours, given(case, 10))
    setting(ours, given(case, 20, reason="Raised.", source="Act 6"))
    told = events_of(ours.authority.trail_stream).filter(action="set_ceiling")
    assert [(one.reason, json.loads(one.facts)) for one in told] == [
        (reason, {**fixed, "tonnes": tonnes, "before": before, "source": source})
        for fixed in [{"scope": "national", "sector": "", "first_year": 2021, "last_year": 2030}]
        for reason, tonnes, before, source in (
            ("Kept for the unconditional part.", 10, None, "Act 5, s. 2"),
            ("Raised.", 20, 10, "Act 6"),
        )
    ]


def test_only_whoever_directs_the_authority_sets_a_ceiling_of_its_own_party() -> None:
    ours, theirs = two_staffs()
    case, other = in_review(ours), in_review(theirs)
    for function in Function:
        if function != Function.DIRECTOR:
            assert refused(ours, given(case, 10), function) == (Kind.ROLE, ["role"])
    with pytest.raises(Refused) as caught:
        set_ceiling(
            ours.authority,
            given(case, 10),
            actor=theirs.holding(Function.DIRECTOR),
            clock=ours.clock,
        )
    assert caught.value.kind == Kind.ROLE
    assert refused(ours, given(other, 10)) == (Kind.RULE, ["period"])
    assert not Ceiling.objects.filter(scope__gte=Ceiling.Scope.SECTOR).exists()


def test_all_that_is_missing_is_said_at_once() -> None:
    ours, _theirs = two_staffs()
    what = given(in_review(ours), 10, reason=" ", source="", sector="Banking")
    assert refused(ours, what) == (Kind.RULE, ["sector", "reason", "source"])


# -- cited by a decision -------------------------------------------------------------------------------


def test_a_part_by_the_cap_of_the_sector_shows_what_is_free_and_its_letter_the_same() -> None:
    ours, _theirs = two_staffs()
    first = decisions.approve(
        in_decision(ours, content(request={"volumes_tco2e": {"2027": 500}})), act=ours.act(Function.DECIDER)
    )
    case = in_decision(ours)
    assert case.activity is not None
    wanted = asked(case).model_copy(update={"volumes": {2026: 600, 2027: 500}})
    cited = wanted.model_copy(update={"parts": (Part(form=Form.SECTOR_CAP),)})
    unset = proposals.findings_on_decision(case, cited)
    assert [(one.rule, one.blocks) for one in unset] == [("A2", True)]

    setting(ours, given(first, 1500, sector=case.activity.sector))
    (one,) = proposals.parts_of(case, cited)
    assert isinstance(one, Cap)
    assert (one.ceiling, one.held, one.free, one.requested, one.granted) == (1500, 500, 1000, 2100, 1100)
    with pytest.raises(Refused) as caught:
        decisions.approve_in_part(case, act=ours.act(Function.DECIDER), granted=cited, reasons=["Cap."])
    assert [reason.code for reason in caught.value.reasons] == ["A2"]
    fitting = cited.model_copy(update={"volumes": {2026: 600, 2027: 400}})
    case = decisions.approve_in_part(
        case, act=ours.act(Function.DECIDER), granted=fitting, reasons=["The cap of the sector."]
    )
    decision = case.decisions.get()
    assert case.activity is not None
    (said,) = requested_and_granted(case, decision, "en").arithmetic
    assert said == CapArithmetic(
        form="sector_cap",
        name=case.activity.sector,
        ceiling=1500,
        held=500,
        free=1000,
        requested=2100,
        granted=1000,
    )


def test_whoever_directs_proves_at_the_act_who_they_are() -> None:
    ours, _theirs = two_staffs()
    case = in_decision(ours)
    late = replace(ours.holding(Function.DIRECTOR), proof=None)
    before = (Ceiling.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as caught:
        set_ceiling(ours.authority, given(case, 5000), actor=late, clock=ours.clock)
    assert [reason.code for reason in caught.value.reasons] == ["proof"]
    assert (Ceiling.objects.count(), Event.objects.count()) == before
    assert setting(ours, given(case, 5000)).tonnes == 5000
