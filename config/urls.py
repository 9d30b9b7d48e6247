"""Every address of the site. Signing in, up and out is the library's; the rest is the desk's."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, URLResolver, include, path

from config.administration import site
from desk.access import for_anybody, for_own_account
from desk.people.views.account import keeps_a_second_factor
from desk.people.views.second_factor import behind_set_up_code, second_factor_page

# The names are those by which the library finds its own pages.
SIGN_IN: list[URLPattern] = [
    path("sign-in/", for_anybody(account.login), name="account_login"),
    path("sign-in/code/", for_anybody(second_factor.authenticate), name="mfa_authenticate"),
    path("sign-up/", for_anybody(account.signup), name="account_signup"),
    path(
        "sign-up/code/",
        for_anybody(account.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path("password/forgotten/", for_anybody(account.password_reset), name="account_reset_password"),
    path(
        "password/forgotten/code/",
        for_anybody(account.confirm_password_reset_code),
        name="account_confirm_password_reset_code",
    ),
    path(
        "password/new/",
        for_anybody(account.complete_password_reset),
        name="account_complete_password_reset",
    ),
    path(
        "password/done/",
        for_anybody(account.password_reset_from_key_done),
        name="account_password_reset_completed",
    ),
    path("account-inactive/", for_anybody(account.account_inactive), name="account_inactive"),
    # Also for who is half-way in: it leads back to the beginning.
    path("sign-out/", for_anybody(account.logout), name="account_logout"),
    path("account/password/", for_own_account(account.password_change), name="account_change_password"),
    path("account/confirm/", for_own_account(account.reauthenticate), name="account_reauthenticate"),
]

SECOND_FACTOR: list[URLPattern] = [
    path("", for_own_account(second_factor_page), name="mfa_index"),
    path("confirm/", for_own_account(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path(
        "confirm/passkey/",
        for_own_account(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("app/", for_own_account(behind_set_up_code(totp.activate_totp)), name="mfa_activate_totp"),
    path("app/remove/", for_own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("passkeys/", for_own_account(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path(
        "passkeys/add/", for_own_account(behind_set_up_code(passkeys.add_webauthn)), name="mfa_add_webauthn"
    ),
    path("passkeys/<int:pk>/", for_own_account(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "passkeys/<int:pk>/remove/",
        for_own_account(keeps_a_second_factor(passkeys.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
    path("codes/", for_own_account(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "codes/new/",
        for_own_account(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "codes/download/",
        for_own_account(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]

# Below the API a problem document, and else the page.
handler404 = "desk.api.problems.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    *SIGN_IN,
    path("account/second-factor/", include(SECOND_FACTOR)),
    path("admin/", site.urls),
    path("", include("desk.urls")),
]
