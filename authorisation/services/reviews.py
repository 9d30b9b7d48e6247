"""Use-cases of the reviewing bodies: votes, opinions with minutes, recusals, members for one case."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, cast

from accounts.models import Office, User
from accounts.selectors import authorities_served
from audit.models import Event
from audit.trail import Json
from authorisation.guards.reviewing import is_eligible
from authorisation.models import AdHocMember, Case, Opinion, Recusal, Reopening, Vote
from authorisation.procedures.shape import Body
from authorisation.reviews import Review, body_of, reviews_of, rounds_of
from authorisation.verdicts import SheetAnswer, Verdict
from projects.documents import TakenIn, record_document
from projects.models import Document
from workflow.actors import Person
from workflow.clock import today
from workflow.door import Act, Move, take

# The ground on which minutes are confidential, as it is kept with the file.
_MINUTES = "Minutes of a reviewing body"

# The answers to a review sheet: by the code of the question, the answer and a comment.
Sheet = Mapping[str, tuple[SheetAnswer | str, str]]


def vote(
    case: Case,
    *,
    act: Act,
    verdict: Verdict,
    reasons: str,
    sheet: Sheet | None = None,
    read: int | None = None,
) -> Case:
    """Votes in the body in whose office the actor sits; until the body has concluded a new vote replaces it.

    `read` is the number of the version of the application that was before the member, the last by default:
    what other members do meanwhile makes no vote stale, a changed application does.
    """
    review, on = _review_of(case, act), today(case.authority, act.clock)
    person = _user(act)
    seat = review.seat_of(person.pk) if review is not None and person is not None else None
    filled_in = _filled_in(review.body if review else None, sheet)
    seen = _last_version(case) if read is None else read
    move = Move(
        step=Case.vote,
        record=case,
        facts={
            "body": review.body.code if review else "",
            "on": on.isoformat(),
            "verdict": verdict.value,
            "reasoned": bool(reasons.strip()),
            "answered": cast(list[Json], sorted(filled_in)),
            "seat": str(User.objects.get(pk=seat.person).public_id) if seat else None,
            "read": seen,
        },
        reason=reasons,
        beside=(
            partial(
                _write_vote,
                act=act,
                seat=seat.person if seat else 0,
                verdict=verdict,
                reasons=reasons,
                sheet=filled_in,
                read=seen,
            ),
        ),
        asked={"verdict": verdict.value, "sheet": cast(Json, filled_in), "read": seen},
    )
    return take(act, move)


def give_opinion(
    case: Case,
    *,
    act: Act,
    verdict: Verdict,
    reasons: str,
    sheet: Sheet | None = None,
    minutes: str = "",
    minutes_document: str = "",
    minutes_file: TakenIn | None = None,
    votes_seen: int | None = None,
    seen: int | None = None,
) -> Case:
    """Gives the opinion of the reviewing body in whose office the actor acts.

    In a body of several the verdict must be what its votes come to, and minutes belong to it: as text, or as
    a document kept here (SHA-256), or as a file that was taken in. `votes_seen`: how many votes the chair had
    before them, all by default.
    """
    review, on = _review_of(case, act), today(case.authority, act.clock)
    filled_in = _filled_in(review.body if review else None, sheet)
    votes_asked = review is not None and review.votes_are_asked
    kept = Document.objects.filter(authority=case.authority, sha256=minutes_document)
    document = minutes_document if minutes_document and kept.exists() else ""
    if minutes_file is not None:
        document = minutes_file.sha256
    move = Move(
        step=Case.give_opinion,
        record=case,
        facts={
            "body": review.body.code if review else _body_named(act),
            "on": on.isoformat(),
            "verdict": verdict.value,
            "reasoned": bool(reasons.strip()),
            "answered": cast(list[Json], sorted(filled_in)),
            "sheet": not votes_asked,
            "minutes": bool(minutes.strip() or document),
            "minutes_sha256": document,
            "votes_seen": (review.votes_given if review else 0) if votes_seen is None else votes_seen,
        },
        reason=reasons,
        beside=(
            partial(
                _write_opinion,
                act=act,
                verdict=verdict,
                reasons=reasons,
                sheet=filled_in,
                minutes=minutes,
                document=document,
                file=minutes_file,
            ),
        ),
        seen=seen,
        asked={
            "verdict": verdict.value,
            "sheet": cast(Json, filled_in),
            "minutes": minutes,
            "document": document,
        },
    )
    return take(act, move)


def take_up_again(case: Case, *, act: Act, reasons: str, seen: int | None = None) -> Case:
    """Takes the review of the actor's body up again: what it said becomes history."""
    body = _body(case, act)
    bodies = [body.code] if body is not None else []
    move = Move(
        step=Case.take_up_again,
        record=case,
        facts={"bodies": cast(list[Json], bodies), "reasoned": bool(reasons.strip())},
        reason=reasons,
        beside=(partial(write_reopening, act=act, bodies=bodies, reasons=reasons),),
        seen=seen,
    )
    return take(act, move)


