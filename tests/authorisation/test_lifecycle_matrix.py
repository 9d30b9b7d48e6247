"""Who may do what where: every cell of state, transition, role and kind, against tables written by hand.

The tables say what the law of the house is, one line per transition, and know nothing of the
declarations. Nothing here touches a database: records are built in memory and never stored.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, cast

import django_fsm
import pytest
from django.apps import apps
from django.db import models
from django.template import Context, Engine
from django_fsm import TransitionNotAllowed

from authorisation.kinds import WITH_FEES, Initiative, Kind
from authorisation.lifecycle import CLOCK, ENDED, WAITING_ON, State
from authorisation.lifecycle_of_announcements import State as AnnouncementState
from authorisation.lifecycle_of_authorisations import State as AuthorisationState
from authorisation.lifecycle_of_endorsements import State as EndorsementState
from authorisation.lifecycle_of_obligations import ENDED as OBLIGATION_ENDED
from authorisation.lifecycle_of_obligations import WAITING_ON as OBLIGATION_WAITING_ON
from authorisation.lifecycle_of_obligations import State as ObligationState
from authorisation.models import Announcement, Authorisation, Case, Endorsement, Obligation
from authorisation.requirements import Sort
from authorisation.roles import Role
from letters.lifecycle import Role as LetterRole
from letters.lifecycle import State as LetterState
from letters.models import Letter
from projects.lifecycle import ActivityState, ApproachState
from projects.models import Activity, CooperativeApproach
from workflow.door import against_role, against_state
from workflow.governance import governed_models
from workflow.governed import Governed
from workflow.steps import (
    ByOutcome,
    ComesFrom,
    StateField,
    Step,
    Transitions,
    next_state,
    sources_of,
    steps_of,
    targets_of,
    terms_of,
)


@dataclass(frozen=True)
class Law:
    """One line of a table: from, to, who; where not for all kinds, for which."""

    sources: str
    target: str
    who: str
    kinds: Callable[[str, str], bool] = lambda kind, initiative: True
    asks_again: bool = False

    @property
    def leaves(self) -> frozenset[str]:
        return frozenset(self.sources.split())

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.who.split())


def applicants_kinds(kind: str, initiative: str) -> bool:
    return "asked_for" in initiative.split()


def with_fees(kind: str, initiative: str) -> bool:
    """Cases whose applicant owes a fee at some stage."""
    return "with_fees" in initiative.split()


def authoritys_kinds(kind: str, initiative: str) -> bool:
    return initiative in ("own_motion", "with_hearing")


def without_hearing(kind: str, initiative: str) -> bool:
    return initiative == "own_motion"


def with_hearing(kind: str, initiative: str) -> bool:
    return initiative == "with_hearing"


def brought_in(kind: str, initiative: str) -> bool:
    """Authorisations given before the register was kept: no step of an application is for them."""
    return initiative == "brought_in"


def never_heard(kind: str, initiative: str) -> bool:
    """Kinds with a hearing never use `answer`."""
    return initiative not in ("with_hearing", "brought_in")


def divisible(kind: str, initiative: str) -> bool:
    """Kinds of which a part can be granted."""
    return kind not in ("intent", "no_objection", "acknowledgement", "appeal", "suspension", "resumption")


def obligations(kind: str, initiative: str) -> bool:
    """What is breached or waived; a condition precedent only holds back."""
    return kind == "obligation"


def suspensions(kind: str, initiative: str) -> bool:
    return kind == "suspension"


# The page of the case. "came" = where it came from, "outcome" = granted or refused, "same" = no change.
CASE = {
    "submit": Law("draft", "submitted", "applicant desk_officer", applicants_kinds),
    "return_for_completion": Law("submitted", "with_applicant", "desk_officer", applicants_kinds),
    "accept": Law("submitted", "in_review", "desk_officer", applicants_kinds),
    "waive": Law("submitted", "same", "desk_officer", applicants_kinds),
    "record_holder": Law(
        "submitted with_applicant in_review in_decision", "same", "applicant desk_officer", applicants_kinds
    ),
    "add_document": Law(
        "draft submitted with_applicant in_review in_decision letter_due", "same", "applicant desk_officer"
    ),
    "remove_document": Law("draft", "same", "applicant opening_officer"),
    "judge_document": Law("submitted in_review", "same", "desk_officer"),
    "hand_in_proof": Law(
        "draft submitted with_applicant in_review in_decision letter_due",
        "same",
        "applicant desk_officer",
        with_fees,
    ),
    "judge_proof": Law(
        "submitted with_applicant in_review in_decision letter_due", "same", "desk_officer", with_fees
    ),
    "exempt_from_fee": Law(
        "draft submitted with_applicant in_review in_decision letter_due",
        "same",
        "desk_officer director decider",
        with_fees,
    ),
    "file": Law("draft", "in_review", "desk_officer", without_hearing),
    "serve_notice": Law("draft", "with_applicant", "desk_officer", with_hearing),
    "hear": Law("with_applicant", "in_review", "applicant clock", with_hearing),
    "suspend_at_once": Law("draft", "in_decision", "director", suspensions),
    "review_anew": Law("draft", "in_review", "system", applicants_kinds),
    "vote": Law("in_review", "same", "member"),
    "give_opinion": Law("in_review", "same", "chair"),
    "take_up_again": Law("in_review", "same", "chair"),
    "recuse": Law("submitted in_review in_decision", "same", "desk_officer reviewer decider"),
    "appoint_ad_hoc": Law("in_review", "same", "director"),
    "ask": Law("in_review", "with_applicant", "desk_officer reviewer"),
    "answer": Law("with_applicant", "came", "applicant", never_heard),
    "recommend": Law("in_review", "in_decision", "desk_officer"),
    "send_back": Law("in_decision", "in_review", "decider"),
    "approve": Law("in_decision", "letter_due", "decider", asks_again=True),
    "approve_in_part": Law("in_decision", "letter_due", "decider", divisible, asks_again=True),
    "refuse": Law("in_decision", "letter_due", "decider", asks_again=True),
    "decline_to_sign": Law("letter_due", "in_decision", "signer"),
    "conclude": Law("letter_due", "outcome", "system"),
    "bring_in": Law("draft", "granted", "system", brought_in),
    "withdraw": Law(
        "draft submitted with_applicant in_review", "withdrawn", "applicant opening_officer", applicants_kinds
    ),
    "lapse": Law("draft with_applicant", "lapsed", "clock", applicants_kinds),
    "discontinue": Law(
        "draft with_applicant in_review in_decision", "withdrawn", "opening_officer", authoritys_kinds
    ),
}
CAME_FROM = {"answer": {"submitted", "in_review"}}
OUTCOME = {"granted": "granted", "refused": "refused"}

LETTER = {
    "present": Law("drawn", "signing", "system"),
    "consent": Law("signing", "same", "next_signer", asks_again=True),
    "choose_paper": Law("signing", "same", "director"),
    "choose_electronic": Law("signing", "same", "director"),
    "present_paper": Law("signing", "same", "system"),
    "note_hand": Law("signing", "same", "desk_officer"),
    "record_paper": Law("signing", "same", "desk_officer"),
    "present_copy": Law("signing", "same", "system"),
    "confirm_paper": Law("signing", "same", "desk_officer director", asks_again=True),
    "return_paper": Law("signing", "same", "desk_officer director"),
    "hand_over": Law("signing failed issued superseded withdrawn void", "same", "desk_officer"),
    "issue": Law("signing", "issued", "system"),
    "fail": Law("drawn signing", "failed", "system"),
    "retry": Law("failed", "came", "desk_officer signer"),
    "void": Law("drawn signing failed", "void", "signer"),
    "supersede": Law("issued", "superseded", "system"),
    "withdraw": Law("issued", "withdrawn", "system"),
}

AUTHORISATION = {
    "cover": Law("in_force suspended revoked surrendered expired", "same", "desk_officer registry system"),
    "record_first_transfer": Law("in_force", "same", "desk_officer registry"),
    "record_use": Law("in_force suspended revoked surrendered expired", "same", "desk_officer registry"),
    "record_cancellation": Law(
        "in_force suspended revoked surrendered expired", "same", "desk_officer registry"
    ),
    "amend": Law("in_force suspended", "same", "system"),
    "note_condition": Law("in_force suspended revoked surrendered expired", "same", "desk_officer"),
    "suspend": Law("in_force", "suspended", "system"),
    "resume": Law("suspended", "in_force", "system"),
    "revoke": Law("in_force suspended", "revoked", "system"),
    "surrender": Law("in_force suspended", "surrendered", "system"),
    "expire": Law("in_force suspended", "expired", "clock"),
    "bring_in_as_suspended": Law("in_force", "suspended", "system"),
    "bring_in_as_revoked": Law("in_force", "revoked", "system"),
    "bring_in_as_surrendered": Law("in_force", "surrendered", "system"),
    "bring_in_as_expired": Law("in_force", "expired", "system"),
}

OBLIGATION = {
    "hand_in": Law("awaited breached", "handed_in", "holder desk_officer"),
    "find_met": Law("awaited handed_in breached", "met", "desk_officer"),
    "find_not_met": Law("handed_in", "came", "desk_officer"),
    "extend": Law("awaited", "same", "desk_officer director"),
    "find_breach": Law("awaited", "breached", "desk_officer", obligations),
    "open_suspension": Law("breached", "same", "desk_officer director", obligations),
    "waive": Law("awaited handed_in breached", "waived", "director", obligations),
    "lift": Law("awaited handed_in", "lifted", "clock"),
}

ANNOUNCEMENT = {
    "record_done": Law("due", "done", "desk_officer"),
    "tell": Law("due", "done", "system"),
    "excuse": Law("due", "not_needed", "desk_officer director"),
}

ENDORSEMENT = {
    "use": Law("in_force", "used", "system"),
    "lapse": Law("in_force", "lapsed", "clock"),
    "withdraw": Law("in_force", "withdrawn", "system"),
}

APPROACH = {
    "agree": Law("proposed", "agreed", "system"),
    "authorise": Law("proposed agreed", "authorised", "system"),
    "suspend": Law("authorised", "suspended", "system"),
    "resume": Law("suspended", "authorised", "system"),
    "end": Law("proposed agreed authorised suspended", "ended", "system"),
}
ACTIVITY = {
    "endorse": Law("proposed", "endorsed", "system"),
    "authorise": Law("proposed endorsed", "authorised", "system"),
    "authorise_further": Law("authorised suspended", "same", "system"),
    "record_issuance": Law(
        "proposed endorsed authorised suspended ended", "same", "desk_officer registry system"
    ),
    "record_reversal": Law("proposed endorsed authorised suspended ended", "same", "desk_officer registry"),
    "record_replacement": Law(
        "proposed endorsed authorised suspended ended", "same", "desk_officer registry"
    ),
    "suspend": Law("authorised", "suspended", "system"),
    "resume": Law("suspended", "authorised", "system"),
    "end": Law("proposed endorsed authorised suspended", "ended", "system"),
}

LAWS: Mapping[type[Governed], Mapping[str, Law]] = {
    Case: CASE,
    Letter: LETTER,
    Authorisation: AUTHORISATION,
    Endorsement: ENDORSEMENT,
    Obligation: OBLIGATION,
    Announcement: ANNOUNCEMENT,
    CooperativeApproach: APPROACH,
    Activity: ACTIVITY,
}
STATES: Mapping[type[Governed], str] = {
    Case: "draft submitted with_applicant in_review in_decision letter_due granted refused withdrawn lapsed",
    Letter: "drawn signing issued superseded withdrawn void failed",
    Authorisation: "in_force suspended revoked surrendered expired",
    Endorsement: "in_force used lapsed withdrawn",
    Announcement: "due done not_needed",
    Obligation: "awaited handed_in breached met waived lifted",
    CooperativeApproach: "proposed agreed authorised suspended ended",
    Activity: "proposed endorsed authorised suspended ended",
}
LETTER_RETRIED = {"drawn", "signing"}
# Where a step leads back to, by what it is about.
CAME_BACK: Mapping[type[Governed], set[str]] = {Letter: LETTER_RETRIED, Obligation: {"awaited", "breached"}}

ROLES = (
    "applicant holder desk_officer opening_officer reviewer member chair decider signer director system "
    "clock next_signer minister registry stranger"
).split()
KINDS = (
    ("consolidated", "asked_for"),
    ("consolidated", "asked_for with_fees"),
    ("outcomes", "asked_for"),
    ("outcomes", "brought_in"),
    ("appeal", "asked_for"),
    ("resumption", "own_motion"),
    ("change", "own_motion"),
    ("revocation", "with_hearing"),
    ("suspension", "with_hearing"),
)
# The kinds of the other lifecycles; most have none.
OTHER_KINDS: Mapping[type[Governed], tuple[str, ...]] = {Obligation: tuple(Sort.values)}
MODELS = list(LAWS)


def record(model: Any, state: str, **columns: Any) -> Any:
    return model(state=state, **columns)


def step_named(model: type[Governed], name: str) -> Step[Any]:
    return cast(Step[Any], getattr(model, name))


def allowed(step: Step[Any], held: Collection[str], at: Any, kinds: Collection[str]) -> bool:
    return not against_role(step, held) and not against_state(step, at, kinds)


# -- every cell ------------------------------------------------------------------------------------


def test_every_cell_of_a_case_is_as_the_law_says() -> None:
    cells = 0
    cases = {
        (state, came_from, outcome): record(Case, state, came_from=came_from, outcome=outcome)
        for state in STATES[Case].split()
        for came_from in ("", "submitted", "in_review", "in_decision")
        for outcome in ("", "granted", "refused")
    }
    for name, law in CASE.items():
        step = step_named(Case, name)
        for ((state, came_from, outcome), case), (kind, initiative) in product(cases.items(), KINDS):
            open_here = state in law.leaves and law.kinds(kind, initiative)
            if law.target == "came":
                open_here = open_here and came_from in CAME_FROM[name]
            if law.target == "outcome":
                open_here = open_here and outcome in OUTCOME
            # What the state answers does not hang on the role, so each is asked once.
            is_open = not against_state(step, case, {kind, *initiative.split()})
            for role in ROLES:
                cells += 1
                may = is_open and not against_role(step, {role})
                assert may == (open_here and role in law.roles), (name, state, came_from, outcome, kind, role)
    assert cells == len(CASE) * 10 * 4 * 3 * len(KINDS) * len(ROLES)


@pytest.mark.parametrize("model", MODELS[1:], ids=lambda model: model.__name__)
def test_every_cell_of_the_other_lifecycles_is_as_the_law_says(model: type[Governed]) -> None:
    for name, law in LAWS[model].items():
        step = step_named(model, name)
        states, kinds = STATES[model].split(), OTHER_KINDS.get(model, ("",))
        for state, came_from, role, kind in product(states, ("", *states), ROLES, kinds):
            may = state in law.leaves and role in law.roles and law.kinds(kind, "")
            if law.target == "came":
                may = may and came_from in CAME_BACK[model]
            at = record(model, state, came_from=came_from)
            assert allowed(step, {role}, at, {kind}) == may, (name, state, came_from, role, kind)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nobody_without_a_role_may_do_anything(model: type[Governed]) -> None:
    for name in LAWS[model]:
        assert [reason.code for reason in against_role(step_named(model, name), ())] == ["role"]


def test_two_roles_may_do_what_either_may_and_no_more() -> None:
    case = record(Case, "in_review")
    for name, law in CASE.items():
        for pair in combinations(ROLES, 2):
            may = (
                "in_review" in law.leaves
                and bool(law.roles & set(pair))
                and law.kinds("outcomes", "asked_for")
            )
            assert allowed(step_named(Case, name), pair, case, {"outcomes", "asked_for"}) == may


# -- targets ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_step_leads_where_the_law_says(model: type[Governed]) -> None:
    for name, law in LAWS[model].items():
        step = step_named(model, name)
        for state in law.leaves:
            at = record(model, state)
            if law.target == "same":
                assert next_state(step, at) == state
            elif law.target not in ("came", "outcome"):
                assert next_state(step, at) == law.target
                assert targets_of(step) == (law.target,)


def test_an_answer_leads_back_to_where_the_case_came_from_and_nowhere_else() -> None:
    for came_from in STATES[Case].split():
        case = record(Case, "with_applicant", came_from=came_from)
        refused = against_state(step_named(Case, "answer"), case, {"outcomes", "asked_for"})
        assert (not refused) == (came_from in CAME_FROM["answer"]), came_from
        assert next_state(step_named(Case, "answer"), case) == came_from


def test_a_letter_tried_again_goes_back_to_where_it_failed() -> None:
    for came_from in STATES[Letter].split():
        letter = record(Letter, "failed", came_from=came_from)
        assert (not against_state(step_named(Letter, "retry"), letter, ())) == (came_from in LETTER_RETRIED)


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [("approve", "granted"), ("approve_in_part", "granted"), ("refuse", "refused")],
)
def test_the_letter_concludes_what_the_decision_declared(decision: str, outcome: str) -> None:
    assert terms_of(step_named(Case, decision)).outcome == outcome
    case = record(Case, "letter_due", outcome=outcome)
    assert next_state(step_named(Case, "conclude"), case) == outcome
    assert not against_state(step_named(Case, "conclude"), case, {"outcomes", "asked_for"})


def test_a_case_without_an_outcome_cannot_be_concluded() -> None:
    for outcome in ("", "approve", "withdrawn"):
        case = record(Case, "letter_due", outcome=outcome)
        reasons = against_state(step_named(Case, "conclude"), case, {"outcomes", "asked_for"})
        assert [reason.code for reason in reasons] == ["state"], outcome


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_identity_is_asked_again_exactly_where_the_law_says(model: type[Governed]) -> None:
    asking = {name for name, law in LAWS[model].items() if law.asks_again}
    assert {terms_of(step).name for step in steps_of(model) if terms_of(step).asks_again} == asking


def test_what_happens_to_volumes_and_letters_is_as_the_law_says() -> None:
    moves = {terms_of(step).name: terms_of(step).movement for step in steps_of(Case)}
    assert {name: movement for name, movement in moves.items() if movement} == {
        "approve": "reserve",
        "approve_in_part": "reserve",
        "refuse": "release",
        "conclude": "conclude",
        "bring_in": "bring_in",
        "withdraw": "release",
        "lapse": "release",
        "discontinue": "release",
        "suspend_at_once": "block_first_transfers",
    }
    moves = {terms_of(step).name: terms_of(step).movement for step in steps_of(Authorisation)}
    assert {name: movement for name, movement in moves.items() if movement} == {
        "record_first_transfer": "first_transfer",
        "record_use": "use",
        "record_cancellation": "cancel",
        "amend": "take_effect",
        "suspend": "take_effect",
        "resume": "take_effect",
        "revoke": "take_effect",
        "surrender": "take_effect",
        "bring_in_as_revoked": "end_what_was_brought_in",
        "bring_in_as_surrendered": "end_what_was_brought_in",
    }
    draws = {terms_of(step).name for step in steps_of(Case) if "draw_letter" in terms_of(step).effects}
    assert draws == {
        "return_for_completion", "serve_notice", "approve", "approve_in_part", "refuse", "discontinue",
    }  # fmt: skip


# -- the whole of it -------------------------------------------------------------------------------


def test_every_model_with_a_lifecycle_has_a_table_here_and_a_governance() -> None:
    lifecycles = {model for model in apps.get_models() if issubclass(model, Governed)}
    with_state = {
        model
        for model in apps.get_models()
        if any(isinstance(field, StateField) for field in model._meta.concrete_fields)
    }
    assert lifecycles == with_state == set(LAWS) == set(governed_models())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_lifecycle_has_exactly_the_steps_and_states_of_its_table(model: type[Governed]) -> None:
    assert {terms_of(step).name for step in steps_of(model)} == set(LAWS[model])
    choices = cast(Iterable[tuple[str, Any]], cast(Any, model)._meta.get_field("state").choices)
    assert [state for state, _label in choices] == STATES[model].split()


def every_step() -> list[tuple[type[models.Model], Step[Any]]]:
    governed = [model for model in apps.get_models() if issubclass(model, Governed)]
    return [(model, step) for model in governed for step in steps_of(model)]


def fault_of(step: Step[Any]) -> str:
    """What a declaration lacks: roles, named sources, or the wrapper itself."""
    transitions = cast(Any, step)._django_fsm.transitions
    if {"*", "+"} & set(map(str, transitions)):
        return "leaves any state"
    declared = [transition.custom.get("terms") for transition in transitions.values()]
    if None in declared:
        return "was not declared by the wrapper"
    if not all(terms.roles for terms in declared):
        return "names no role"
    if any(transition.permission is not None for transition in transitions.values()):
        return "asks django-fsm for a permission"
    return ""


def test_every_step_names_its_roles_its_sources_and_says_what_it_does() -> None:
    for model, step in every_step():
        terms = terms_of(step)
        assert fault_of(step) == "", (model, terms.name)
        assert str(terms.says).endswith("."), (model, terms.name)
        assert str(terms.label), (model, terms.name)
        states = {str(state) for state, _label in cast(Any, model)._meta.get_field("state").choices}
        assert set(sources_of(step)) | set(targets_of(step)) <= states, (model, terms.name)


@pytest.mark.parametrize("permission", [(), [], None, "applicant"])
def test_a_step_without_a_declared_role_cannot_be_declared(permission: Any) -> None:
    with pytest.raises(ValueError, match="roles"):
        Transitions[Any]()(source="draft", target="submitted", permission=permission, label="Submit", says="")


@pytest.mark.parametrize("source", ["*", "+", ("draft", "*"), ["+"], ()])
def test_a_step_from_any_state_cannot_be_declared(source: Any) -> None:
    with pytest.raises(ValueError, match="one by one"):
        Transitions[Any]()(
            source=source, target="submitted", permission=("applicant",), label="Submit", says=""
        )


def test_a_step_declared_past_the_wrapper_is_found() -> None:
    field = django_fsm.FSMField(default="draft")

    @django_fsm.transition(field=field, source="draft", target="submitted")
    def submit(self: Any) -> None: ...

    @django_fsm.transition(field=field, source="*", target="submitted")
    def jump(self: Any) -> None: ...

    assert fault_of(submit) == "was not declared by the wrapper"
    assert fault_of(jump) == "leaves any state"


def test_ended_states_are_left_by_no_step_and_wait_on_nobody() -> None:
    ended = {"granted", "refused", "withdrawn", "lapsed"}
    assert {str(state) for state in ENDED} == ended
    assert not ended & {source for step in steps_of(Case) for source in sources_of(step)}
    assert (
        {str(state) for state in WAITING_ON} == {str(state) for state in CLOCK} == set(State.values) - ended
    )
    left = {source for step in steps_of(Obligation) for source in sources_of(step)}
    assert left == {str(state) for state in OBLIGATION_WAITING_ON}
    assert {str(state) for state in OBLIGATION_ENDED} == set(ObligationState.values) - left


def test_every_state_can_be_reached() -> None:
    firsts: Mapping[type[Governed], str] = {
        Case: "draft", Letter: "drawn", Authorisation: "in_force", Obligation: "awaited", Announcement: "due",
    }  # fmt: skip
    for model, first in firsts.items():
        reached = {first} | {target for step in steps_of(model) for target in targets_of(step)}
        assert reached == set(STATES[model].split())


def test_the_words_used_for_states_roles_and_kinds_are_those_of_the_tables() -> None:
    assert State.values == STATES[Case].split()
    assert LetterState.values == STATES[Letter].split()
    assert AuthorisationState.values == STATES[Authorisation].split()
    assert EndorsementState.values == STATES[Endorsement].split()
    assert AnnouncementState.values == STATES[Announcement].split()
    assert ObligationState.values == STATES[Obligation].split()
    assert ApproachState.values == STATES[CooperativeApproach].split()
    assert ActivityState.values == STATES[Activity].split()
    assert {*Role, *LetterRole} <= set(ROLES)
    assert {kind for kind, _initiative in KINDS} <= set(Kind.values)
    labels = {label for _kind, initiative in KINDS for label in initiative.split()}
    assert labels == {*Initiative.values, WITH_FEES}
    assert isinstance(cast(Any, Case.answer)._django_fsm.transitions["with_applicant"].target, ComesFrom)
    assert isinstance(cast(Any, Case.conclude)._django_fsm.transitions["letter_due"].target, ByOutcome)


# -- calling a step --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_calling_a_step_anywhere_but_at_the_door_fails_and_moves_nothing(model: type[Governed]) -> None:
    for name, law in LAWS[model].items():
        for state in law.leaves:
            at = record(model, state, came_from="submitted", outcome="granted")
            with pytest.raises(TransitionNotAllowed):
                getattr(at, name)()
            with pytest.raises(TransitionNotAllowed):
                getattr(model, name)(at)
            assert at.state == state


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_template_cannot_call_a_step(model: type[Governed]) -> None:
    for name, law in LAWS[model].items():
        at = record(model, next(iter(law.leaves)))
        template = Engine(string_if_invalid="left alone").from_string("{{ record." + name + " }}")
        assert template.render(Context({"record": at})) == "left alone"
