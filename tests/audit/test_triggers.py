"""What the database itself refuses, whoever sends the statement, and that a missing refusal is noticed."""

from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, NotSupportedError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import Authority, Organisation
from audit.checks import triggers_are_in_place
from audit.models import Event, Salt
from audit.trail import append
from audit.triggers import install, missing, protected_models, wanted
from tests.accounts.factories import two_authorities
from tests.audit.happenings import happening
from tests.audit.lifted_triggers import lifted_triggers

_ON_SQLITE = connection.vendor == "sqlite"
only_on_sqlite = pytest.mark.skipif(not _ON_SQLITE, reason="a way of SQLite")
only_on_postgresql = pytest.mark.skipif(_ON_SQLITE, reason="a way of PostgreSQL")


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _drop(trigger: str, table: str) -> None:
    _execute(f"DROP TRIGGER {trigger}" + ("" if _ON_SQLITE else f" ON {table}"))


def _two_events() -> list[Event]:
    return [append(authority, happening()) for authority in two_authorities()]


def _refused(sql: str) -> None:
    """The statement is refused, and every event is as before."""
    before = list(Event.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match=r"append-only|never deleted|never change"), transaction.atomic():
        _execute(sql)
    assert list(Event.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_event SET reason = 'changed'",
        "UPDATE audit_event SET reason = reason",
        "DELETE FROM audit_event",
        (
            "INSERT INTO audit_event SELECT * FROM audit_event WHERE true "
            "ON CONFLICT (id) DO UPDATE SET reason = 'changed'"
        ),
    ],
)
def test_plain_sql_neither_changes_nor_deletes_an_event(sql: str) -> None:
    _two_events()

    _refused(sql)


@only_on_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    ["id, stream, sequence", "id + 1000, stream, sequence", "id, stream, sequence + 1000"],
)
def test_insert_or_replace_does_not_push_a_stored_event_out(columns: str) -> None:
    _two_events()

    _refused(
        "INSERT OR REPLACE INTO audit_event (id, stream, sequence, format, action, from_state, to_state, "
        "actor, office, reason, facts, procedure_version, request_id, time, previous, digest) "
        f"SELECT {columns}, 1, 'changed', '', '', 'system', '', '', '{{}}', '', '', time, previous, digest "
        "FROM audit_event"
    )


@only_on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("more", ["", " CASCADE", " RESTART IDENTITY"])
def test_truncate_is_refused(more: str) -> None:
    _two_events()

    _refused(f"TRUNCATE audit_event{more}")


