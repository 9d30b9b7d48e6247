"""Whatever a page says can be translated: in a language of brackets only data stands outside them."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from accounts.names import country_codes, country_name, party_name
from accounts.parties import known_parties
from authorisation import document_types
from letters import specimens
from letters.handing_out import roots
from letters.kinds import KINDS
from projects import codes
from tests.config.bracketed import bracketed, everything_stored, outside_brackets
from tests.desk import cases as make
from tests.processes import CHECKOUT

# The procedures that come with the code: what they say is data of their authorities.
PROCEDURES = CHECKOUT / "authorisation" / "procedures" / "shipped"

# Pages of one kind differ by their data; the sections of an application by their words.
OF_EACH_KIND = 2
ALL_OF = {"application_section"}
DATE = (
    r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)
# What is served for programs is made once and kept: made here, it would keep its brackets.
NOT_PAGES = ("/static", "/admin", "/api/")
# Letters, each in its own language whatever the pages' is.
LETTERS = {"specimen"}
# Written alike in every language.
UNIVERSAL = {"co₂", "eq", "pdf", "sha", "qr", "ndc", "imp", "op"}


# A digest or fingerprint, in groups.
_DIGEST = r"[0-9a-f]{4,}(?: [0-9a-f]{4,})*"


def _data() -> str:
    """What pages may say as it is: what is stored, names of countries, Parties and roots, official lists."""
    names = [country_name(code, "en") for code in country_codes()]
    names += [party_name(code, "en") for code in known_parties()]
    names += [code for one in vars(codes).values() if isinstance(one, codes.CodeList) for code in one.codes]
    names += [*(name for _code, name in settings.LANGUAGES), *specimens.LANGUAGES.values()]
    names += [kind.series for kind in KINDS]
    names += [file.read_text("utf-8") for file in PROCEDURES.glob("*.toml")]
    names += [root.name for root in roots(settings.SIGNING_KEYS_DIR)]
    names += [name for kind in document_types._BUILT_IN for name in kind.names.values()]
    return " ".join(f"{everything_stored()} {' '.join(names)}".casefold().split())


def _forgotten(page: str, data: str) -> list[str]:
    texts = (re.sub(DATE, " ", text.replace("\N{NO-BREAK SPACE}", " ")) for text in outside_brackets(page))
    pieces = (piece.strip().casefold() for text in texts for piece in re.split(r"[():,;·–#]", text))
    return [
        piece
        for piece in pieces
        if re.search(r"[^\W\d_]{2,}", piece)
        and piece not in data
        and not re.fullmatch(_DIGEST, piece)
        and not set(re.findall(r"[^\W\d_]{2,}", piece)) <= UNIVERSAL
    ]


def _walk(client: Client) -> Iterator[tuple[str, str]]:
    """The pages that somebody reaches by links, each with its address."""
    todo, seen, kinds = (
        ["/", "/check/7K2M-Q9XW-4TNB/", "/sign-up/", "/password/forgotten/"],
        set(),
        Counter[str](),
    )
    while todo:
        address = todo.pop(0)
        try:
            kind = resolve(address.partition("?")[0]).url_name or ""
        except Resolver404:
            kind = "nothing"
        if address in seen or address.startswith(NOT_PAGES) or address.endswith(".pdf"):
            continue
        seen.add(address)
        kinds[kind] += 1
        if kind in LETTERS or (kinds[kind] > OF_EACH_KIND and kind not in ALL_OF):
            continue
        answer = client.get(address)
        if answer.status_code == 302 and answer["Location"].startswith("/"):
            todo.append(answer["Location"].partition("#")[0])
        elif "html" in answer.get("Content-Type", ""):
            page = answer.content.decode()
            todo += [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page)]
            yield address, page


@pytest.mark.django_db
def test_no_page_says_anything_that_cannot_be_translated() -> None:
    world = make.world()
    make.draft(world.here, world.stoves, world.member, title="Cleaner kitchens")
    make.submitted(world.here, world.forests, world.member_of_forests, title="Higher trees")
    case = make.carried_out("VUT-CHE-RURAL-ELEC")
    officers = User.objects.filter(tenures__office__authority=case.authority)
    people = [None, world.member, world.member_of_forests, world.officer, *officers]
    data = _data()

    forgotten: dict[str, str] = {}
    pages = 0
    with bracketed():
        for person in people:
            client = Client()
            if person is not None:
                client.force_login(person)
            for address, page in _walk(client):
                pages += 1
                for text in _forgotten(page, data):
                    forgotten.setdefault(text, address)

    assert pages > 60
    assert forgotten == {}


def test_a_text_outside_brackets_is_found_wherever_it_stands() -> None:
    page = '<p title="One">⟦Two ⟦three⟧⟧ Four</p><img alt="Five"><style>six</style><b>⟦seven</b> eight⟧'

    assert outside_brackets(page) == ["One", "Four", "Five"]
