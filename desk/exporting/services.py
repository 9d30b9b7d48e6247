"""Use-cases of exports: asked for and taken along by whoever directs the authority, removed by the clock.

Each writes one event on the chain of the authority. What cannot be done raises Refused with every reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import storages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function
from accounts.services.chains import locked_authority
from audit import trail
from audit.trail import Happening, Json
from desk.exporting.models import Export, ExportPart
from projects.permissions import acts_in
from workflow import outbox
from workflow.actors import CLOCK, Actor, Person
from workflow.clock import Clock, RealClock
from workflow.daily import Tally
from workflow.door import refuse_unproved
from workflow.refusals import Kind, Reason, Refused, Words

EFFECT = "write_export"
STORE = "exports"
KEPT = timedelta(days=7)
_PIECE = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Taken:
    """An export as it is handed over: its bytes piece by piece, and how many there are."""

    pieces: Iterator[bytes]
    size: int


def ask_for_export(authority: Authority, *, actor: Person, clock: Clock) -> Export:
    """An export of everything that the authority owns, made in the background; event `export_asked_for`.

    One at a time: while one is being made, no other is begun.
    """
    refuse_others(authority, actor=actor, clock=clock)
    with transaction.atomic():
        head = locked_authority(authority)
        if head.exports.filter(standing=Export.Standing.RUNNING).exists():
            raise Refused(
                Kind.STATE,
                [
                    _reason(
                        "export-running",
                        _("An export of this authority is being made already."),
                        _("Wait until it is ready, or has failed."),
                    )
                ],
            )
        export = Export.objects.create(authority=head, asked_by=actor.user, asked_at=clock.now())
        tell(export, head, "export_asked_for", actor=actor, at=clock.now())
        outbox.enqueue(EFFECT, {"export": str(export.public_id), "turn": export.turn}, clock=RealClock())
    return export


def take_along(export: Export, *, actor: Person, clock: Clock) -> Taken:
    """The bytes of an export that is ready, one after the other; event `export_taken_along`."""
    refuse_others(export.authority, actor=actor, clock=clock)
    # The store is asked before anything is locked. An export that is ready gets no more parts.
    was_ready = Export.objects.get(pk=export.pk).standing == Export.Standing.READY
    parts = list(export.parts.all())
    is_whole = all(storages[STORE].exists(part.name) for part in parts)
    with transaction.atomic():
        head = locked_authority(export.authority)
        current = Export.objects.select_for_update().get(pk=export.pk)
        is_ready = was_ready and current.standing == Export.Standing.READY
        if not is_ready or current.expires_at is None or current.expires_at <= clock.now():
            raise Refused(
                Kind.STATE,
                [
                    _reason(
                        "export-not-ready",
                        _("There is no file of this export: it is not ready, or its days are over."),
                        _("Look at how it stands, and have another made."),
                    )
                ],
            )
        if not is_whole:
            raise Refused(
                Kind.STATE,
                [
                    _reason(
                        "export-lost",
                        _("A part of the file is lost from the store."),
                        _("Have another export made."),
                    )
                ],
            )
        tell(current, head, "export_taken_along", actor=actor, at=clock.now())
    return Taken(pieces=_pieces([part.name for part in parts]), size=sum(part.size for part in parts))


def remove_what_is_over(_clock: Clock) -> Tally:
    """Removes the files of exports whose days are over, and of those that failed; event `export_removed`."""
    at, done = RealClock().now(), 0
    over = Export.objects.filter(standing=Export.Standing.READY, expires_at__lte=at).order_by("pk")
    for export in over.select_related("authority"):
        with transaction.atomic():
            head = locked_authority(export.authority)
            current = Export.objects.select_for_update().get(pk=export.pk)
            if current.standing == Export.Standing.READY:
                current.standing = Export.Standing.REMOVED
                current.save(update_fields=["standing"])
                tell(current, head, "export_removed", actor=CLOCK, at=at)
                done += 1
    # After the commit: what a crash leaves behind here is found by the next run.
    ended = (Export.Standing.REMOVED, Export.Standing.FAILED)
    for part in ExportPart.objects.filter(export__standing__in=ended).order_by("pk"):
        storages[STORE].delete(part.name)
        part.delete()
    return Tally(done=done)


def refuse_others(authority: Authority, *, actor: Person, clock: Clock) -> None:
    """Refuses who does not direct the authority today, or has not just proved who they are."""
    if not acts_in(Function.DIRECTOR, authority, actor, clock):
        raise Refused(
            Kind.ROLE,
            [
                _reason(
                    "role",
                    _("You may not take along what this authority owns."),
                    _("Let whoever directs the authority do it."),
                )
            ],
        )
    refuse_unproved(actor, clock)


def tell(export: Export, head: Authority, action: str, *, actor: Actor, at: datetime, **facts: Json) -> None:
    """Writes an event about it on the chain of the authority, whose head the caller has locked."""
    trail.append(
        head,
        Happening(
            action=action,
            actor=actor.trail_name,
            office=actor.trail_office,
            facts={"export": str(export.public_id), **facts},
            at=at,
        ),
    )


def _pieces(names: list[str]) -> Iterator[bytes]:
    for name in names:
        with storages[STORE].open(name, "rb") as file:
            while piece := file.read(_PIECE):
                yield piece


def _reason(code: str, words: Words, mend: Words) -> Reason:
    return Reason(code=code, words=words, mend=mend)
