"""The one door: every change of state goes through `pass_through`, and through nothing else.

Inside one transaction the door locks the records, gathers facts after locking, collects every
reason against the act, moves the states, writes the events, lets volumes move, runs the effects
that belong to the transaction, and writes an outbox row for each that follows it. A refusal rolls
all of it back and is then written to the trail in a transaction of its own.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

import rfc8785
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.second_factor import METHODS as SECOND_FACTORS
from accounts.second_factor import awaits_set_up_code
from accounts.selectors import deputises
from accounts.services.chains import hold, hold_account
from accounts.wording import Named
from audit import trail
from audit.models import Event
from audit.trail import Happening, Json
from workflow import effects, outbox
from workflow.actors import Actor, Person, Program, Proof
from workflow.clock import Clock, today
from workflow.governance import governance_of
from workflow.governed import Governed
from workflow.models import CarriedOutAct
from workflow.refusals import Kind, Reason, Refused, Words
from workflow.steps import Facts, Step, move_state, next_state, sources_of, steps_of, targets_of, terms_of

R = TypeVar("R", bound=Governed)

F = TypeVar("F")

# Whether what passes now is looked at and undone: see `rehearse`.
_rehearsed: ContextVar[bool] = ContextVar("rehearsed", default=False)

# How long a proof of who somebody is counts as given "at the act".
PROOF_LASTS = timedelta(minutes=10)
# The code of the refusal of whoever has not given one: a page asks for it and goes on.
NO_PROOF = "proof"


@dataclass(frozen=True, kw_only=True)
class Move(Generic[R]):
    """One step of one record.

    facts    what the event says, and what the step's `needs` look at
    reason   the ground given, in words, for the trail
    writes   further columns of the record, written in the same UPDATE
    beside   writes of other rows that belong to the step, run in its transaction after its event
    seen     the version of the record that the person saw, where a person looked at it
    asked    what the person asked for, where that is more than the facts say, or where the facts follow
             from the record: by it two acts under one idempotency key are told apart
    """

    step: Step[R]
    record: R
    facts: Facts = field(default_factory=dict)
    reason: str = ""
    writes: Mapping[str, Any] = field(default_factory=dict)
    beside: Sequence[Callable[[R, Event], None]] = ()
    seen: int | None = None
    asked: Facts | None = None


@dataclass(frozen=True, kw_only=True)
class Act:
    """Who acts, on whose clock, and under which idempotency key and request."""

    actor: Actor
    clock: Clock
    key: str = ""
    request_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """The records as they are now, in the order of the moves, and whether it had been done before."""

    records: tuple[Governed, ...]
    repeated: bool = False


@dataclass(frozen=True, kw_only=True)
class Option:
    """A step that the record's state allows, and why this actor may not take it, if they may not."""

    name: str
    label: Words
    says: Words
    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        return not self.reasons


def pass_through(act: Act, *moves: Move[Any]) -> Passed:
    """Takes all the moves or none. Raises Refused with every reason; nothing has then moved."""
    rehearsed = _rehearsed.get()
    try:
        with transaction.atomic(durable=not rehearsed):
            return _carry_out(act, moves)
    except Refused as refusal:
        if not rehearsed:
            _record_refusal(act, moves[0], refusal)
        raise


def rehearse(look: Callable[[], F]) -> F:
    """What acts would come to: `look` carries them out and says what it finds, and all of it is undone.

    The acts pass through this very door, so that they come to what they would come to. Nothing is written,
    sent or given to the deliverer, and of a refusal, which is raised, the trail keeps nothing: nobody acted.
    The acts are given without a key: what was carried out under one already would come to nothing.
    """
    token = _rehearsed.set(True)
    try:
        with transaction.atomic(durable=True):
            found = look()
            transaction.set_rollback(True)
            return found
    finally:
        _rehearsed.reset(token)


def take(act: Act, move: Move[R]) -> R:
    """Takes a single step and returns the record as it is then. Raises Refused with every reason."""
    return cast(R, pass_through(act, move).records[0])


