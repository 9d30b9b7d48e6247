"""Rows of the matrix: organisations, mandates, vetting, offices, and applications on paper."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import services
from accounts.models import Function, Invitation, Mandate, Organisation
from tests.desk.access import visitors as who
from tests.desk.access.rows import DONE, MISTAKEN, PAGE, SHOW_AGAIN, Answers, Row, Sent
from tests.desk.access.world import TOKEN, World, tenure_of
from tests.projects.files import pdf
from workflow.clock import RealClock


def _organisation(**more: Callable[[World], Any]) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {
        "public_id": world.here.organisation.public_id,
        **{name: found(world) for name, found in more.items()},
    }


def _members_only(name: str, sends: Callable[[World, str], Sent], **at: Callable[[World], Any]) -> Row:
    return Row(
        name=name, at=_organisation(**at), get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}, sends=sends
    )


def _mandate(world: World, visitor: str) -> Sent:
    firm = world.people[who.OTHER_APPLICANT].memberships.get().organisation
    return {
        "country": firm.country,
        "identification": firm.identification,
        "starts_on": world.today.isoformat(),
    }


def _paper_mandate(world: World, visitor: str) -> Sent:
    return {
        "name": "Wells",
        "country": "GHA",
        "identification": "W-7",
        "authority": str(world.here.authority.public_id),
        "reference": "1/2026",
        "dated_on": "2026-03-01",
        "starts_on": world.today.isoformat(),
    }


def _mandate_on_paper(world: World) -> Mapping[str, Any]:
    """One that the consultants have recorded, and nobody has confirmed yet."""
    sent = _paper_mandate(world, "")
    recorded = services.record_mandate_on_paper(
        world.consultants,
        **{name: sent[name] for name in ("name", "country", "identification", "reference")},
        authority=world.here.authority,
        dated_on=date(2026, 3, 1),
        starts_on=world.today,
        by=world.people[who.CONSULTANT],
        at=RealClock().now(),
    )
    return {"public_id": recorded.public_id}


def _known_from_paper(world: World) -> Mapping[str, Any]:
    """An organisation of which there was a power of attorney on paper, and to which nobody belongs."""
    mandate = Mandate.objects.get(**_mandate_on_paper(world))
    officer = world.people[who.OFFICER]
    services.confirm_mandate_on_paper(mandate, seen=True, by=officer, at=RealClock().now())
    return {"public_id": mandate.principal.public_id}


def _of_first_person(world: World) -> tuple[Invitation, str]:
    """The stranger, invited to be the first of that organisation."""
    return services.invite_first_person(
        Organisation.objects.get(**_known_from_paper(world)),
        authority=world.here.authority,
        email=world.people[who.STRANGER].email,
        by=world.people[who.OFFICER],
        at=RealClock().now(),
    )


def _accepted(world: World) -> Mapping[str, Any]:
    return {"public_id": world.here.organisation.vettings.get(outcome="accepted").public_id}


def _account(world: World) -> Mapping[str, Any]:
    return {"public_id": world.token.account.public_id}


def _token(world: World) -> Mapping[str, Any]:
    return {"public_id": world.token.public_id}


def _nothing(world: World, visitor: str) -> Sent:
    return {}


# Of an authority that knows an organisation from paper: who may say who is its first person.
_KNOWING = who.DIRECTORS | {who.OFFICER}


OF_ORGANISATIONS = [
    Row(
        name="register_organisation",
        get={PAGE: who.SIGNED_IN},
        post={DONE: who.SIGNED_IN},
        sends=lambda world, visitor: {"name": "Wind Ltd", "country": "GHA", "identification": "W-1"},
    ),
    Row(name="organisation", at=_organisation(), get={PAGE: who.MEMBERS}),
    _members_only("invite_colleague", lambda world, visitor: {"email": "nana@example.org"}),
    _members_only("remove_colleague", _nothing, person=lambda world: world.people[who.COLLEAGUE].public_id),
    _members_only("give_mandate", _mandate),
    _members_only(
        "ask_for_vetting", lambda world, visitor: {"authority": str(world.there.authority.public_id)}
    ),
    _members_only("record_mandate", _paper_mandate),
    Row(
        name="confirm_mandate",
        at=_mandate_on_paper,
        get={PAGE: {who.OFFICER}},
        post={DONE: {who.OFFICER}},
        sends=lambda world, visitor: {"seen": "on"},
    ),
    Row(
        name="invitation",
        at=lambda world: {"token": TOKEN},
        # Whoever holds the token may look; it was sent to one address.
        get={PAGE: who.SIGNED_IN},
        post={DONE: {who.STRANGER}, MISTAKEN: who.others({who.STRANGER})},
    ),
    Row(
        name="invitation", situation="guessed", at=lambda world: {"token": "guessed"}, get={}, post={DONE: ()}
    ),
    Row(
        name="withdraw_invitation",
        at=lambda world: {"public_id": world.invitation.public_id},
        get={PAGE: who.MEMBERS},
        post={DONE: who.MEMBERS},
    ),
    Row(
        name="withdraw_invitation",
        situation="of a first person",
        at=lambda world: {"public_id": _of_first_person(world)[0].public_id},
        get={PAGE: _KNOWING},
        post={DONE: _KNOWING},
    ),
    Row(
        name="invitation",
        situation="of a first person",
        at=lambda world: {"token": _of_first_person(world)[1]},
        get={PAGE: who.SIGNED_IN},
        post={DONE: {who.STRANGER}, MISTAKEN: who.others({who.STRANGER})},
    ),
    Row(
        name="invite_first_person",
        at=_known_from_paper,
        get={PAGE: _KNOWING},
        post={DONE: _KNOWING},
        sends=lambda world, visitor: {"email": "esi@example.org"},
    ),
    Row(
        name="invite_first_person",
        situation="somebody belongs to it",
        at=_organisation(),
        get={},
        post={DONE: ()},
        sends=lambda world, visitor: {"email": "esi@example.org"},
    ),
    Row(name="programs", at=_organisation(), get={PAGE: who.MEMBERS}),
    _members_only("open_service_account", lambda world, visitor: {"name": "Bookkeeping"}),
    Row(
        name="issue_token",
        at=_account,
        get={PAGE: who.MEMBERS},
        post={PAGE: who.MEMBERS},
        sends=lambda world, visitor: {"scopes": ["read"], "days": "30"},
        changes=who.MEMBERS,
    ),
    Row(name="end_service_account", at=_account, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(
        name="rotate_token",
        at=_token,
        get={PAGE: who.MEMBERS},
        post={PAGE: who.MEMBERS},
        changes=who.MEMBERS,
    ),
    Row(name="revoke_token", at=_token, get={PAGE: who.MEMBERS}, post={DONE: who.MEMBERS}),
    Row(
        name="revoke_mandate",
        at=lambda world: {"public_id": world.mandate.public_id},
        get={PAGE: who.WRITERS},
        post={DONE: who.WRITERS},
    ),
]


def _office(function: Function) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.here.offices[function][0].public_id}


def _tenure(name: str, function: Function) -> Callable[[World], str]:
    """The address about the one who holds an office, named by their first day in it."""

    def address(world: World) -> str:
        office, holder = world.here.offices[function]
        held = tenure_of(holder)
        of_it = f"?person={holder.public_id}&starts_on={held.starts_on.isoformat()}"
        return reverse(name, kwargs={"public_id": office.public_id}) + of_it

    return address


def _direction(world: World) -> Mapping[str, Any]:
    """An invitation of the stranger to direct an authority that was founded just now."""
    invited = services.found_authority(
        "SEN",
        name={"fr": "Autorité du Sénégal"},
        time_zone="Africa/Dakar",
        languages=["fr"],
        director=world.people[who.STRANGER].email,
        at=RealClock().now(),
    )
    return {"token": invited.token}


def _somebody(world: World, visitor: str) -> Sent:
    return {
        "email": world.people[who.STRANGER].email,
        "starts_on": world.today.isoformat(),
        "ends_on": (world.today + timedelta(days=5)).isoformat(),
    }


_DIRECTING: Answers = {PAGE: who.DIRECTORS}
# Whoever has not shown the second factor again is asked for it before anything is looked for.
_DIRECTED: Answers = {DONE: {who.DIRECTOR}, SHOW_AGAIN: who.LATER}

# The code for a second factor is shown with an office that asks for one, once.
_GIVEN: Answers = {PAGE: {who.DIRECTOR}, SHOW_AGAIN: who.LATER}


def _paper(world: World, visitor: str) -> Sent:
    return {
        "office": str(world.here.offices[Function.DESK_OFFICER][0].public_id),
        "kind": "consolidated",
        "name": "Paper Stoves",
        "country": "GHA",
        "identification": "P-1",
        "title": "Stoves, by post",
        "declared": "on",
        "scan": SimpleUploadedFile("paper.pdf", pdf(), content_type="application/pdf"),
    }


OF_OFFICES = [
    Row(name="vetting", get={PAGE: {who.OFFICER, who.OFFICER_THERE}}),
    Row(
        name="decide_vetting",
        at=lambda world: {"public_id": world.vetting.public_id},
        get={PAGE: {who.OFFICER}},
        post={DONE: {who.OFFICER}},
        sends=lambda world, visitor: {"outcome": "accepted"},
    ),
    Row(
        name="organisations_on_paper",
        get={PAGE: _KNOWING | {who.OFFICER_THERE, who.DIRECTOR_THERE}},
    ),
    Row(name="organisations_let_in", get={PAGE: {who.OFFICER, who.OFFICER_THERE}}),
    Row(
        name="withdraw_vetting",
        at=_accepted,
        get={PAGE: {who.OFFICER}},
        post={DONE: {who.OFFICER}},
        sends=lambda world, visitor: {"reasons": "It no longer exists."},
    ),
    Row(
        name="office_invitation",
        at=_direction,
        # Whoever holds the token may look; it was sent to one address.
        get={PAGE: who.SIGNED_IN},
        post={DONE: {who.STRANGER}, MISTAKEN: who.others({who.STRANGER})},
    ),
    Row(
        name="office_invitation",
        situation="guessed",
        at=lambda world: {"token": "guessed"},
        get={},
        post={DONE: ()},
    ),
    Row(
        name="reset_second_factor",
        at=_tenure("reset_second_factor", Function.SIGNER),
        get=_DIRECTING,
        # The new code is shown, once.
        post={PAGE: {who.DIRECTOR}, SHOW_AGAIN: who.LATER},
        changes={who.DIRECTOR},
    ),
    Row(name="offices", get={PAGE: who.DIRECTORS | {who.DIRECTOR_THERE}}),
    Row(
        name="open_office",
        at=lambda world: {"public_id": world.here.authority.public_id},
        get=_DIRECTING,
        post=_DIRECTED,
        sends=lambda world, visitor: {"function": Function.DECIDER, "title": "Head", "language": "en"},
    ),
    Row(
        name="set_ceiling",
        at=lambda world: {"public_id": world.here.authority.public_id},
        get=_DIRECTING,
        post={DONE: {who.DIRECTOR}, SHOW_AGAIN: {who.DIRECTOR_LATER}},
        sends=lambda world, visitor: {
            "period": "2021-2030",
            "tonnes": "1000000000",
            "reason": "Kept for the unconditional part.",
            "source": "Cabinet decision 12",
        },
    ),
    Row(
        name="appoint",
        at=_office(Function.SIGNER),
        get=_DIRECTING,
        post=_GIVEN,
        changes={who.DIRECTOR},
        sends=_somebody,
    ),
    Row(
        name="appoint_deputy",
        at=_tenure("appoint_deputy", Function.SIGNER),
        get=_DIRECTING,
        post=_GIVEN,
        changes={who.DIRECTOR},
        sends=_somebody,
    ),
    Row(
        name="dismiss",
        at=_tenure("dismiss", Function.SIGNER),
        get=_DIRECTING,
        post=_DIRECTED,
        sends=lambda world, visitor: {
            "when": "with a day",
            "ends_on": world.today.isoformat(),
        },
    ),
    Row(
        name="case_on_paper",
        get={PAGE: {who.OFFICER, who.OFFICER_THERE}},
        # An officer of the other desk is not offered this one.
        post={DONE: {who.OFFICER}, MISTAKEN: {who.OFFICER_THERE}},
        sends=_paper,
    ),
]
