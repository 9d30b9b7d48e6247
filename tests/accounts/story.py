"""What the trail says of an authority or an organisation, and whether a refused act left a trace anywhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError

from accounts.models import (
    Authority,
    Invitation,
    Mandate,
    Membership,
    Office,
    OfficeInvitation,
    Organisation,
    Party,
    SetUpCode,
    Tenure,
    User,
    Vetting,
)
from audit.canonical import parse_canonical
from audit.models import Event
from audit.trail import events_of

_RECORDS: tuple[Any, ...] = (
    Authority, Event, Invitation, Mandate, Membership, Office, OfficeInvitation, Organisation,
    Party, SetUpCode, Tenure, User, Vetting,
)  # fmt: skip


def story(head: Authority | Organisation) -> list[str]:
    """The actions of its chain, in order."""
    return [event.action for event in events_of(head.trail_stream)]


def last_facts(head: Authority | Organisation) -> Any:
    """The facts of the last event of its chain."""
    event = events_of(head.trail_stream).last()
    assert event is not None
    return parse_canonical(event.facts)


def everything() -> list[str]:
    """Every row of accounts and of the trail, as text; when a person last signed in is left aside."""
    rows = (serializers.serialize("json", model._base_manager.order_by("pk")) for model in _RECORDS)
    return [re.sub(r'"last_login": (null|"[^"]*")', "", text) for text in rows]


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """Expects a refusal that says this sentence, and that nothing at all has changed."""
    before = everything()
    with pytest.raises(ValidationError) as refusal:
        yield
    assert any(sentence in message for message in refusal.value.messages), refusal.value.messages
    assert everything() == before