def options(record: R, actor: Actor, clock: Clock) -> list[Option]:
    """What this record's state allows, for this actor: buttons, the API's actions, and the reasons."""
    governance = governance_of(record)
    if not governance.may_see(record, actor, clock):
        return []
    roles = governance.roles(record, actor, clock)
    withheld = governance.withheld(record, actor, clock) if not roles else {}
    found = []
    for step in steps_of(type(record)):
        terms = terms_of(step)
        if terms.kinds is not None and terms.kinds.isdisjoint(governance.kinds(record)):
            continue
        if record.state not in sources_of(step):  # type: ignore[attr-defined]
            continue
        reasons = against_role(step, roles, withheld)
        reasons += [reason for guard in terms.guards for reason in guard(record, actor)]
        found.append(Option(name=terms.name, label=terms.label, says=terms.says, reasons=tuple(reasons)))
    return found


def _carry_out(act: Act, moves: Sequence[Move[Any]]) -> Passed:
    if isinstance(act.actor, Person):
        # Before anything else, and until the end: what ends this person's right to act waits, or came first.
        hold(act.actor.user, act.actor.organisation)
    elif isinstance(act.actor, Program):
        hold_account(act.actor.account)
    fresh = _lock(moves)
    fingerprint = _fingerprint(moves) if act.key else ""
    if act.key and _done_before(act, fingerprint):
        return Passed(records=tuple(fresh[id(move)] for move in moves), repeated=True)
    _check(act, moves, fresh)
    for move in moves:
        _take(act, move, fresh[id(move)])
    if act.key:
        CarriedOutAct.objects.create(
            actor=act.actor.trail_name, key=act.key, fingerprint=fingerprint, carried_out_at=act.clock.now()
        )
    return Passed(records=tuple(fresh[id(move)] for move in moves))


def _lock(moves: Sequence[Move[Any]]) -> dict[int, Governed]:
    """Locks a fresh copy of every record, in the order of their ranks and primary keys."""
    ordered = sorted(moves, key=lambda move: (move.record.lock_rank, move.record.pk))
    if len({(type(move.record), move.record.pk) for move in moves}) != len(moves):
        raise ValueError("One act takes one step of a record.")
    return {id(move): type(move.record).locked(move.record.pk) for move in ordered}


def _fingerprint(moves: Sequence[Move[Any]]) -> str:
    """What was asked: two acts under one key must ask for the same."""
    asked: list[Json] = [
        {
            "step": terms_of(move.step).name,
            "record": str(move.record.public_id),
            "asked": cast(Json, dict(move.facts if move.asked is None else move.asked)),
            "reason": move.reason,
        }
        for move in moves
    ]
    return hashlib.sha256(rfc8785.dumps(cast(Any, asked))).hexdigest()


def _done_before(act: Act, fingerprint: str) -> bool:
    done = CarriedOutAct.objects.filter(actor=act.actor.trail_name, key=act.key).first()
    if done is None:
        return False
    if done.fingerprint != fingerprint:
        raise Refused(
            Kind.STALE,
            [
                Reason(
                    code="key-used",
                    words=_("This key was already used for something else."),
                    mend=_("Send the act again under a new key."),
                )
            ],
        )
    return True


def _check(act: Act, moves: Sequence[Move[Any]], fresh: Mapping[int, Governed]) -> None:
    """Collects every reason against every move; role outranks state, state outranks rule."""
    found: list[tuple[Kind, Reason]] = []
    for move in moves:
        record = fresh[id(move)]
        terms = terms_of(move.step)
        governance = governance_of(record)
        if not governance.may_see(record, act.actor, act.clock):
            raise Refused(
                Kind.UNSEEN,
                [Reason(code="not-found", words=_("There is no such record, or not for you."))],
            )
        roles = governance.roles(record, act.actor, act.clock)
        withheld = governance.withheld(record, act.actor, act.clock) if not roles else {}
        kinds = governance.kinds(record)
        found += [(Kind.ROLE, reason) for reason in against_role(move.step, roles, withheld)]
        if terms.asks_again:
            found += [(Kind.ROLE, reason) for reason in against_proof(act.actor, act.clock)]
        found += [(Kind.STATE, reason) for reason in against_state(move.step, record, kinds)]
        if move.seen is not None and move.seen != record.version:
            found.append((Kind.STALE, _stale(record)))
        found += [(Kind.RULE, reason) for guard in terms.guards for reason in guard(record, act.actor)]
        found += [(Kind.RULE, reason) for need in terms.needs for reason in need(record, move.facts)]
    if found:
        rank = list(Kind)
        raise Refused(
            min((kind for kind, _reason in found), key=rank.index), [reason for _kind, reason in found]
        )


