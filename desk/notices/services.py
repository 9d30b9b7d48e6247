"""Giving notices, from the outbox; sending them by e-mail; and what a person does with theirs."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import cast
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.selectors import language_of
from audit.models import Event
from authorisation.models import Case, Obligation
from desk.notices.audiences import Telling, people_of
from desk.notices.models import Audience, Notice, NoticePreference
from desk.notices.wording import body, subject
from desk.selectors.seen import case_seen_by
from letters.models import Letter
from workflow import outbox
from workflow.clock import RealClock, today
from workflow.effects import After, Delivery

MAIL = "mail_notice"


def handlers() -> Mapping[str, After]:
    """Every effect by which somebody is told, and the e-mail, with its handler."""
    told: dict[str, After] = {f"tell_{audience.value}": _TELL[audience] for audience in Audience}
    return told | {MAIL: mail}


def tell(delivery: Delivery, *, audience: Audience) -> None:
    """Gives the people of an audience a notice of an event, each once, and has it mailed to who wants that.

    Notices and messages are one transaction: run again, it finds its notices there and adds nothing. The
    person who acted knows; only an applicant gets a receipt of their own act.
    """
    stream, sequence = str(delivery.payload["stream"]), cast(int, delivery.payload["sequence"])
    event = Event.objects.get(stream=stream, sequence=sequence)
    telling = _telling(delivery)
    people = [
        person
        for person in people_of(audience, telling)
        if (audience is Audience.APPLICANT or person.actor != event.actor)
        and _may_see(person, telling.case, delivery)
    ]
    with transaction.atomic():
        known = set(
            Notice.objects.filter(stream=stream, sequence=sequence, person__in=people).values_list(
                "person", flat=True
            )
        )
        refusing = set(
            NoticePreference.objects.filter(person__in=people, by_mail=False).values_list("person", flat=True)
        )
        for person in people:
            if person.pk in known:
                continue
            notice = Notice(
                person=person,
                case=telling.case,
                audience=audience,
                stream=stream,
                sequence=sequence,
                step=str(delivery.payload["step"]),
                until=_until(delivery, telling.case, event),
                written_at=delivery.clock.now(),
            )
            if person.pk not in refusing and not telling.case.simulated:
                notice.mail = outbox.enqueue(MAIL, {"notice": str(notice.public_id)}, clock=delivery.clock)
            notice.save()


_TELL: Mapping[Audience, After] = {audience: partial(tell, audience=audience) for audience in Audience}


def mail(delivery: Delivery) -> None:
    """Sends a notice by e-mail, in the person's language. A fault is the outbox's to try again.

    A crash between the sending and the mark may send it once more; it is never lost. Whoever may not see the
    case any more, by the time it goes out, is sent nothing.
    """
    notices = Notice.objects.select_related("person", "case__authority")
    notice = notices.get(public_id=UUID(str(delivery.payload["notice"])))
    person = notice.person
    if notice.mailed_at is not None or not person.is_active or not _may_see(person, notice.case, delivery):
        return
    with translation.override(language_of(person, authority=notice.case.authority)):
        send_mail(
            subject(notice),
            body(
                notice,
                address=_address("case", public_id=notice.case.public_id),
                settings_address=_address("notices"),
            ),
            None,
            [person.email],
        )
    Notice.objects.filter(pk=notice.pk).update(mailed_at=RealClock().now())


def mark_read(person: User, *, at: datetime, notice: UUID | None = None) -> int:
    """Marks one notice of the person as read, or all of them; how many were not."""
    unread = Notice.objects.filter(person=person, read_at__isnull=True)
    return (unread if notice is None else unread.filter(public_id=notice)).update(read_at=at)


def mark_unread(person: User, *, notice: UUID) -> int:
    """Marks one notice of the person as not read."""
    return Notice.objects.filter(person=person, public_id=notice).update(read_at=None)


def prefer(person: User, *, by_mail: bool) -> NoticePreference:
    """Keeps whether the person wants their notices by e-mail too."""
    kept, _made = NoticePreference.objects.update_or_create(person=person, defaults={"by_mail": by_mail})
    return kept


def _telling(delivery: Delivery) -> Telling:
    model = str(delivery.payload["stream"]).partition(":")[0]
    record = UUID(str(delivery.payload["record"]))
    cases = Case.objects.select_related("authority", "activity", "applicant")
    letter = None
    if model == Letter._meta.label_lower:
        letter = Letter.objects.get(public_id=record)
        case = cases.get(pk=letter.case_id)
    elif model == Obligation._meta.label_lower:
        case = cases.get(obligations__public_id=record)
    else:
        case = cases.get(public_id=record)
    bodies = cast(list[str], delivery.payload.get("bodies") or [])
    return Telling(case=case, letter=letter, bodies=bodies, on=today(case.authority, delivery.clock))


def _until(delivery: Delivery, case: Case, event: Event) -> date | None:
    """By when something is due: as the message says, or as the case does while it is where the step led."""
    said = delivery.payload.get("until")
    if isinstance(said, str):
        return date.fromisoformat(said)
    of_the_case = event.stream == case.trail_stream
    return case.due_on if not of_the_case or event.to_state == case.state else None


def _may_see(person: User, case: Case, delivery: Delivery) -> bool:
    """Nobody is told of a case that they may not open."""
    return case_seen_by(person, case.public_id, clock=delivery.clock) is not None


def _address(name: str, **parts: object) -> str:
    return urljoin(settings.PUBLIC_URL, reverse(name, kwargs=parts or None))