def recuse(case: Case, *, act: Act, reasons: str, seen: int | None = None) -> Case:
    """Declares a conflict of interest: the actor takes no part in the case any more, in no office."""
    move = Move(
        step=Case.recuse,
        record=case,
        facts={"reasoned": bool(reasons.strip())},
        reason=reasons,
        beside=(partial(_write_recusal, act=act, reasons=reasons),),
        seen=seen,
    )
    return take(act, move)


def appoint_ad_hoc(
    case: Case, *, act: Act, body: str, person: User, reasons: str, seen: int | None = None
) -> Case:
    """Appoints somebody of the authority to a body, for this case alone, for a member who takes no part."""
    on = today(case.authority, act.clock)
    review = next((one for one in reviews_of(case, on=on) if one.body.code == body), None)
    serves = case.authority in authorities_served(person, on=on)
    move = Move(
        step=Case.appoint_ad_hoc,
        record=case,
        facts={
            "body": body,
            "on": on.isoformat(),
            "member": str(person.public_id),
            "eligible": serves and review is not None and is_eligible(case, review, person.pk),
            "reasoned": bool(reasons.strip()),
        },
        reason=reasons,
        beside=(partial(_write_ad_hoc, act=act, body=body, member=person, reasons=reasons),),
        seen=seen,
        asked={"body": body, "member": str(person.public_id)},
    )
    return take(act, move)


def write_reopening(case: Case, event: Event, *, act: Act, bodies: Sequence[str], reasons: str) -> None:
    """Writes, beside a step, that these bodies review the case anew."""
    Reopening.objects.create(case=case, bodies=list(bodies), reasons=reasons, **_said(case, event, act))


# -- who speaks, and what was filled in -------------------------------------------------------------


def _user(act: Act) -> User | None:
    return act.actor.user if isinstance(act.actor, Person) else None


def _body(case: Case, act: Act) -> Body | None:
    actor = act.actor
    return body_of(case, actor.office, actor.user.pk) if isinstance(actor, Person) else None


def _body_named(act: Act) -> str:
    office = act.actor.office if isinstance(act.actor, Person) else None
    return office.body if office is not None else ""


def _review_of(case: Case, act: Act) -> Review | None:
    body = _body(case, act)
    if body is None:
        return None
    (review,) = reviews_of(case, on=_today(case, act), bodies=(body,))
    return review


def _today(case: Case, act: Act) -> date:
    return today(case.authority, act.clock)


def _last_version(case: Case) -> int:
    last = case.versions.last()
    return last.number if last is not None else 0


def _filled_in(body: Body | None, sheet: Sheet | None) -> dict[str, list[str]]:
    """Of a review sheet, the questions of the body that were answered, in its order."""
    given = sheet or {}
    return {
        item.code: [SheetAnswer(given[item.code][0]).value, given[item.code][1].strip()]
        for item in (body.sheet if body is not None else ())
        if item.code in given and given[item.code][0] in SheetAnswer.values
    }


# -- what is written -------------------------------------------------------------------------------


def _said(case: Case, event: Event, act: Act) -> dict[str, Any]:
    """Who said it, in which office, and when."""
    actor = cast(Person, act.actor)
    return {
        "office": cast(Office, actor.office),
        "person": actor.user,
        "said_at": event.time,
        "said_on": _today(case, act),
    }


def _write_vote(
    case: Case,
    event: Event,
    *,
    act: Act,
    seat: int,
    verdict: Verdict,
    reasons: str,
    sheet: Mapping[str, list[str]],
    read: int,
) -> None:
    body = cast(Body, _body(case, act))
    Vote.objects.create(
        case=case,
        body=body.code,
        round=rounds_of(case).get(body.code, 0),
        seat_id=seat,
        verdict=verdict,
        reasons=reasons,
        read=read,
        sheet=dict(sheet),
        **_said(case, event, act),
    )


def _write_opinion(
    case: Case,
    event: Event,
    *,
    act: Act,
    verdict: Verdict,
    reasons: str,
    sheet: Mapping[str, list[str]],
    minutes: str,
    document: str,
    file: TakenIn | None,
) -> None:
    review = cast(Review, _review_of(case, act))
    if file is not None:
        # What was said inside a body is the authority's deliberation: never public, and not its applicant's.
        record_document(
            file,
            authority=case.authority,
            received_by=cast(Person, act.actor).user,
            at=event.time,
            confidentiality_basis=_MINUTES,
        )
    Opinion.objects.create(
        case=case,
        body=review.body.code,
        round=review.round,
        read=_last_version(case),
        verdict=verdict,
        reasons=reasons,
        counted=review.counted.as_json() if review.votes_are_asked else {},
        minutes=minutes.strip(),
        minutes_document=document,
        sheet=dict(sheet),
        **_said(case, event, act),
    )


def _write_recusal(case: Case, event: Event, *, act: Act, reasons: str) -> None:
    Recusal.objects.create(case=case, reasons=reasons, **_said(case, event, act))


def _write_ad_hoc(case: Case, event: Event, *, act: Act, body: str, member: User, reasons: str) -> None:
    AdHocMember.objects.create(
        case=case,
        body=body,
        member=member,
        reasons=reasons,
        **_said(case, event, act),
    )
