"""Bans as triggers of PostgreSQL: how they are written, and what the database holds of them.

Each trigger has a function of its own name in the current schema. A trigger's text comes back from the
catalogue rewritten, a function's body as it was given: so the condition stands in the body, and the trigger
is compared by its parts. Triggers are enabled ALWAYS: also a session in the role of a replica meets them.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from audit.bans import Ban, Statement

# The bits of pg_trigger.tgtype (catalog/pg_trigger.h); none of them says AFTER.
_ROW, _BEFORE = 1, 2
_EVENT = {Statement.REPLACE: 4, Statement.DELETE: 8, Statement.UPDATE: 16, Statement.TRUNCATE: 32}


@dataclass(frozen=True, kw_only=True)
class Held:
    """The parts of a trigger and of its function that together decide what it refuses."""

    type_bits: int
    enabled: str
    unconditional: bool
    every_column: bool
    language: str
    body: str


def creation(ban: Ban, connection: BaseDatabaseWrapper) -> list[str]:
    """The statements that put the ban in place, also where one of its name stands already."""
    name, table = connection.ops.quote_name(ban.name), connection.ops.quote_name(ban.table)
    each = "STATEMENT" if ban.statement is Statement.TRUNCATE else "ROW"
    event = f"{'AFTER' if ban.afterwards else 'BEFORE'} {ban.statement}"
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body${_body(ban)}$body$",
        f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def wanted(ban: Ban, _connection: BaseDatabaseWrapper) -> Held:
    """What the database holds when the ban is in place."""
    each = 0 if ban.statement is Statement.TRUNCATE else _ROW
    before = 0 if ban.afterwards else _BEFORE
    return Held(
        type_bits=before | _EVENT[ban.statement] | each,
        enabled="A",
        unconditional=True,
        every_column=True,
        language="plpgsql",
        body=_body(ban),
    )


def held(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], Held]:
    """What the database holds, by table and name of the trigger, for the tables in the search path."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, t.tgname, t.tgtype, t.tgenabled::text, t.tgqual IS NULL, t.tgattr::text = '',
                   l.lanname, p.prosrc
            FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_proc p ON p.oid = t.tgfoid
            JOIN pg_language l ON l.oid = p.prolang
            WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)
            """
        )
        return {
            (table, name): Held(
                type_bits=bits,
                enabled=enabled,
                unconditional=unconditional,
                every_column=every_column,
                language=language,
                body=body,
            )
            for table, name, bits, enabled, unconditional, every_column, language, body in cursor.fetchall()
        }


def _body(ban: Ban) -> str:
    message = ban.message.replace("'", "''")
    refusal = (
        f"  IF {ban.condition or 'TRUE'} THEN\n"
        f"    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}';\n"
        "  END IF;\n"
    )
    if ban.only:
        refusal = f"  IF {ban.only} THEN\n{refusal}  END IF;\n"
    return f"\nBEGIN\n{refusal}  RETURN NEW;\nEND\n"
