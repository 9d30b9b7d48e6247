"""Reads the environment for the settings: typed, and loud. Holds no setting of its own.

Every variable NAME may also be given as NAME_FILE, the path of a file that holds its value. What is
missing or cannot be read ends the start with a sentence that names the variable, never its value:
many of these values are secrets.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
import django_cache_url
from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

Value = TypeVar("Value")

_reader = FileAwareEnv(strip_whitespace=True)


def _read(name: str, parse: Callable[[str], Value]) -> Value | None:
    """The parsed value, or None where neither NAME nor NAME_FILE holds anything."""
    if os.environ.get(name) and os.environ.get(f"{name}_FILE"):
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Set one of them.")
    try:
        if not _reader.str(name, default=""):
            return None
        return parse(name)
    except UnicodeDecodeError as problem:
        raise ImproperlyConfigured(f"The file that {name}_FILE names is not text in UTF-8.") from problem
    except (ValueError, OSError) as problem:
        sentence = str(problem).rstrip(".")
        raise ImproperlyConfigured(f"{name} cannot be read: {sentence}.") from problem


def text(name: str, default: str = "") -> str:
    """A string; `default` where nothing is given."""
    given = _read(name, _reader.str)
    return default if given is None else given


def required(name: str, reason: str) -> str:
    """A string that has no default; `reason` is the sentence that says why."""
    given = text(name)
    if not given:
        raise ImproperlyConfigured(f"{name} is not set. {reason}")
    return given


def flag(name: str) -> bool:
    """True or false (1, 0, true, false, yes, no, on, off); false where nothing is given."""
    return bool(_read(name, _reader.bool))


def number(name: str, default: int) -> int:
    """A whole number."""
    given = _read(name, _reader.int)
    return default if given is None else given


def words(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    given = text(name)
    return [word.strip() for word in given.split(",")] if given else default


def path(name: str, default: Path | None = None) -> Path | None:
    """A path, made absolute."""
    given = text(name)
    return Path(given).resolve() if given else default


def web_address(name: str, default: str) -> str:
    """An http or https address of a host, without the closing slash."""
    given = text(name, default).rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name} is not an address such as https://desk.example.org.")
    return given


def one_of(name: str, choices: Collection[str], default: str, reason: str) -> str:
    """One of a few words; `reason` is added where it is none of them."""
    given = text(name, default)
    if given not in choices:
        raise ImproperlyConfigured(f"{name} is none of: {', '.join(choices)}. {reason}")
    return given


def together(**given: str) -> None:
    """Ends the start where some of these are set and others are not."""
    if any(given.values()) and not all(given.values()):
        missing = ", ".join(name for name, value in given.items() if not value)
        raise ImproperlyConfigured(f"{', '.join(given)} are set together. Missing: {missing}.")


def database(name: str, default: str = "") -> dict[str, Any]:
    """Django's settings of a SQLite or PostgreSQL database, from its address."""
    try:
        settings: dict[str, Any] = dict(dj_database_url.parse(text(name, default)))
    except ValueError:
        settings = {}
    if settings.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(
            f"{name} is not the address of a database, such as sqlite:////var/lib/desk/desk.sqlite3 "
            "or postgresql://user:password@host:5432/desk."
        )
    return settings


def cache(name: str, default: str) -> dict[str, Any]:
    """Django's settings of a cache that all processes share, from its address.

    Wrong passwords are counted there. An entry must not be dropped because somebody else made many; Redis
    drops none by number.
    """
    address = text(name, default)
    scheme = urlsplit(address).scheme
    if scheme not in {"db", "file", "redis", "rediss"}:
        raise ImproperlyConfigured(
            f"{name} is not the address of a cache that all processes share, such as redis://host:6379/1."
        )
    settings: dict[str, Any] = dict(django_cache_url.parse(address))
    return settings if scheme.startswith("redis") else {**settings, "OPTIONS": {"MAX_ENTRIES": 100_000}}


def mail(name: str, address: str) -> dict[str, Any]:
    """Django's EMAIL_* settings, from the address of a mail server that was read as `name`."""
    settings: dict[str, Any] = dict(dj_email_url.parse(address))
    if "EMAIL_BACKEND" not in settings:
        raise ImproperlyConfigured(
            f"{name} is not the address of a mail server, such as smtp://user:password@host:587/?tls=True; "
            "console: writes to the terminal, dummy: sends nothing."
        )
    return settings


def directory(name: str, default: Path) -> Path:
    """The folder that a file:// address names."""
    given = text(name)
    if not given:
        return default
    parts = urlsplit(given)
    if parts.scheme != "file" or parts.netloc or not parts.path.startswith("/"):
        raise ImproperlyConfigured(
            f"{name} is not an address such as file:///var/lib/desk. "
            "Other kinds of storage are not supported."
        )
    return Path(parts.path)


def scanner(name: str) -> str:
    """The address of a virus scanner: tcp://host:port, or unix:///path of its socket; empty for none."""
    given = text(name)
    parts = urlsplit(given)
    if (
        given
        and not (parts.scheme == "tcp" and parts.hostname)
        and not (parts.scheme == "unix" and parts.path)
    ):
        raise ImproperlyConfigured(
            f"{name} is not an address such as tcp://clamav:3310 or unix:///run/clamav/clamd.ctl."
        )
    return given


def refuse_unknown(prefix: str, known: Collection[str]) -> None:
    """Ends the start where a variable has one of our prefixes but is none of ours: a misspelt name."""
    for name in sorted(os.environ):
        if name.startswith(prefix) and name.removesuffix("_FILE") not in known:
            raise ImproperlyConfigured(
                f"{name} is not a setting of this program. Those that begin so: {', '.join(sorted(known))}."
            )
