"""Keys and signed letters that the tests of letters share; they are made once and only read."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from letters.certificates import OfficeSigner, load_signer
from letters.own_authority import demonstration_authority
from letters.rendering import render
from letters.signing import sign
from tests.letters.pki import PASSPHRASE
from tests.letters.sample_content import CREST, authorisation, partial_authorisation

REAL_TIME = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
SIGNED_AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)


class SignedLetter(NamedTuple):
    """A letter in all its stages: unsigned, then after each signature."""

    unsigned: bytes
    stages: tuple[bytes, ...]

    @property
    def final(self) -> bytes:
        return self.stages[-1]


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of two offices of the Kenyan authority and of one of the Jordanian."""
    folder = tmp_path_factory.mktemp("keys")
    ca = demonstration_authority(folder, at=REAL_TIME)
    for authority, office, holder in (
        ("kenya", "director", "Wanjiru Odhiambo"),
        ("kenya", "minister", "Josphat arap Kiprono"),
        ("jordan", "minister", "د. ليلى الخطيب"),
    ):
        ca.issue(authority=authority, office=office, holder=holder, passphrase=PASSPHRASE, at=REAL_TIME)
    return folder


@pytest.fixture(scope="session")
def director(keys_dir: Path) -> OfficeSigner:
    return load_signer(keys_dir, authority="kenya", office="director", passphrase=PASSPHRASE)


@pytest.fixture(scope="session")
def minister(keys_dir: Path) -> OfficeSigner:
    return load_signer(keys_dir, authority="kenya", office="minister", passphrase=PASSPHRASE)


@pytest.fixture(scope="session")
def signed_letter(director: OfficeSigner) -> SignedLetter:
    """An authorisation signed by its one office."""
    unsigned = render(authorisation(), crest_svg=CREST)
    signed = sign(unsigned, field_name="signer", signer=director, at=SIGNED_AT, real_time=REAL_TIME)
    return SignedLetter(unsigned, (signed,))


@pytest.fixture(scope="session")
def twice_signed_letter(director: OfficeSigner, minister: OfficeSigner) -> SignedLetter:
    """A partial authorisation signed by the director, then by the minister."""
    unsigned = render(partial_authorisation())
    first = sign(unsigned, field_name="director", signer=director, at=SIGNED_AT, real_time=REAL_TIME)
    second = sign(first, field_name="minister", signer=minister, at=SIGNED_AT, real_time=REAL_TIME)
    return SignedLetter(unsigned, (first, second))
