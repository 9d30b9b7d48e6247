"""The services outside on which a signature may rest: who stamps the time, and who says what was revoked.

Without them a letter is signed at level B-B, which needs nobody. `TSA_URL` names a time-stamping service
(RFC 3161); whether a certificate was revoked is asked where the certificate itself says (OCSP, CRL), unless
a list that covers it lies in the folder `crls/`. Certificates of time-stamping services are trusted where
they lead to one of `time-roots/*.pem`, or to a root of letters.
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from asn1crypto import x509
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper

from letters.certificates import NoKey, certificates_in

# Seconds that are waited for a time-stamp: the letter is tried again rather than a worker kept.
PATIENCE = 10


class Level(StrEnum):
    """How long a signature keeps by itself (ETSI EN 319 142-1, PAdES baseline)."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"

    @property
    def stamps_time(self) -> bool:
        """Whether a time-stamping service is asked."""
        return self is not Level.B

    @property
    def keeps_proofs(self) -> bool:
        """Whether the proofs that nothing was revoked are put into the file."""
        return self in (Level.LT, Level.LTA)


@dataclass(frozen=True, kw_only=True)
class Services:
    """What may be asked while a letter is signed. `crls` are lists in DER or PEM form."""

    level: Level = Level.B
    tsa_url: str = ""
    time_roots: tuple[x509.Certificate, ...] = ()
    crls: tuple[bytes, ...] = ()

    def time_stamper(self) -> HTTPTimeStamper | None:
        """Who stamps the time at this level; None where nobody does."""
        return HTTPTimeStamper(self.tsa_url, timeout=PATIENCE) if self.level.stamps_time else None


NO_SERVICES = Services()


def services_of(keys_dir: Path) -> Services:
    """Those that the settings name. Raises NoKey for what cannot be read below `keys_dir`."""
    return Services(
        level=Level(settings.SIGNING_LEVEL),
        tsa_url=settings.TSA_URL,
        time_roots=certificates_in(keys_dir / "time-roots"),
        crls=tuple(_crls(keys_dir / "crls")),
    )


def _crls(folder: Path) -> list[bytes]:
    try:
        return [path.read_bytes() for path in sorted(folder.glob("*.crl"))]
    except OSError as error:
        raise NoKey(
            _("The revocation lists in %(folder)s cannot be read: %(why)s.")
            % {"folder": folder, "why": error.strerror}
        ) from error
