"""The log names no person."""

import logging
from pathlib import Path

import psycopg

from config.log import ImpersonalFormatter
from tests.processes import manage


def _line(message: str, *values: object, error: BaseException | None = None) -> str:
    information = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("desk", logging.ERROR, __file__, 1, message, values, information)
    return ImpersonalFormatter("%(levelname)s %(name)s: %(message)s").format(record)


def test_mail_addresses_are_left_out_and_the_rest_stays() -> None:
    assert (
        _line("Sent to %s, <%s> and %d more.", "ama.mensah@example.org", "o'neil+1@mail.example.co", 3)
        == "ERROR desk: Sent to [e-mail], <[e-mail]> and 3 more."
    )


def test_a_row_that_the_database_quotes_in_an_error_is_left_out() -> None:
    try:
        raise psycopg.errors.UniqueViolation(
            'duplicate key value violates unique constraint "accounts_user_name"\n'
            "DETAIL:  Key (name)=(Ama Mensah) already exists.\n"
        )
    except psycopg.Error as error:
        line = _line("Refused", error=error)

    assert 'violates unique constraint "accounts_user_name"' in line
    assert "Traceback" in line
    assert "Ama Mensah" not in line


def test_what_any_part_of_the_product_logs_goes_to_standard_error_that_way(tmp_path: Path) -> None:
    script = (
        "import logging\n"
        "for name in ('letters', 'django.request'):\n"
        "    logging.getLogger(name).warning('Refused for %s', 'ama@example.org')"
    )
    variables = {"DATA_DIR": str(tmp_path), "DEMONSTRATION": "1"}

    done = manage("shell", "-v", "0", "-c", script, variables=variables)

    assert done.stdout == ""
    assert [line.partition("WARNING ")[2] for line in done.stderr.splitlines()] == [
        "letters: Refused for [e-mail]",
        "django.request: Refused for [e-mail]",
    ]
