"""The making of an authority's own key: what is done, in front of whom, written down as it happens.

The record is plain text, to be printed and signed by everybody present. Its transcript has a SHA-256 that
anybody can compute again; the fingerprint of the root stands in groups of four, to be published and compared.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from letters.certificates import SEAL, NoKey
from letters.own_authority import KeyAuthority, make_authority

# Whoever holds the key does not testify alone how it was made.
FEWEST_PRESENT = 2


@dataclass
class Ceremony:
    """One making of a key: `lines` are the transcript so far."""

    authority: str
    present: Sequence[str]
    lines: list[str] = field(default_factory=list)

    def step(self, at: datetime, sentence: str) -> None:
        """Writes down what was done, and when (UTC)."""
        self.lines.append(f"{len(self.lines) + 1}. {at:%Y-%m-%d %H:%M:%S} UTC  {sentence}")

    @property
    def transcript(self) -> str:
        """What the digest of the record is taken over."""
        return "\n".join(self.lines) + "\n"


def in_groups(fingerprint: str) -> str:
    """A fingerprint for print: groups of four digits."""
    digits = fingerprint.upper()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def hold(
    ceremony: Ceremony, *, name: str, root_passphrase: str, seal_passphrase: str, keys_dir: Path, at: datetime
) -> KeyAuthority:
    """Makes the root and the seal of the authority, step by step. Raises NoKey, and then nothing is kept."""
    present = [person.strip() for person in ceremony.present if person.strip()]
    if len(set(present)) < FEWEST_PRESENT:
        raise NoKey(
            _("At least %(count)s people are present when a key is made. Name them.")
            % {"count": FEWEST_PRESENT}
        )
    if not seal_passphrase:
        raise NoKey(_("A signing key is not made without a passphrase. Set SIGNING_PASSPHRASE."))
    ceremony.step(at, _("Present: %(people)s.") % {"people": "; ".join(present)})
    root = make_authority(
        keys_dir, authority=ceremony.authority, name=name, passphrase=root_passphrase, at=at
    )
    ceremony.step(at, _("The root key of %(name)s was made (EC, P-384).") % {"name": name})
    ceremony.step(at, _("SHA-256 of its certificate: %(digits)s") % {"digits": in_groups(root.fingerprint)})
    seal = root.issue(
        authority=ceremony.authority, office=SEAL, holder=name, passphrase=seal_passphrase, at=at
    )
    ceremony.step(
        at, _("The seal of the authority was made under this root (%(file)s).") % {"file": seal.name}
    )
    return root


def record(ceremony: Ceremony, root: KeyAuthority, *, name: str) -> str:
    """The page to print: who, what, the digest of the transcript, the fingerprint, and lines to sign on."""
    digest = hashlib.sha256(ceremony.transcript.encode()).hexdigest()
    signatures = [f"{person.strip()}\n\n    ______________________________\n" for person in ceremony.present]
    return "\n".join(
        [
            _("Record of the making of a key"),
            name,
            "",
            ceremony.transcript,
            _("SHA-256 of the numbered lines above, each with its line break:"),
            in_groups(digest),
            "",
            _("Fingerprint of the root, to be published:"),
            in_groups(root.fingerprint),
            "",
            _("Valid until: %(day)s") % {"day": f"{root.certificate.not_valid_after_utc:%Y-%m-%d}"},
            "",
            _("Signed by those present:"),
            "",
            *signatures,
        ]
    )
