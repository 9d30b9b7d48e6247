"""Settings are read from the environment: typed, and loud when one is missing or wrong."""

from pathlib import Path

import pytest

from tests.processes import manage, python

PRODUCTION = {
    "SECRET_KEY": "a-secret-of-the-test-suite-that-nobody-else-uses-0123456789",
    "PUBLIC_URL": "https://letters.example.org/",
    "EMAIL_URL": "dummy:",
}


def setting(expression: str, data: Path, **variables: str) -> str:
    """What an expression of the settings comes to in a new process with this environment."""
    done = python(f"from config import settings; print({expression})", DATA_DIR=str(data), **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refusal(data: Path, **variables: str) -> str:
    """What a command says on standard error when it cannot start: one sentence, and nothing is made."""
    before = sorted(data.rglob("*"))
    done = manage("check", variables={"DATA_DIR": str(data), **variables})
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(data.rglob("*")) == before
    return done.stderr.strip()


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_what_has_no_default_is_asked_for_by_name(name: str, tmp_path: Path) -> None:
    given = {other: value for other, value in PRODUCTION.items() if other != name}

    assert refusal(tmp_path, **given).startswith(f"{name} is not set. ")


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT cannot be read: "),
        ({"DEMONSTRATION": "perhaps"}, "DEMONSTRATION cannot be read: "),
        ({"PUBLIC_URL": "letters.example.org"}, "PUBLIC_URL is not an address such as https://"),
        ({"PUBLIC_URL": "ftp://letters.example.org"}, "PUBLIC_URL is not an address such as https://"),
        ({"DATABASE_URL": "oracle://u:hunter2@host/desk"}, "DATABASE_URL is not the address of a database"),
        ({"DATABASE_URL": "mysql://u:hunter2@host/desk"}, "DATABASE_URL is not the address of a database"),
        ({"DATABASE_URL": "desk.sqlite3"}, "DATABASE_URL is not the address of a database"),
        ({"MIGRATION_DATABASE_URL": "hunter2"}, "MIGRATION_DATABASE_URL is not the address of a database"),
        ({"CACHE_URL": "memory"}, "CACHE_URL is not the address of a cache"),
        ({"CACHE_URL": "locmem://"}, "CACHE_URL is not the address of a cache that all processes share"),
        ({"CACHE_URL": "dummy://"}, "CACHE_URL is not the address of a cache that all processes share"),
        ({"EMAIL_URL": "mail.example.org"}, "EMAIL_URL is not the address of a mail server"),
        ({"STORAGE_URL": "s3://bucket/desk"}, "STORAGE_URL is not an address such as file://"),
        ({"SIGNING_PASSPHRAS": "hunter2"}, "SIGNING_PASSPHRAS is not a setting of this program."),
        ({"LETTER_FONTS_FILE": "/fonts"}, "LETTER_FONTS_FILE is not a setting of this program."),
        ({"SECRET_KEY_FILE": "/somewhere"}, "Both SECRET_KEY and SECRET_KEY_FILE are set. "),
    ],
)
def test_what_cannot_be_read_ends_the_start_with_a_sentence(
    variables: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    said = refusal(tmp_path, **PRODUCTION | variables)

    assert said.startswith(sentence)
    assert "hunter2" not in said


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("a key from a file\n", encoding="utf-8")
    given = PRODUCTION | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(secret)}

    assert setting("settings.SECRET_KEY", tmp_path, **given) == "a key from a file"


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"])
def test_a_file_that_cannot_be_read_ends_the_start(content: bytes | None, tmp_path: Path) -> None:
    secret = tmp_path / "key"
    if content is not None:
        secret.write_bytes(content)

    said = refusal(tmp_path, **PRODUCTION | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(secret)})

    assert "SECRET_KEY_FILE" in said


def test_a_demonstration_makes_its_secret_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    data = tmp_path / "var"

    first = setting("settings.SECRET_KEY", data, DEMONSTRATION="1")
    again = setting("settings.SECRET_KEY", data, DEMONSTRATION="1")

    assert first == again == (data / "secret-key").read_text(encoding="utf-8")
    assert len(first) == 50
    assert (data / "secret-key").stat().st_mode & 0o077 == 0


def test_behind_https_cookies_are_secure_and_browsers_are_told_to_stay(tmp_path: Path) -> None:
    expression = (
        "(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0, "
        "settings.CSRF_TRUSTED_ORIGINS, 'letters.example.org' in settings.ALLOWED_HOSTS)"
    )
    https = setting(expression, tmp_path, **PRODUCTION)
    http = setting(expression, tmp_path, **PRODUCTION | {"PUBLIC_URL": "http://letters.example.org"})

    assert https == "(True, True, True, ['https://letters.example.org'], True)"
    assert http == "(False, False, False, ['http://letters.example.org'], True)"


def test_the_public_address_is_kept_without_its_closing_slash(tmp_path: Path) -> None:
    assert setting("settings.PUBLIC_URL", tmp_path, **PRODUCTION) == "https://letters.example.org"


def test_every_address_reaches_the_library_that_uses_it(tmp_path: Path) -> None:
    expression = (
        "(settings.DATABASES['default']['HOST'], settings.CACHES['default']['LOCATION'], "
        "settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT, "
        "str(settings.STORAGES['letters']['OPTIONS']['location']))"
    )
    given = PRODUCTION | {
        "DATABASE_URL": "postgresql://desk:secret@database.example.org:5433/desk",
        "CACHE_URL": "redis://cache.example.org:6379/1",
        "EMAIL_URL": "smtp://desk:secret@mail.example.org:587/?tls=True",
        "STORAGE_URL": "file:///srv/desk",
    }

    assert setting(expression, tmp_path, **given) == (
        "('database.example.org', 'redis://cache.example.org:6379/1', "
        "'mail.example.org', 587, True, 10, '/srv/desk/letters')"
    )


def test_sqlite_writes_one_at_a_time_and_to_the_disk(tmp_path: Path) -> None:
    script = (
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    print(connection.settings_dict['OPTIONS']['transaction_mode'], *(\n"
        "        cursor.execute(f'PRAGMA {name}').fetchone()[0]\n"
        "        for name in ('journal_mode', 'synchronous', 'foreign_keys')))"
    )
    variables = {"DATA_DIR": str(tmp_path), "DEMONSTRATION": "1"}

    assert manage("shell", "-v", "0", "-c", script, variables=variables).stdout.split() == [
        "IMMEDIATE",
        "wal",
        "2",  # FULL
        "1",
    ]


def test_django_finds_nothing_to_object_to_in_production(tmp_path: Path) -> None:
    done = manage("check", "--deploy", variables={"DATA_DIR": str(tmp_path), **PRODUCTION})

    assert done.returncode == 0, done.stderr
    assert "security.W" not in done.stderr
