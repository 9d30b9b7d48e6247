"""Rows of the matrix: the pages of the sign-in library, those of administration, and the public ones."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator

from accounts.models import Party
from desk.access import Access
from tests.desk.access import visitors as who
from tests.desk.access.rows import (
    DONE,
    HIDDEN,
    MISTAKEN,
    NO_SUCH_METHOD,
    PAGE,
    REFUSED,
    SHOW_AGAIN,
    TO_CASES,
    Answer,
    Row,
    to,
)
from tests.desk.access.world import World
from tests.desk.cases import PASSWORD

_IN = who.SIGNED_IN | who.UNPROVED
_NEW_PASSWORD = "another one of twelve signs"


def _public(name: str, **more: Any) -> Row:
    return Row(name=name, access=Access.ANYBODY, rest=PAGE, **{"get": {}, **more})


# -- signing in, up and out --------------------------------------------------------------------------

ON_THE_WAY_IN = [
    _public(
        "account_login",
        get={TO_CASES: _IN},
        # With a second factor set up, the password alone lets nobody in.
        post={to("/sign-in/code/"): who.NOT_IN, TO_CASES: _IN},
        sends=lambda world, visitor: {"login": world.people[who.DECIDER].email, "password": PASSWORD},
        keeps=True,
    ),
    _public("mfa_authenticate", get={to("/sign-in/"): who.NOT_IN, TO_CASES: _IN}),
    _public(
        "account_signup",
        get={TO_CASES: _IN},
        post={to("/sign-up/code/"): who.NOT_IN, TO_CASES: _IN},
        sends=lambda world, visitor: {
            "email": "new@example.org",
            "name": "New",
            "language": "en",
            "password1": _NEW_PASSWORD,
            "password2": _NEW_PASSWORD,
        },
        changes=who.NOT_IN,
    ),
    _public("account_email_verification_sent", get={to("/sign-in/"): who.NOT_IN, to("/account/"): _IN}),
    _public(
        "account_reset_password",
        post={to("/password/forgotten/code/"): who.EVERYBODY},
        sends=lambda world, visitor: {"email": world.people[who.STRANGER].email},
        keeps=True,
    ),
    _public("account_confirm_password_reset_code", get={to("/sign-in/"): who.EVERYBODY}),
    _public("account_complete_password_reset", get={to("/password/forgotten/"): who.EVERYBODY}),
    _public("account_password_reset_completed"),
    _public("account_inactive"),
    _public(
        "account_logout",
        get={to("/"): who.NOT_IN},
        post={to("/"): who.EVERYBODY},
        keeps=True,
    ),
]

# -- one's own account -------------------------------------------------------------------------------

# Whose session has shown no second factor again, or whose account has none, proves who they are first.
_LATER = who.LATER | {who.NOT_SHOWN}
_PROVED = who.SIGNED_IN - who.LATER
_CONFIRM, _PASSWORD_AGAIN = to("/account/second-factor/confirm/"), to("/account/confirm/")
_CODES = to("/account/second-factor/codes/")
_PASSKEYS = to("/account/second-factor/passkeys/")
# The code that came with their office, before they set up the first.
_CODE_FIRST = to("/account/second-factor/set-up-code/")


def _own(name: str, **more: Any) -> Row:
    return Row(name=name, access=Access.OWN_ACCOUNT, **{"get": {PAGE: _IN}, **more})


def _passkey(world: World, *, of: str = who.APPLICANT) -> dict[str, int]:
    """A passkey of the applicant's, or of this visitor's: to everybody else it is not there."""
    return {
        "pk": Authenticator.objects.create(
            user=world.people[of],
            type=Authenticator.Type.WEBAUTHN,
            data={"name": "Key", "credential": {}},
        ).pk
    }


_APPLICANT = frozenset({who.APPLICANT})
OWN_ACCOUNT = [
    _own("account_email"),
    _own(
        "account_change_password",
        post={to("/account/"): _IN},
        sends=lambda world, visitor: {
            "oldpassword": PASSWORD,
            "password1": _NEW_PASSWORD,
            "password2": _NEW_PASSWORD,
        },
        changes=_IN,
    ),
    _own("account_reauthenticate", get={PAGE: {who.HAS_NONE}, _CONFIRM: _IN - {who.HAS_NONE}}),
    _own("mfa_index"),
    _own("mfa_reauthenticate", get={PAGE: _IN - {who.HAS_NONE}, _PASSWORD_AGAIN: {who.HAS_NONE}}),
    # Nobody has a passkey: they are led to the way that they have.
    _own(
        "mfa_reauthenticate_webauthn", get={_CONFIRM: _IN - {who.HAS_NONE}, _PASSWORD_AGAIN: {who.HAS_NONE}}
    ),
    _own(
        "mfa_activate_totp",
        get={
            to("/account/second-factor/app/remove/"): _PROVED,
            SHOW_AGAIN: _LATER,
            _CODE_FIRST: {who.HAS_NONE},
        },
    ),
    _own(
        "mfa_deactivate_totp",
        get={PAGE: _PROVED, SHOW_AGAIN: _LATER},
        # It is the last one, and their office asks for one; others may lay it down.
        post={
            PAGE: {who.DECIDER, who.SIGNER, who.DIRECTOR, who.ADMINISTRATOR}
            | {who.DECIDER_THERE, who.SIGNER_THERE, who.DIRECTOR_THERE},
            SHOW_AGAIN: _LATER,
            HIDDEN: {who.HAS_NONE},
        },
        post_rest=to("/account/second-factor/"),
        changes=_PROVED
        - {who.DECIDER, who.SIGNER, who.DIRECTOR, who.ADMINISTRATOR}
        - {who.DECIDER_THERE, who.SIGNER_THERE, who.DIRECTOR_THERE},
    ),
    # Who needs a second factor and has none enters the code that came with the office; others need none.
    _own("set_up_code", get={PAGE: {who.HAS_NONE}}, rest=to("/account/second-factor/")),
    _own("mfa_list_webauthn"),
    _own("mfa_add_webauthn", get={PAGE: _PROVED, SHOW_AGAIN: _LATER, _CODE_FIRST: {who.HAS_NONE}}),
    _own(
        "mfa_edit_webauthn",
        at=_passkey,
        get={PAGE: _APPLICANT, SHOW_AGAIN: _LATER, _PASSWORD_AGAIN: {who.HAS_NONE}},
        post={
            to("/account/second-factor/passkeys/"): _APPLICANT,
            SHOW_AGAIN: _LATER,
            _PASSWORD_AGAIN: {who.HAS_NONE},
        },
        sends=lambda world, visitor: {"name": "Another name"},
        changes=_APPLICANT,
    ),
    _own(
        "mfa_remove_webauthn",
        at=_passkey,
        get={PAGE: _APPLICANT},
        post={_PASSKEYS: _APPLICANT},
        changes=_APPLICANT,
    ),
    _own(
        "mfa_remove_webauthn",
        situation="the last of whose office needs one",
        at=lambda world: _passkey(world, of=who.HAS_NONE),
        get={_PASSKEYS: {who.HAS_NONE}},
        post={_PASSKEYS: {who.HAS_NONE}},
        changes=(),
    ),
    # The library keeps account of codes that were looked at.
    _own("mfa_view_recovery_codes", get={PAGE: _PROVED, SHOW_AGAIN: _LATER}, notes=True),
    _own(
        "mfa_generate_recovery_codes",
        get={PAGE: _PROVED, SHOW_AGAIN: _LATER, _PASSWORD_AGAIN: {who.HAS_NONE}},
        post={_CODES: _PROVED, SHOW_AGAIN: _LATER, _PASSWORD_AGAIN: {who.HAS_NONE}},
        changes=_PROVED,
    ),
    _own("mfa_download_recovery_codes", get={PAGE: _PROVED, SHOW_AGAIN: _LATER}, notes=True),
]

# -- administration ----------------------------------------------------------------------------------

_CHIEF = frozenset({who.ADMINISTRATOR})


def _administered(
    name: str, at: Callable[[World], Any] | None = None, *, answer: Answer = PAGE, **more: Any
) -> Row:
    return Row(
        name=name,
        access=Access.ADMINISTRATORS,
        get={answer: _CHIEF},
        at=at or (lambda world: {}),
        **more,
    )


def _person(world: World) -> dict[str, Any]:
    return {"object_id": world.people[who.STRANGER].pk}


def _party(world: World) -> dict[str, Any]:
    return {"object_id": Party.objects.get(code="GHA").pk}


ADMINISTRATION = [
    _administered("admin:index"),
    # Nothing here is looked up by typing.
    _administered("admin:autocomplete", answer=REFUSED),
    _administered("admin:jsi18n"),
    _administered("admin:app_list", lambda world: {"app_label": "accounts"}),
    Row(
        name="admin/(?P<url>.*)$",
        at=lambda world: "/admin/nothing/",
        access=Access.ADMINISTRATORS,
        get={},
    ),
    _administered(
        "admin:accounts_user_changelist",
        post={DONE: _CHIEF},
        sends=lambda world, visitor: {
            "action": "close",
            "_selected_action": [str(world.people[who.STRANGER].pk)],
        },
    ),
    _administered(
        "admin:accounts_user_add",
        post={DONE: _CHIEF},
        sends=lambda world, visitor: {"email": "esi@example.org", "name": "Esi", "language": "en"},
    ),
    _administered("admin:accounts_user_history", _person),
    _administered(
        "admin:accounts_user_delete",
        _person,
        answer=REFUSED,
        post={REFUSED: _CHIEF},
        sends=lambda world, visitor: {"post": "yes"},
    ),
    _administered(
        "admin:accounts_user_change",
        _person,
        post={DONE: _CHIEF},
        sends=lambda world, visitor: {"name": "Another name", "language": "en", "is_staff": "on"},
    ),
    _administered(
        "admin/accounts/user/<path:object_id>/",
        lambda world: f"/admin/accounts/user/{world.people[who.STRANGER].pk}/",
        answer=DONE,
    ),
    _administered("admin:accounts_party_changelist"),
    _administered(
        "admin:accounts_party_add",
        post={DONE: _CHIEF},
        sends=lambda world, visitor: {"code": "XYZ"},
    ),
    _administered("admin:accounts_party_history", _party),
    _administered(
        "admin:accounts_party_delete",
        _party,
        answer=REFUSED,
        post={REFUSED: _CHIEF},
        sends=lambda world, visitor: {"post": "yes"},
    ),
    _administered(
        "admin:accounts_party_change",
        _party,
        post={DONE: _CHIEF},
        sends=lambda world, visitor: {"left_on": "2030-01-01"},
    ),
    _administered(
        "admin/accounts/party/<path:object_id>/",
        lambda world: f"/admin/accounts/party/{Party.objects.get(code='GHA').pk}/",
        answer=DONE,
    ),
]

# -- for the public ----------------------------------------------------------------------------------

PUBLIC = [
    _public("front"),
    _public("check"),
    # Without a file nothing is examined, and whoever only looks is led to the page that takes one.
    _public("check_file", get={to("/check/"): who.EVERYBODY}, post={MISTAKEN: who.EVERYBODY}),
    _public("check_number"),
    _public("offline"),
    _public("offline_verifier"),
    _public("offline_certificates"),
    # None is published before the clock has looked.
    _public("status_list", at=lambda world: {"authority": "nobody"}, get={HIDDEN: who.EVERYBODY}),
    _public("letter_schema"),
    _public("public_file", at=lambda world: {"code": world.letters["granted"].code}),
    _public(
        "language",
        get={to("/"): who.EVERYBODY},
        post={to("/"): who.EVERYBODY},
        sends=lambda world, visitor: {"language": "fr"},
        # It is kept with the account of whoever has one.
        changes=_IN,
    ),
    _public("check_code", at=lambda world: {"code": world.letters["granted"].code}),
    _public(
        "check_code",
        at=lambda world: {"code": world.letters["letter_due"].code},
        situation="of a letter that is not issued",
        get={HIDDEN: who.EVERYBODY},
    ),
    _public("api_letter", at=lambda world: {"code": world.letters["granted"].code}),
    _public(
        "api_letter",
        at=lambda world: {"code": world.letters["letter_due"].code},
        situation="of a letter that is not issued",
        get={HIDDEN: who.EVERYBODY},
    ),
    # Without a file, and without a number, nothing is examined.
    _public(
        "api_check_file",
        get={NO_SUCH_METHOD: who.EVERYBODY},
        post={MISTAKEN: who.EVERYBODY},
    ),
    _public("api_check_number", get={MISTAKEN: who.EVERYBODY}),
    *(
        _public(name)
        for name in ("api_specification", "api_parties", "api_approaches", "api_procedures", "api_register")
    ),
    _public("api_procedure", at=lambda world: {"version": world.cases["granted"].procedure_version}),
    _public("api_register_entry", at=lambda world: {"identifier": world.cases["granted"].identifier}),
    _public(
        "api_register_entry",
        situation="of what is not granted yet",
        at=lambda world: {"identifier": world.cases["letter_due"].identifier},
        get={HIDDEN: who.EVERYBODY},
    ),
    _public("procedures"),
    _public("rules"),
    _public("procedure", at=lambda world: {"version": world.cases["granted"].procedure_version}),
    _public("register"),
    _public("register_entry", at=lambda world: {"identifier": world.cases["granted"].identifier}),
    _public(
        "register_entry",
        situation="of what is not granted yet",
        at=lambda world: {"identifier": world.cases["letter_due"].identifier},
        get={HIDDEN: who.EVERYBODY},
    ),
]
