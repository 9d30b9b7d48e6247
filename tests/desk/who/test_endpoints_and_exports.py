"""What is refused of endpoints, their messages and keys, and of exports: to whom, and in which state."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Function, ServiceAccount, User
from accounts.services import open_service_account
from audit.models import Event
from desk.exporting import services as exporting
from desk.exporting.models import Export, ExportPart
from desk.webhooks import services
from desk.webhooks.keys import make_key
from desk.webhooks.kinds import EventKind
from desk.webhooks.models import Endpoint, Message, SigningKey
from desk.webhooks.owners import may_manage
from tests.desk.who.few import Few
from workflow.actors import Person, Proof
from workflow.clock import RealClock
from workflow.refusals import Refused

pytestmark = pytest.mark.django_db

ADDRESS = "https://files.example.org/in"


def _now() -> datetime:
    return RealClock().now()


def _refused(deed: Callable[[], object], *, told: str = "") -> None:
    """It is not done, and nothing is written."""
    before = (Event.objects.count(), list(Endpoint.objects.values()), list(Message.objects.values()))
    with pytest.raises(ValidationError) as refusal:
        deed()
    assert told in str(refusal.value)
    assert (Event.objects.count(), list(Endpoint.objects.values()), list(Message.objects.values())) == before


def _shown(person: User) -> Person:
    """The person, with the second factor that they have just shown."""
    return Person(user=person, proof=Proof(method="totp", at=_now()))


def _own(made: Few) -> tuple[Endpoint, User]:
    """An endpoint of our authority, and who directs it."""
    by = made.ours.offices[Function.DIRECTOR][1]
    opened = services.open_endpoint(
        made.ours.authority, address=ADDRESS, kinds=EventKind.values, actor=_shown(by), clock=RealClock()
    )
    return opened, by


def _account(made: Few) -> ServiceAccount:
    assert made.endpoint.account is not None
    return made.endpoint.account


def test_who_manages_endpoints(made: Few) -> None:
    ours, theirs = made.ours, made.theirs
    rows: list[tuple[Any, User, bool]] = [
        (ours.authority, ours.offices[Function.DIRECTOR][1], True),
        (ours.authority, theirs.offices[Function.DIRECTOR][1], False),
        (ours.authority, ours.offices[Function.DESK_OFFICER][1], False),
        (ours.authority, ours.applicant, False),
        (_account(made), ours.applicant, True),
        (_account(made), theirs.applicant, False),
        (_account(made), ours.offices[Function.DIRECTOR][1], False),
    ]
    own, _director = _own(made)
    for owner, person, may in rows:
        assert may_manage(owner, person, at=_now()) is may, (owner, person)
        endpoint = own if owner == ours.authority else made.endpoint
        if not may:
            _refused(partial(services.pause_endpoint, endpoint, by=person, at=_now()))


def test_a_program_has_its_own_messages_sent_again_and_no_others(made: Few) -> None:
    message = made.message
    Message.objects.filter(pk=message.pk).update(standing=Message.Standing.DELIVERED, due_at=None)
    by, at = made.ours.applicant, _now()
    other = open_service_account(made.ours.organisation, name="Another", by=by, at=at)
    _refused(lambda: services.send_again(message, by=other, at=at), told="only its own")
    sent = services.send_again(message, by=_account(made), at=at)
    assert sent.standing == Message.Standing.WAITING
    _refused(lambda: services.send_again(message, by=_account(made), at=at), told="on its way")


def test_what_cannot_be_done_to_an_endpoint_is_refused(made: Few, settings: Any) -> None:
    settings.DEMONSTRATION = False  # in which a key is made where there is none
    endpoint, by = _own(made)
    at, kinds = _now(), list(EventKind.values)

    def replaced(address: str = ADDRESS, told: list[str] = kinds) -> object:
        return services.replace_endpoint(
            endpoint, address=address, kinds=told, actor=_shown(by), clock=RealClock()
        )

    _refused(replaced, told="already")
    _refused(lambda: replaced(told=[]), told="Say of which events")
    _refused(lambda: replaced(told=[*kinds, "unknown"]), told="Say of which events")
    _refused(lambda: replaced(address="http://files.example.org/in"), told="https")
    _refused(lambda: services.let_endpoint_go_on(endpoint, by=by, at=at), told="in use already")
    services.pause_endpoint(endpoint, by=by, at=at)
    _refused(lambda: services.pause_endpoint(endpoint, by=by, at=at), told="waits already")
    services.let_endpoint_go_on(endpoint, by=by, at=at)
    SigningKey.objects.all().delete()
    _refused(lambda: replaced(address=f"{ADDRESS}/2"), told="no key")
    services.end_endpoint(endpoint, actor=_shown(by), clock=RealClock())
    _refused(lambda: services.end_endpoint(endpoint, actor=_shown(by), clock=RealClock()), told="has ended")
    _refused(replaced, told="has ended")


def test_a_key_is_made_under_a_passphrase_and_goes_on_for_some_time(made: Few, settings: Any) -> None:
    number = SigningKey.objects.count()
    with pytest.raises(ValidationError):
        make_key(at=_now(), overlap=timedelta(seconds=-1))
    settings.SIGNING_PASSPHRASE = ""
    with pytest.raises(ValidationError):
        make_key(at=_now())
    assert SigningKey.objects.count() == number


# -- exports ---------------------------------------------------------------------------------------


def _export(made: Few, standing: Export.Standing, *, days: int = 1) -> Export:
    director = made.ours.offices[Function.DIRECTOR][1]
    over = standing != Export.Standing.RUNNING
    return Export.objects.create(
        authority=made.ours.authority,
        asked_by=director,
        asked_at=_now(),
        standing=standing,
        ended_at=_now() if over else None,
        expires_at=_now() + timedelta(days=days) if over else None,
    )


def _codes(deed: Callable[[], object]) -> list[str]:
    before = (list(Export.objects.values()), Event.objects.count())
    with pytest.raises(Refused) as refusal:
        deed()
    assert (list(Export.objects.values()), Event.objects.count()) == before
    return [reason.code for reason in refusal.value.reasons]


def test_an_export_is_made_and_taken_along_by_whoever_directs_the_authority(made: Few) -> None:
    export = _export(made, Export.Standing.READY)
    nobody: list[Person] = [
        made.theirs.holding(Function.DIRECTOR),
        made.ours.holding(Function.DESK_OFFICER),
        made.ours.applying(),
        Person(user=made.ours.offices[Function.DIRECTOR][1]),
    ]
    for actor in nobody:
        asking = partial(exporting.ask_for_export, made.ours.authority, actor=actor, clock=RealClock())
        taking = partial(exporting.take_along, export, actor=actor, clock=RealClock())
        assert _codes(asking) == _codes(taking) == ["role"]


def test_an_export_is_taken_along_while_it_is_ready_and_whole(made: Few) -> None:
    asked: dict[str, Any] = {"actor": made.ours.proving(Function.DIRECTOR), "clock": RealClock()}
    exporting.ask_for_export(made.ours.authority, **asked)
    assert _codes(lambda: exporting.ask_for_export(made.ours.authority, **asked)) == ["export-running"]
    running = Export.objects.get()
    for export in (
        running,
        _export(made, Export.Standing.READY, days=-1),
        _export(made, Export.Standing.REMOVED),
        _export(made, Export.Standing.FAILED),
    ):
        assert _codes(partial(exporting.take_along, export, **asked)) == ["export-not-ready"]
    ready = _export(made, Export.Standing.READY)
    assert exporting.take_along(ready, **asked).size == 0
    ExportPart.objects.create(export=ready, number=1, name="lost", size=1)
    assert _codes(lambda: exporting.take_along(ready, **asked)) == ["export-lost"]
