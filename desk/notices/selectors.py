"""The notices of a person, page by page, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from accounts.models import User
from desk.notices.models import Notice, NoticePreference
from desk.notices.wording import sentence, until_words
from workflow.refusals import Words

PAGE = 20


class Mail(StrEnum):
    """What became of the e-mail of a notice."""

    NONE = "none"
    ON_ITS_WAY = "on_its_way"
    SENT = "sent"
    DELAYED = "delayed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One notice. `due` says by when, if it is; `zone` is the authority's, in which times are shown."""

    public_id: UUID
    case: UUID
    reference: str
    title: str
    sentence: Words
    due: str
    written_at: datetime
    zone: str
    is_read: bool
    mail: Mail


@dataclass(frozen=True, kw_only=True)
class Notices:
    """One page of notices, how many are unread, and the notice from which the next page goes on."""

    rows: tuple[Row, ...]
    unread: int
    by_mail: bool
    further: UUID | None
    began_later: bool


def notices_of(person: User, *, after: UUID | None = None) -> Notices:
    """The notices of a person, in a constant number of queries."""
    own = Notice.objects.filter(person=person)
    edge = own.filter(public_id=after).values_list("pk", flat=True).first() if after else None
    listed = own if edge is None else own.filter(pk__lt=edge)
    related = listed.select_related("case__authority", "case__activity", "mail").order_by("-pk")
    found = list(related[: PAGE + 1])
    preference = NoticePreference.objects.filter(person=person).first()
    return Notices(
        rows=tuple(_row(notice) for notice in found[:PAGE]),
        unread=unread_count(person),
        by_mail=preference is None or preference.by_mail,
        further=found[PAGE - 1].public_id if len(found) > PAGE else None,
        began_later=edge is not None,
    )


def unread_count(person: User) -> int:
    """How many notices the person has not read."""
    return Notice.objects.filter(person=person, read_at__isnull=True).count()


def _row(notice: Notice) -> Row:
    case = notice.case
    return Row(
        public_id=notice.public_id,
        case=case.public_id,
        reference=case.reference,
        title=case.activity.title if case.activity else "",
        sentence=sentence(notice),
        due=until_words(notice),
        written_at=notice.written_at,
        zone=case.authority.time_zone,
        is_read=notice.read_at is not None,
        mail=_mail(notice),
    )


def _mail(notice: Notice) -> Mail:
    message = notice.mail
    if message is None:
        return Mail.NONE
    if notice.mailed_at is not None:
        return Mail.SENT
    if message.parked_at is not None:
        return Mail.FAILED
    return Mail.DELAYED if message.last_fault else Mail.ON_ITS_WAY