def against_role(
    step: Step[R], roles: Collection[str], withheld: Mapping[str, Collection[Reason]] = MappingProxyType({})
) -> list[Reason]:
    """Why somebody with these roles may not take the step; empty if one of them may.

    `withheld`: by role that they would have and that may take it, why they have it not.
    """
    terms = terms_of(step)
    if not set(terms.roles).isdisjoint(roles):
        return []
    told = [reason for role in terms.roles for reason in withheld.get(role, ())]
    if told:
        return told
    return [
        Reason(
            code="role",
            words=_("This step is not for you in this case: it is for %(roles)s."),
            values={"roles": list(terms.roles)},
            mend=_("Ask somebody who holds that office, or sign in with the account that does."),
        )
    ]


def against_proof(actor: Actor, clock: Clock) -> list[Reason]:
    """Why it does not count that somebody has just proved who they are; none if it does, or for machines."""
    if not isinstance(actor, Person):
        return []
    proof = actor.proof
    if (
        proof is not None
        and _is_second_factor(proof, clock)
        and timedelta() <= clock.now() - proof.at <= PROOF_LASTS
    ):
        return _against_unconfirmed(actor)
    return [
        Reason(
            code=NO_PROOF,
            words=_("For this step you prove once more, at the act, who you are."),
            mend=_("Confirm with your second factor and repeat the step."),
        )
    ]


def refuse_unproved(actor: Actor, clock: Clock) -> None:
    """For use-cases that pass through no door, for what they change has no states. Raises Refused."""
    if reasons := against_proof(actor, clock):
        raise Refused(Kind.ROLE, reasons)


def _against_unconfirmed(actor: Person) -> list[Reason]:
    """A second factor proves nothing before its person has entered the code that was handed to them."""
    if not awaits_set_up_code(actor.user):
        return []
    return [
        Reason(
            code="set-up-code",
            words=_("Your second factor is not confirmed yet, so it proves nothing."),
            mend=_("Enter the set-up code that came with your office, on the page about your second factor."),
        )
    ]


def _is_second_factor(proof: Proof, clock: Clock) -> bool:
    """Whether the proof was given with a second factor: a password or a recovery code decides nothing.

    The people of a demonstration's example cases act inside one process, on a clock of the past, and have
    no telephone to look at. Theirs is no way around for anybody else: every request runs on the world's
    clock, where "demonstration" proves nothing, and without DEMONSTRATION=1 it proves nothing on any clock.
    """
    if proof.method == "demonstration":
        return clock.simulated and bool(settings.DEMONSTRATION)
    return proof.method in SECOND_FACTORS


def against_state(step: Step[R], record: R, kinds: Collection[str]) -> list[Reason]:
    """Why a record of these kinds, in its present state, has not got this step; empty if it has."""
    terms = terms_of(step)
    if terms.kinds is not None and terms.kinds.isdisjoint(kinds):
        return [
            Reason(
                code="kind",
                words=_("A case of this kind has no step “%(step)s”."),
                values={"step": Named(terms.name, terms.label)},
            )
        ]
    state = record.state  # type: ignore[attr-defined]
    if state in sources_of(step) and next_state(step, record) in targets_of(step):
        return []
    return [
        Reason(
            code="state",
            words=_("The step “%(step)s” cannot be taken now: the state is “%(state)s”."),
            values={
                "step": Named(terms.name, terms.label),
                "state": Named(state, record.get_state_display()),  # type: ignore[attr-defined]
            },
            mend=_("Look at the record again: it may have moved since you opened it."),
        )
    ]


def _stale(record: Governed) -> Reason:
    last = trail.events_of(record.trail_stream).order_by("-sequence").first()
    labels = {terms_of(step).name: terms_of(step).label for step in steps_of(type(record))}
    action = last.action if last else ""
    return Reason(
        code="stale",
        words=_("Somebody has acted since you opened this page; the last step was “%(action)s”."),
        values={"action": Named(action, labels.get(action, action.replace("_", " ")))},
        mend=_("Open the page again, look at what changed, and repeat the step if it still holds."),
    )


