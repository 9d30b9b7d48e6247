"""How the test database is emptied after a test that commits (tests/flush.py)."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Authority, Party
from accounts.services import create_authority
from audit import triggers
from audit.models import Event

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def _two_authorities() -> None:
    for party in Party.objects.order_by("code")[:2]:
        create_authority(
            party,
            slug=f"dna-{party.code.lower()}",
            name={"en": f"Authority of {party.code}"},
            time_zone="UTC",
            languages=["en"],
            actor="system",
            at=AT,
        )


@pytest.mark.django_db(transaction=True)
def test_a_flush_empties_append_only_tables_and_puts_their_triggers_back() -> None:
    _two_authorities()
    assert (Authority.objects.count(), Event.objects.count()) == (2, 2)

    call_command("flush", interactive=False)

    assert (Authority.objects.count(), Event.objects.count()) == (0, 0)
    assert triggers.wanted(connection)
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_flush_keeps_what_migrations_loaded_and_removes_what_a_test_added() -> None:
    loaded = set(Party.objects.values_list("code", flat=True))
    assert len(loaded) > 100
    Party.objects.create(code="XXA", joined_on=AT.date())

    call_command("flush", interactive=False)

    assert set(Party.objects.values_list("code", flat=True)) == loaded


@pytest.mark.django_db(transaction=True)
def test_a_flush_tells_on_a_test_that_changed_what_migrations_loaded() -> None:
    party = Party.objects.order_by("code")[0]
    joined_on = party.joined_on
    Party.objects.filter(pk=party.pk).update(joined_on=AT.date())

    with pytest.raises(CommandError) as refused:
        call_command("flush", interactive=False)
    Party.objects.filter(pk=party.pk).update(joined_on=joined_on)

    assert "changed or removed rows of accounts_party" in str(refused.value.__cause__)
