"""The signed list of how an authority's letters stand, by which anybody can answer without asking here.

Of each issued letter: the SHA-256 of its file, a word for its status, whether it is in force, and the
certificates of its signatures; of a letter of a public kind its number and kind besides. Of one that is not
public nothing is said but that digest, which only whoever holds the file can compute.

The statement is text, signed beside it with the authority's own seal (CMS, RFC 5652, as in the signatures of
letters), so that the stand-alone verifier needs no second library for it. A list is made anew when a status
or the day has changed; earlier ones stay in the store.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import rfc8785
from asn1crypto import cms
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext as _

from accounts.models import Authority
from accounts.names import in_language
from letters.certificates import SEAL, NoKey, NoSuchKey, OfficeSigner
from letters.keys import signer_for
from letters.kinds import kind_of
from letters.models import Letter
from letters.offline import FORMAT_OF_STATUS, Believed, NoStatus, read_status
from letters.outside import services_of
from letters.verification import issued_letters, status_of
from projects.content_store import BytesLost, ContentStore
from workflow import daily
from workflow.clock import Clock, RealClock, today
from workflow.daily import Tally

_STORE: Final = ContentStore("letters", ".json")
_DIGEST_LENGTH: Final = 64


class CannotPublish(RuntimeError):
    """A list was made that its own reader does not believe; the sentence says why."""


def publish_by_the_clock(clock: Clock) -> Tally:
    """Publishes a new list for every authority whose letters stand otherwise than its last list says.

    An authority that has no seal publishes none, and is no fault of the clock's.
    """
    tally = Tally()
    having_letters = Letter.objects.exclude(signed_sha256="").order_by().values("authority")
    for authority in Authority.objects.filter(pk__in=having_letters).order_by("pk"):
        try:
            tally += Tally(done=int(publish(authority, clock=clock)))
        except NoSuchKey:
            continue
        except Exception as fault:  # noqa: BLE001 - one authority does not hold up the others
            daily.report(f"the list of status of {authority.slug}", fault)
            tally += Tally(failed=1)
    return tally


def publish(authority: Authority, *, clock: Clock) -> bool:
    """Publishes the list of an authority where something has changed; whether it did.

    Raises letters.certificates.NoKey where its seal cannot sign, and CannotPublish.
    """
    real_time = RealClock().now()
    statement = _statement(authority, clock=clock)
    if _last_statement(authority.slug) == statement:
        return False
    signer = signer_for(
        authority=authority.slug,
        office=SEAL,
        holder=in_language(authority.name, settings.LANGUAGE_CODE),
        real_time=real_time,
    )
    crls = services_of(settings.SIGNING_KEYS_DIR).crls
    signer.check(at=real_time, crls=crls)
    made = json.dumps(
        {
            "format": FORMAT_OF_STATUS,
            "statement": statement,
            "signature": _signed(statement, signer).hex(),
        }
    ).encode()
    believed = Believed(roots=signer.roots, moment=real_time, crls=crls, fetch=True)
    try:
        read_status(made, "", believed, signers=(signer.fingerprint,))
    except NoStatus as fault:
        raise CannotPublish(str(fault)) from fault
    sha256 = _STORE.keep(made)
    # Content first, then the name under which it is found.
    storages["letters"].save(_pointer(authority.slug), ContentFile(sha256.encode()))
    return True


def published(slug: str) -> bytes | None:
    """The list of the authority of this slug that holds now; None where it has published none."""
    store, name = storages["letters"], _pointer(slug)
    if not store.exists(name):
        return None
    with store.open(name, "rb") as file:
        sha256 = file.read().decode("ascii", "replace")
    if len(sha256) != _DIGEST_LENGTH:
        return None  # being written at this very moment
    try:
        return _STORE.fetch(sha256)
    except BytesLost:
        return None


def _pointer(slug: str) -> str:
    return f"status/{slug}.txt"


def _last_statement(slug: str) -> str | None:
    last = published(slug)
    return None if last is None else str(json.loads(last)["statement"])


def _statement(authority: Authority, *, clock: Clock) -> str:
    """Canonical JSON (RFC 8785); the same as long as nothing has changed."""
    on: date = today(authority, clock)
    letters = issued_letters().filter(authority=authority).prefetch_related("seals")
    # In the order of their digests: a letter's place tells nothing of when it was issued.
    rows = {row["sha256"]: row for letter in letters for row in _rows(letter, clock)}
    return rfc8785.dumps(
        {
            "authority": authority.slug,
            "name": in_language(authority.name, settings.LANGUAGE_CODE),
            "as_of": on.isoformat(),
            "letters": [rows[sha256] for sha256 in sorted(rows)],
        }
    ).decode()


def _rows(letter: Letter, clock: Clock) -> Iterator[dict[str, Any]]:
    status, kind = status_of(letter, clock=clock), kind_of(letter.kind)
    said: dict[str, Any] = {"status": str(status.word), "in_force": status.in_force}
    if kind.public:
        said |= {"number": letter.number, "kind": letter.kind}
    seals: Mapping[str, str] = {seal.field_name: seal.fingerprint for seal in letter.seals.all()}
    yield {"sha256": letter.signed_sha256, "seals": dict(seals), **said}
    if letter.public_sha256:
        yield {"sha256": letter.public_sha256, "public_copy_of": letter.signed_sha256, "seals": {}, **said}


def _signed(statement: str, signer: OfficeSigner) -> bytes:
    async def sign() -> cms.ContentInfo:
        return await signer.pyhanko.async_sign_general_data(statement.encode(), "sha256", detached=True)

    try:
        return bytes(asyncio.run(sign()).dump())
    except Exception as fault:  # whatever a token or a library raises, there is no list
        raise NoKey(_("The list of status could not be signed: %(why)s") % {"why": fault}) from fault
