"""The making of an authority's own key: who is there, what is written down, and that it signs letters."""

import hashlib
import re
from pathlib import Path

import pytest

from letters.ceremony import Ceremony, hold, in_groups, record
from letters.certificates import SEAL, NoKey, load_signer
from letters.own_authority import KeyAuthority, open_authority
from tests.letters.conftest import REAL_TIME
from tests.letters.pki import PASSPHRASE

ROOT_PASSPHRASE = "kept apart"


def held(folder: Path, authority: str = "kenya", *present: str) -> tuple[Ceremony, KeyAuthority]:
    ceremony = Ceremony(authority=authority, present=present or ("Akinyi Otieno", "Baraka Njoroge"))
    root = hold(
        ceremony,
        name=f"Authority of {authority}",
        root_passphrase=ROOT_PASSPHRASE,
        seal_passphrase=PASSPHRASE,
        keys_dir=folder,
        at=REAL_TIME,
    )
    return ceremony, root


def test_the_record_names_who_was_there_and_can_be_computed_again(tmp_path: Path) -> None:
    ceremony, root = held(tmp_path)
    text = record(ceremony, root, name="Authority of kenya")
    lines = "".join(f"{line}\n" for line in text.splitlines() if re.match(r"\d+\. ", line))
    assert in_groups(hashlib.sha256(lines.encode()).hexdigest()) in text
    assert text.count(in_groups(root.fingerprint)) == 2
    assert text.count("Akinyi Otieno") == text.count("Baraka Njoroge") == 2
    assert text.count("____") >= 2


def test_the_seal_and_an_office_sign_under_the_new_root_for_their_authority_alone(tmp_path: Path) -> None:
    for authority in ("kenya", "jordan"):
        held(tmp_path, authority)
    seal = load_signer(tmp_path, authority="kenya", office=SEAL, passphrase=PASSPHRASE)
    seal.check(at=REAL_TIME)
    root = open_authority(tmp_path, authority="kenya", passphrase=ROOT_PASSPHRASE)
    made = root.issue(
        authority="kenya", office="minister", holder="Chebet Koech", passphrase=PASSPHRASE, at=REAL_TIME
    )
    load_signer(tmp_path, authority="kenya", office="minister", passphrase=PASSPHRASE).check(at=REAL_TIME)
    taken = made.parent.parent / "jordan" / "minister.p12"
    taken.write_bytes(made.read_bytes())
    with pytest.raises(NoKey, match="The same key lies at"):
        load_signer(tmp_path, authority="jordan", office="minister", passphrase=PASSPHRASE)
    made.unlink()
    with pytest.raises(NoKey, match="made for another office"):
        load_signer(tmp_path, authority="jordan", office="minister", passphrase=PASSPHRASE)


def test_nobody_makes_a_key_alone_or_a_second_one(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="At least 2 people"):
        held(tmp_path, "kenya", "Akinyi Otieno", " Akinyi Otieno ")
    assert not (tmp_path / "authorities").exists()
    held(tmp_path)
    with pytest.raises(NoKey, match="has its own key already"):
        held(tmp_path)
    with pytest.raises(NoKey, match="does not open"):
        open_authority(tmp_path, authority="kenya", passphrase="guessed")
