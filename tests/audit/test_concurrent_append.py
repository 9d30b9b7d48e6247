"""Two writers at one head, each with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from accounts.models import Authority
from audit.trail import ConcurrentAppend, append, events_of
from audit.verification import verify_database
from tests.accounts.factories import two_authorities
from tests.audit.happenings import happening


def _at_once(work: Callable[[int], None], writers: int) -> None:
    def run(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number]) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_saw_the_same_head_one_wins_and_no_gap_is_left() -> None:
    ours, _theirs = two_authorities()
    both_have_read = Barrier(2)
    outcomes: list[str] = []

    def write(number: int) -> None:
        head = Authority.objects.get(pk=ours.pk)
        both_have_read.wait(timeout=20)
        try:
            append(head, happening(f"writer-{number}"))
            outcomes.append("won")
        except ConcurrentAppend:
            outcomes.append("told")

    _at_once(write, 2)

    assert sorted(outcomes) == ["told", "won"]
    assert events_of(ours.trail_stream).count() == ours.trail_sequence + 1
    assert verify_database().whole


@pytest.mark.django_db(transaction=True)
def test_writers_that_lock_the_row_first_all_get_their_place() -> None:
    ours, _theirs = two_authorities()

    def write(number: int) -> None:
        for _round in range(5):
            with transaction.atomic():
                append(Authority.objects.select_for_update().get(pk=ours.pk), happening(f"writer-{number}"))

    _at_once(write, 4)

    sequences = events_of(ours.trail_stream).values_list("sequence", flat=True)
    assert list(sequences) == list(range(1, ours.trail_sequence + 21))
    assert verify_database().whole
