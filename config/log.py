"""How the log is written: one plain line per record on standard error, without personal data."""

import logging
import re
from types import TracebackType

_MAIL_ADDRESS = re.compile(r"[^\s<>\"'()=,;:][^\s<>\"()=,;:]*@[^\s<>\"'(),;:]+\.[^\s<>\"'(),;:]+")
# PostgreSQL quotes the offending row in the lines that follow its message.
_QUOTED_ROW = re.compile(r"^(DETAIL|CONTEXT|HINT):.*$\n?", re.MULTILINE)

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class ImpersonalFormatter(logging.Formatter):
    """Leaves out what names a person: e-mail addresses, and the rows a database quotes in its errors.

    A last resort: nothing that names a person is to be handed to the log in the first place.
    """

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802  # the name is the library's
        """The traceback, without the lines in which a database quotes a row."""
        return _QUOTED_ROW.sub("", super().formatException(ei))

    def format(self, record: logging.LogRecord) -> str:
        """The finished line, without e-mail addresses."""
        return _MAIL_ADDRESS.sub("[e-mail]", super().format(record))


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "config.log.ImpersonalFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
    },
    "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["standard_error"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["standard_error"], "level": "INFO", "propagate": False},
        # These tell, at level INFO, each table of each font and the subject of each certificate.
        "fontTools": {"level": "WARNING"},
        # At WARNING it quotes the people whose certificates it looks at.
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "WARNING"},
        # At INFO it tells which person's passkey was used.
        "fido2": {"level": "WARNING"},
        "weasyprint.progress": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
    },
}
