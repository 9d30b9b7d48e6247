from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Authority
from audit.immutability import RecordIsImmutable
from audit.models import Event
from audit.trail import append, linked
from tests.accounts.factories import two_authorities
from tests.audit.happenings import happening


def _event() -> Event:
    ours, _theirs = two_authorities()
    return append(ours, happening())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attempt",
    [
        lambda event: event.save(),
        lambda event: event.save(update_fields=["reason"]),
        lambda event: event.delete(),
        lambda event: Event.objects.update(reason="changed"),
        lambda event: Event.objects.filter(pk=event.pk).update(reason="changed"),
        lambda event: Event.objects.filter(pk=event.pk).delete(),
        lambda event: Event.objects.bulk_update([event], ["reason"]),
        lambda event: Event.objects.update_or_create({"reason": "changed"}, pk=event.pk),
        lambda event: Event.objects.bulk_create([event], ignore_conflicts=True),
        lambda event: Event.objects.bulk_create(
            [event], update_conflicts=True, update_fields=["reason"], unique_fields=["id"]
        ),
        lambda event: Event._base_manager.filter(pk=event.pk).update(reason="changed"),
        lambda event: Event._base_manager.filter(pk=event.pk).delete(),
    ],
)
def test_a_stored_event_is_neither_changed_nor_deleted(attempt: Callable[[Event], object]) -> None:
    event = _event()
    before = list(Event.objects.values())
    event.reason = "changed"

    with pytest.raises(RecordIsImmutable):
        attempt(event)

    assert list(Event.objects.values()) == before


@pytest.mark.django_db
def test_a_new_instance_with_the_key_of_a_stored_one_does_not_overwrite_it() -> None:
    event = _event()
    other = linked(_head_of(event), happening(reason="changed"))
    other.pk = event.pk
    before = list(Event.objects.values())

    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()

    assert list(Event.objects.values()) == before


@pytest.mark.django_db
def test_events_can_still_be_inserted_many_at_once() -> None:
    event = _event()
    following = linked(_head_of(event), happening())
    Event.objects.bulk_create([following])

    assert Event.objects.filter(stream=event.stream, sequence=event.sequence + 1).exists()


def _head_of(event: Event) -> Authority:
    return Authority.objects.get(public_id=event.stream.partition(":")[2])
