"""Use-cases of letters: draw, produce, sign, decline, try again. The only writers of letters."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from django.conf import settings

from accounts.models import Authority, Office
from audit import trail
from audit.models import Event
from audit.trail import Happening
from authorisation.handling import handling_of
from authorisation.models import Authorisation, Case
from authorisation.planned import granted_plan_of
from authorisation.services.decisions import conclusion_moves, decline_move
from authorisation.services.taking_effect import due, takes_effect, waiting_moves
from letters import paper, storage
from letters.by_the_system import by_the_system
from letters.certificates import NoKey
from letters.content import ContentInvalid, canonical, parse
from letters.drafting import compose, draft
from letters.drafting_acts import replaced_by
from letters.inspection import attached_content
from letters.keys import signer_for
from letters.kinds import kind_of, letter_for, notices_of
from letters.lifecycle import State
from letters.models import Letter, Seal, Signature, new_code
from letters.notices import granted_by, has_something_to_say
from letters.outside import services_of
from letters.redaction import CannotRedact, public_copy
from letters.rendering import render
from letters.signatories import as_signed, signing_offices_of
from letters.signing import CannotSign, sign
from letters.typesetting import CannotTypeset
from workflow import daily, outbox
from workflow.actors import SYSTEM, Person
from workflow.clock import Clock, RealClock, today
from workflow.daily import Tally
from workflow.door import Act, Move, pass_through, take
from workflow.effects import Delivery, Step
from workflow.refusals import Refused
from workflow.series import next_in


def draw(step: Step) -> None:
    """Freezes the letter that a step of a case asks for, in the transaction of that step.

    The content is drawn up first and the number taken last, so that the row of the series is held
    for as short as can be.
    """
    case = cast(Case, step.record)
    _draw(case, letter_for(case.kind, step.name, granted_plan_of(case)), step)


def send_notices(step: Step) -> None:
    """Draws the letters besides that a step sends, where the procedure of the case asks for them.

    They conclude nothing, so they hold nothing up: where the office that would sign one is empty, the trail
    says that it was not drawn.
    """
    case = step.record if isinstance(step.record, Case) else granted_by(cast(Authorisation, step.record))
    for code in notices_of(step.name, handling_of(case).notices):
        if not has_something_to_say(code, case, step):
            continue
        try:
            _draw(case, code, step)
        except Refused as refusal:
            # The step's own record is locked and its chain at hand: what it could not send is said there.
            trail.append(
                step.record,
                Happening(
                    action="leave_out_notice",
                    from_state=step.event.to_state,
                    to_state=step.event.to_state,
                    actor=SYSTEM.trail_name,
                    facts={"kind": code, "reasons": [reason.code for reason in refusal.reasons]},
                    procedure_version=case.procedure_version,
                    at=step.clock.now(),
                ),
            )


def _draw(case: Case, kind_code: str, step: Step) -> None:
    on = today(case.authority, step.clock)
    drawn = draft(case, kind_code, on=on, event=step.event)
    number, code = _next_number(case, drawn.kind.series, on.year), new_code()
    content = canonical(compose(drawn, number=number, code=code))
    letter = Letter.objects.create(
        authority=case.authority,
        case=case,
        kind=drawn.kind.code,
        number=number,
        code=code,
        language=drawn.language,
        content=content.decode(),
        content_sha256=hashlib.sha256(content).hexdigest(),
        date=on,
        drawn_at=step.clock.now(),
        waiting_since=step.clock.now(),
        on_paper=drawn.kind.signed_as_the_procedure_says and handling_of(case).on_paper,
    )
    trail.append(
        letter,
        Happening(
            action="draw",
            to_state=letter.state,
            actor=step.event.actor,
            office=step.event.office,
            facts={
                "case": str(case.public_id),
                "kind": letter.kind,
                "number": letter.number,
                "content_sha256": letter.content_sha256,
                **({"on_paper": True} if letter.on_paper else {}),
            },
            procedure_version=case.procedure_version,
            at=step.clock.now(),
        ),
    )
    outbox.enqueue("produce_letter", {"record": str(letter.public_id)}, clock=step.clock)


def _next_number(case: Case, series: str, year: int) -> str:
    party = case.authority.party.code
    return f"{party}-{series}-{year}-{next_in(f'letter:{party}:{series}:{year}'):04d}"


def produce(delivery: Delivery) -> None:
    """Takes a letter as far as it can go now: renders it, or seals and issues it. May be run again."""
    letter = Letter.objects.select_related("authority", "case").get(public_id=str(delivery.payload["record"]))
    try:
        if letter.state == State.DRAWN:
            _render(letter, delivery.clock)
        elif letter.state == State.SIGNING and letter.on_paper:
            paper.present_what_is_there(letter, delivery.clock)
            if paper.is_confirmed(letter):
                _keep_and_issue(letter, *paper.seal(letter), delivery.clock)
        elif letter.state == State.SIGNING and _all_have_signed(letter):
            _seal_and_issue(letter, delivery.clock)
    except (NoKey, CannotSign, CannotTypeset, CannotRedact, ContentInvalid, storage.BytesLost) as fault:
        fail(letter, fault=str(fault), clock=delivery.clock)


def _render(letter: Letter, clock: Clock) -> None:
    content = parse(letter.content.encode())
    unsigned_sha256 = storage.keep(render(content))
    paper_sha256 = storage.keep(render(content, by_hand=True)) if letter.on_paper else ""
    by_the_system(
        clock,
        Move(
            step=Letter.present,
            record=letter,
            facts={
                "digest": unsigned_sha256,
                "content_sha256": letter.content_sha256,
                **({"paper": paper_sha256} if paper_sha256 else {}),
            },
            writes={"unsigned_sha256": unsigned_sha256, "paper_sha256": paper_sha256},
        ),
    )


def _all_have_signed(letter: Letter) -> bool:
    return letter.signatures.count() >= len(signing_offices_of(letter))


def _seal_and_issue(letter: Letter, clock: Clock) -> None:
    """Signs in every field, in order (each signature is verified as it is made), stores, and issues."""
    pdf = storage.fetch(letter.unsigned_sha256)
    content = parse(letter.content.encode())
    real_time = RealClock().now()
    outside = services_of(settings.SIGNING_KEYS_DIR)
    fingerprints: dict[str, str] = {}
    for signature, expected in zip(letter.signatures.all(), content.signatories, strict=True):
        office, signatory = str(signature.office.public_id), as_signed(signature, expected)
        signer = signer_for(
            authority=letter.authority.slug,
            office=office,
            holder=signatory.person_name,
            real_time=real_time,
        )
        pdf = sign(
            pdf,
            field_name=signatory.field_name,
            signer=signer,
            at=signature.consented_at,
            real_time=real_time,
            signed_by=signatory,
            services=outside,
        )
        fingerprints[signatory.field_name] = signer.fingerprint
    _keep_and_issue(letter, pdf, fingerprints, clock)


def _keep_and_issue(letter: Letter, pdf: bytes, fingerprints: Mapping[str, str], clock: Clock) -> None:
    """Stores the sealed file, and a public copy where a part is confidential, and issues the letter."""
    if attached_content(pdf) != letter.content.encode():
        raise CannotSign(["The sealed letter does not carry its own content."])
    copied = public_copy(parse(letter.content.encode()))
    public_sha256 = storage.keep(render(copied)) if copied is not None else ""
    _issue(letter, storage.keep(pdf), fingerprints, clock, public_sha256=public_sha256)


def _issue(
    letter: Letter, signed_sha256: str, fingerprints: Mapping[str, str], clock: Clock, *, public_sha256: str
) -> None:
    case = letter.case
    issued_on = today(letter.authority, clock)
    signed_on = (
        paper.written_on(letter)
        if letter.on_paper
        else max(signature.consented_on for signature in letter.signatures.all())
    )
    issue = Move(
        step=Letter.issue,
        record=letter,
        facts={
            "digest": signed_sha256,
            "seals": dict(fingerprints),
            **({"on_paper": True, "signed_on": signed_on.isoformat()} if letter.on_paper else {}),
            **({"public_copy": public_sha256} if public_sha256 else {}),
        },
        writes={
            "signed_sha256": signed_sha256,
            "public_sha256": public_sha256,
            "signed_on": signed_on,
            "issued_at": clock.now(),
            "issued_on": issued_on,
            "fault": "",
        },
        beside=(partial(_write_seals, fingerprints=fingerprints),),
    )
    moves: list[Move[Any]] = [issue]
    if kind_of(letter.kind).concluding:
        if takes_effect(case, signed_on=signed_on, on=issued_on):
            moves += _superseding(letter)
        moves += conclusion_moves(
            case,
            letter=str(letter.public_id),
            digest=signed_sha256,
            signed_on=signed_on,
            notified_on=issued_on,
            effective_on=signed_on,
        )
    by_the_system(clock, *moves)


def _superseding(letter: Letter) -> list[Move[Any]]:
    """What the letter of a granted act replaces says from now on by which it is replaced."""
    plan = granted_plan_of(letter.case)
    if plan is None or letter.case.outcome != "granted":
        return []
    return [
        Move(
            step=Letter.supersede,
            record=old,
            facts={"by": letter.number},
            writes={"superseded_by": letter},
        )
        for old in replaced_by(letter.case, plan)
    ]


def take_effect_by_the_clock(clock: Clock) -> Tally:
    """Carries out the granted acts that were to wait for a day which has come. Each once, whoever runs it."""
    tally = Tally()
    for authority in Authority.objects.order_by("pk"):
        for case in due(authority, today(authority, clock)):
            letter = Letter.objects.filter(case=case, state=State.ISSUED, kind=letter_of_act(case)).first()
            superseding = _superseding(letter) if letter is not None else []
            try:
                pass_through(
                    Act(actor=SYSTEM, clock=clock, key=f"take_effect:{case.public_id}"),
                    *superseding,
                    *waiting_moves(case),
                )
                tally += Tally(done=1)
            except Exception as fault:  # noqa: BLE001 - one act does not hold up the others
                daily.report(case.trail_stream, fault)
                tally += Tally(failed=1)
    return tally


def letter_of_act(case: Case) -> str:
    """The kind of letter in which the granted act of a case is written."""
    return letter_for(case.kind, "approve", granted_plan_of(case))


def _write_seals(letter: Letter, event: Event, *, fingerprints: Mapping[str, str]) -> None:
    for field_name, fingerprint in fingerprints.items():
        Seal.objects.create(
            letter=letter, field_name=field_name, fingerprint=fingerprint, sealed_at=event.time
        )


def fail(letter: Letter, *, fault: str, clock: Clock) -> None:
    """Says aloud that a letter could not be rendered or sealed; it can be tried again."""
    by_the_system(
        clock,
        Move(step=Letter.fail, record=letter, facts={"fault": fault}, writes={"fault": fault}),
    )


def retry(letter: Letter, *, act: Act, seen: int | None = None) -> Letter:
    """Tries again what failed, from where it stood."""
    return take(act, Move(step=Letter.retry, record=letter, seen=seen))


def consent(letter: Letter, *, act: Act, digest: str, seen: int | None = None) -> Letter:
    """Records the consent of the signing office to the unsigned letter with this SHA-256.

    The letter is sealed and issued by the worker when the last office has consented.
    """
    move = Move(
        step=Letter.consent,
        record=letter,
        facts={"digest": digest, "place": letter.signatures.count() + 1},
        beside=(partial(_write_signature, act=act),),
        seen=seen,
        asked={"digest": digest},
    )
    return take(act, move)


def _write_signature(letter: Letter, event: Event, *, act: Act) -> None:
    person = cast(Person, act.actor)
    Signature.objects.create(
        letter=letter,
        place=letter.signatures.count() + 1,
        office=cast(Office, person.office),
        person=person.user,
        unsigned_sha256=letter.unsigned_sha256,
        proved_by=person.proof.method if person.proof else "",
        consented_at=event.time,
        consented_on=today(letter.authority, act.clock),
    )


def decline(letter: Letter, *, act: Act, reasons: str, seen: int | None = None) -> Case:
    """Declines to sign: the letter becomes void, and the case goes back to decision."""
    facts = {"reasoned": bool(reasons.strip())}
    void = Move(
        step=Letter.void,
        record=letter,
        facts=facts,
        reason=reasons,
        writes={"void_reason": reasons},
        seen=seen,
    )
    back = decline_move(
        letter.case,
        letter=str(letter.public_id),
        digest=letter.unsigned_sha256 or letter.content_sha256,
        reasons=reasons,
    )
    return cast(Case, pass_through(act, void, back).records[1])
