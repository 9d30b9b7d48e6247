"""Bans as triggers of SQLite: how they are written, and what the database holds of them."""

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.bans import Ban

# SQLite keeps the text of a trigger as it was given, so that text is what is compared.
Held = str


def creation(ban: Ban, connection: BaseDatabaseWrapper) -> list[str]:
    """The statements that put the ban in place, also where one of its name stands already."""
    return [f"DROP TRIGGER IF EXISTS {connection.ops.quote_name(ban.name)}", wanted(ban, connection)]


def wanted(ban: Ban, connection: BaseDatabaseWrapper) -> Held:
    """What the database holds when the ban is in place."""
    name, table = connection.ops.quote_name(ban.name), connection.ops.quote_name(ban.table)
    when = "" if ban.condition is None else f" WHEN {ban.condition}"
    if ban.only:
        when = f" WHEN {ban.only} AND ({ban.condition or 'TRUE'})"
    message = ban.message.replace("'", "''")
    return (
        f"CREATE TRIGGER {name} BEFORE {ban.statement} ON {table} FOR EACH ROW{when} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def held(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], Held]:
    """What the database holds, by table and name of the trigger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {(table, name): sql for table, name, sql in cursor.fetchall()}
