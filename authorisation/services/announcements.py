"""Use-cases of telling those outside: list who must be told, record that they were, find it not needed.

The list is written in the transaction of the act that it is about; what the system can do of it follows from
the outbox (`desk.announcements.automatic`), and everything else stands on the desk's board until an officer
records it.
"""

from datetime import date, timedelta
from typing import cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function
from accounts.services.chains import locked_authority
from audit import trail
from audit.trail import Happening
from authorisation.handling import procedure_of
from authorisation.kinds import AUTHORISING
from authorisation.models import Announcement, Authorisation, Case, Correspondent
from authorisation.recipients import Recipient
from authorisation.standing import terms_in_force
from authorisation.telling import Telling, whom_to_tell
from projects.permissions import acts_in
from workflow import outbox
from workflow.actors import SYSTEM, Person
from workflow.clock import Clock, today
from workflow.door import Act, Move, pass_through, take
from workflow.effects import Step
from workflow.refusals import Kind, Reason, Refused

ANNOUNCE = "announce"

# Whom an authority can write to by name.
WRITTEN_TO = (Recipient.COUNTERPART, Recipient.REGISTRY, Recipient.STANDARD)


def list_whom_to_tell(step: Step) -> None:
    """Lists who must be told of a first grant, or of what has just been done to an authorisation.

    Within the step's transaction. Of a case that brought nothing into force nobody is told here.
    """
    record = step.record
    if isinstance(record, Case):
        case = Case.objects.get(pk=record.pk)
        authorisation = case.authorisation
        if case.kind not in AUTHORISING or case.outcome != "granted" or authorisation is None:
            return
    else:
        authorisation = cast(Authorisation, record)
        case = authorisation.versions.latest("number").case
    on = today(authorisation.authority, step.clock)
    told = whom_to_tell(
        terms_in_force(authorisation),
        host=authorisation.authority.party.code,
        standard=authorisation.activity.standard,
        rules=procedure_of(case).told,
    )
    for one in told:
        _list(authorisation, case, step, one, on=on)


def _list(authorisation: Authorisation, case: Case, step: Step, telling: Telling, *, on: date) -> None:
    due = on + timedelta(days=telling.days)
    made = Announcement.objects.create(
        authority=authorisation.authority,
        authorisation=authorisation,
        case=case,
        act=step.name,
        event=step.event.digest,
        version_told=authorisation.current_version,
        recipient=telling.recipient,
        whom=telling.whom,
        acted_on=on,
        due_on=due,
        waiting_since=step.event.time,
    )
    trail.append(
        made,
        Happening(
            action="list",
            to_state=made.state,
            actor=SYSTEM.trail_name,
            facts={
                "authorisation": authorisation.identifier,
                "act": step.name,
                "version": made.version_told,
                "recipient": telling.recipient.value,
                "whom": telling.whom,
                "due_on": due.isoformat(),
            },
            procedure_version=case.procedure_version,
            at=step.event.time,
        ),
    )
    if telling.recipient != Recipient.PLATFORM:
        outbox.enqueue(ANNOUNCE, {"announcement": str(made.public_id)}, clock=step.clock)


def record_done(
    announcement: Announcement, *, act: Act, on: date | None, link: str = "", seen: int | None = None
) -> Announcement:
    """Records that they were told: on which day, and where that can be seen."""
    person, link = cast(Person, act.actor), link.strip()
    move = Move(
        step=Announcement.record_done,
        record=announcement,
        facts={
            "on": on.isoformat() if on is not None else None,
            "today": today(announcement.authority, act.clock).isoformat(),
            "link": link,
        },
        writes={"done_on": on, "link": link, "recorded_by": person.user, "office": person.office},
        seen=seen,
    )
    return take(act, move)


def excuse(announcement: Announcement, *, act: Act, reasons: str, seen: int | None = None) -> Announcement:
    """Finds that nobody has to be told here, with the reason."""
    person = cast(Person, act.actor)
    move = Move(
        step=Announcement.excuse,
        record=announcement,
        facts={"reasoned": bool(reasons.strip())},
        reason=reasons.strip(),
        writes={"note": reasons.strip(), "recorded_by": person.user, "office": person.office},
        seen=seen,
    )
    return take(act, move)


def told(announcement: Announcement, *, clock: Clock, link: str = "", by_mail: bool = False) -> None:
    """The system has told them. Told again it finds that done; where an officer was quicker, likewise."""
    on = today(announcement.authority, clock)
    move = Move(
        step=Announcement.tell,
        record=announcement,
        facts={"on": on.isoformat(), "link": link, "by_mail": by_mail},
        writes={"done_on": on, "link": link, "by_mail": by_mail},
    )
    act = Act(actor=SYSTEM, clock=clock, key=f"announce:{announcement.public_id}")
    try:
        pass_through(act, move)
    except Refused as refusal:
        if refusal.kind is not Kind.STATE:
            raise


def address_of(announcement: Announcement) -> str:
    """The e-mail address at which the authority writes to this recipient; empty where it knows none."""
    found = announcement.authority.correspondents.filter(
        recipient=announcement.recipient, whom=announcement.whom
    )
    return found.values_list("email", flat=True).first() or ""


def set_correspondent(
    authority: Authority, *, recipient: Recipient, whom: str, email: str, actor: Person, clock: Clock
) -> None:
    """Sets where the authority writes to a Party, a registry or a standard; an empty address ends it.

    By its desk officers and whoever directs it; the trail of the authority tells. What waits is not sent by
    this: the address is used from the next act on.
    """
    whom, email = " ".join(whom.split())[:200], email.strip()
    _refuse_others(authority, actor, clock)
    if recipient not in WRITTEN_TO or not whom:
        raise Refused(
            Kind.RULE,
            [
                Reason(
                    code="whom-missing",
                    words=_("To whom the authority writes is not given."),
                    mend=_("Name the Party by its code, or the registry or standard as letters name it."),
                )
            ],
        )
    with transaction.atomic():
        locked = locked_authority(authority)
        Correspondent.objects.update_or_create(
            authority=locked, recipient=recipient, whom=whom, defaults={"email": email}
        )
        trail.append(
            locked,
            Happening(
                action="set_correspondent",
                actor=actor.trail_name,
                office=actor.trail_office,
                # The address may be a person's: the trail says only that there is one.
                facts={"recipient": recipient.value, "whom": whom, "written_to": bool(email)},
                at=clock.now(),
            ),
        )


def _refuse_others(authority: Authority, actor: Person, clock: Clock) -> None:
    setting = (Function.DESK_OFFICER, Function.DIRECTOR)
    if not any(acts_in(function, authority, actor, clock) for function in setting):
        raise Refused(
            Kind.ROLE,
            [
                Reason(
                    code="role",
                    words=_("You may not set to whom this authority writes."),
                    mend=_("Let its desk or its director do it."),
                )
            ],
        )