@only_on_postgresql
@pytest.mark.django_db
def test_a_session_in_the_role_of_a_replica_is_refused_too() -> None:
    _two_events()
    _execute("SET LOCAL session_replication_role = replica")

    _refused("UPDATE audit_event SET reason = 'changed'")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "trail_sequence = trail_sequence - 1",
        "trail_sequence = trail_sequence + 2",
        "trail_sequence = 0, trail_digest = ''",
        "trail_digest = 'another'",
        "public_id = {other}",
    ],
)
def test_plain_sql_moves_a_head_only_on_by_one(change: str) -> None:
    authority, _other = two_authorities()
    append(authority, happening())
    before = list(Authority.objects.order_by("pk").values())
    sql = change.format(other=f"'{'0' * 32}'")

    with pytest.raises(IntegrityError, match="head of the trail"), transaction.atomic():
        _execute(f"UPDATE accounts_authority SET {sql} WHERE id = {authority.pk}")

    assert list(Authority.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_saving_an_instance_that_is_out_of_date_does_not_turn_the_chain_back() -> None:
    authority, _other = two_authorities()
    stale = Authority.objects.get(pk=authority.pk)
    append(authority, happening())

    with pytest.raises(IntegrityError, match="head of the trail"), transaction.atomic():
        stale.save()

    assert Authority.objects.get(pk=authority.pk).trail_digest == authority.trail_digest
    authority.slug = "renamed"
    authority.save()
    assert Authority.objects.get(pk=authority.pk).slug == "renamed"


@pytest.mark.django_db
def test_a_salt_can_be_deleted() -> None:
    Salt.objects.create(commitment="c", salt="s")

    assert Salt.objects.all().delete()[0] == 1


def test_every_protected_model_is_known() -> None:
    assert {Event, Authority, Organisation} <= set(protected_models())
    assert Salt not in protected_models()


@pytest.mark.django_db
def test_a_migrated_database_has_every_trigger() -> None:
    names = {(ban.table, ban.statement.value) for ban in wanted(connection)}

    assert {("audit_event", "UPDATE"), ("audit_event", "DELETE"), ("accounts_authority", "UPDATE")} <= names
    assert ("audit_event", "INSERT" if _ON_SQLITE else "TRUNCATE") in names
    assert missing(connection) == []
    assert install(connection) == []


@pytest.mark.django_db
def test_a_dropped_trigger_is_found_named_and_set_up_again() -> None:
    _two_events()
    _drop("audit_no_delete_audit_event", "audit_event")

    (error,) = triggers_are_in_place(databases=["default"])
    assert error.id == "audit.E001"
    assert "audit_event" in error.msg
    assert "audit_no_delete_audit_event" in error.msg
    assert "manage.py migrate" in str(error.hint)

    assert [ban.name for ban in install(connection)] == ["audit_no_delete_audit_event"]
    assert triggers_are_in_place(databases=["default"]) == []
    _refused("DELETE FROM audit_event")


@pytest.mark.django_db
def test_all_triggers_dropped_are_all_missed_and_come_back() -> None:
    _two_events()
    with lifted_triggers(connection):
        assert missing(connection) == wanted(connection)
        _execute("UPDATE audit_event SET reason = 'changed'")

    assert missing(connection) == []
    _refused("UPDATE audit_event SET reason = 'changed again'")


@only_on_sqlite
@pytest.mark.django_db
def test_a_trigger_that_was_weakened_is_found_on_sqlite() -> None:
    _drop("audit_no_update_audit_event", "audit_event")
    _execute(
        "CREATE TRIGGER audit_no_update_audit_event BEFORE UPDATE ON audit_event FOR EACH ROW WHEN 0 "
        "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only: its rows never change'); END"
    )

    assert [ban.name for ban in missing(connection)] == ["audit_no_update_audit_event"]


@only_on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE audit_event DISABLE TRIGGER audit_no_update_audit_event",
        "ALTER TABLE audit_event ENABLE REPLICA TRIGGER audit_no_update_audit_event",
        "ALTER TABLE audit_event ENABLE TRIGGER audit_no_update_audit_event",
        (
            "CREATE OR REPLACE FUNCTION audit_no_update_audit_event() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN NEW; END $$"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_no_update_audit_event BEFORE UPDATE ON audit_event FOR EACH ROW "
            "WHEN (false) EXECUTE FUNCTION audit_no_update_audit_event(); "
            "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_no_update_audit_event"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_no_update_audit_event BEFORE UPDATE OF reason ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_no_update_audit_event(); "
            "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_no_update_audit_event"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_no_update_audit_event BEFORE UPDATE ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_no_delete_audit_event(); "
            "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_no_update_audit_event"
        ),
        (
            "CREATE OR REPLACE TRIGGER audit_no_update_audit_event AFTER UPDATE ON audit_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_no_update_audit_event(); "
            "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_no_update_audit_event"
        ),
    ],
)
def test_a_trigger_that_was_weakened_is_found_on_postgresql(sql: str) -> None:
    _two_events()
    _execute(sql)

    assert [ban.name for ban in missing(connection)] == ["audit_no_update_audit_event"]
    install(connection)
    assert missing(connection) == []
    _refused("UPDATE audit_event SET reason = 'changed'")


@only_on_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_rebuilt_is_protected_again_after_it() -> None:
    _two_events()
    with connection.schema_editor() as editor:
        editor._remake_table(Event)  # type: ignore[attr-defined]
    assert {ban.table for ban in missing(connection)} == {"audit_event"}

    call_command("migrate", verbosity=0)

    assert missing(connection) == []
    _refused("UPDATE audit_event SET reason = 'changed'")


@pytest.mark.django_db(transaction=True)
def test_migrate_is_not_held_up_by_the_check_that_it_will_satisfy() -> None:
    _two_events()
    _drop("audit_no_update_audit_event", "audit_event")
    with pytest.raises(CommandError, match=r"audit\.E001"):
        call_command("check", databases=["default"], stderr=StringIO())

    call_command("migrate", verbosity=0, skip_checks=False, stdout=StringIO())

    assert [message for message in run_checks(databases=["default"]) if message.id == "audit.E001"] == []
    _refused("UPDATE audit_event SET reason = 'changed'")


def test_a_kind_of_database_without_triggers_of_ours_is_refused() -> None:
    class Elsewhere(BaseDatabaseWrapper):
        vendor = "oracle"
        display_name = "Oracle"

        def __init__(self) -> None:
            """Connects to nothing."""

    with pytest.raises(NotSupportedError, match="SQLite and PostgreSQL only, not on Oracle"):
        missing(Elsewhere())