def _take(act: Act, move: Move[Any], record: Governed) -> None:
    terms = terms_of(move.step)
    governance = governance_of(record)
    before = str(record.state)  # type: ignore[attr-defined]
    after = move_state(move.step, record)
    facts = dict(move.facts)
    if terms.asks_again and isinstance(act.actor, Person) and act.actor.proof is not None:
        facts["proved_by"] = act.actor.proof.method
    facts |= _deputised(act)
    event = trail.linked(
        record,
        Happening(
            action=terms.name,
            from_state=before,
            to_state=after,
            actor=act.actor.trail_name,
            office=act.actor.trail_office,
            reason=move.reason,
            facts=facts,
            procedure_version=governance.procedure_version(record),
            request_id=act.request_id,
            at=act.clock.now(),
        ),
    )
    _write(record, event, _columns(act, move, record, before, after))
    for write in move.beside:
        write(record, event)
    if terms.movement:
        reasons = governance.movements[terms.movement](record, facts, event)
        if reasons:
            raise Refused(Kind.RULE, reasons)
    _follow(act, terms.name, terms.effects, record, facts, event)


def _deputised(act: Act) -> dict[str, Json]:
    """In whose stead a deputy acts."""
    actor = act.actor
    if not isinstance(actor, Person) or actor.office is None:
        return {}
    absent = deputises(actor.user, actor.office, on=today(actor.office.authority, act.clock))
    return {"deputy_for": absent.actor} if absent is not None else {}


def _columns(act: Act, move: Move[Any], record: Governed, before: str, after: str) -> dict[str, Any]:
    terms = terms_of(move.step)
    columns: dict[str, Any] = {**move.writes, "version": record.version + 1, "state": after}
    if terms.outcome:
        columns["outcome"] = terms.outcome
    if after != before:
        columns["came_from"] = before
        columns["waiting_since"] = act.clock.now()
        columns |= governance_of(record).entering(record, after, act.clock)
    return columns


def _write(record: Governed, event: Event, columns: dict[str, Any]) -> None:
    """One UPDATE of the record, which is the chain's head, and one INSERT of the event."""
    columns |= {"trail_sequence": event.sequence, "trail_digest": event.digest}
    manager = type(record)._base_manager
    moved = manager.filter(pk=record.pk, trail_sequence=record.trail_sequence).update(**columns)
    if moved != 1:
        raise trail.ConcurrentAppend(record.trail_stream)
    event.save()
    for name, value in columns.items():
        if name != "state":
            setattr(record, name, value)


def _follow(
    act: Act, step: str, names: Sequence[str], record: Governed, facts: Mapping[str, Json], event: Event
) -> None:
    """Runs what belongs to this transaction, then writes down what is to follow it."""
    later = [name for name in names if not effects.is_within(name)]
    for name in names:
        if name not in later:
            taken = effects.Step(record=record, name=step, facts=facts, event=event, clock=act.clock)
            effects.run_within(name, taken)
    for name in later:
        payload: dict[str, Json] = {
            "record": str(record.public_id),
            "stream": event.stream,
            "sequence": event.sequence,
            "step": step,
        }
        outbox.enqueue(name, payload, clock=act.clock)


def _record_refusal(act: Act, move: Move[Any], refusal: Refused) -> None:
    with transaction.atomic(durable=True):
        record = type(move.record).locked(move.record.pk)
        state = str(record.state)
        reasons: list[Json] = [
            {"code": reason.code, "values": dict(reason.values)} for reason in refusal.reasons
        ]
        trail.append(
            record,
            Happening(
                action=f"{terms_of(move.step).name}:refused",
                from_state=state,
                to_state=state,
                actor=act.actor.trail_name,
                office=act.actor.trail_office,
                facts={"kind": refusal.kind.value, "reasons": reasons},
                procedure_version=governance_of(record).procedure_version(record),
                request_id=act.request_id,
                at=act.clock.now(),
            ),
        )
