"""How each kind of database is connected to, so that neither loses what it reported as stored."""

from typing import Any

SQLITE = "django.db.backends.sqlite3"


def connected(settings: dict[str, Any]) -> dict[str, Any]:
    """Django's settings of a database, completed with the options of its kind."""
    if settings["ENGINE"] != SQLITE:
        # Django's own statements are never prepared on the server; those of a hot row are
        # (`authorisation.balances`), and with None none is, as some connection poolers need.
        options = {"prepare_threshold": 1, **settings.get("OPTIONS", {})}
        return {**settings, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    # SQLite takes its write lock at the start of a transaction (IMMEDIATE), so that two writers queue
    # instead of failing half-way, and every commit is on disk before it is reported (FULL).
    return {
        **settings,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
