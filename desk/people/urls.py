"""The addresses about people: one's account, organisations, their vetting, offices, applications on paper."""

from django.urls import URLPattern, path

from desk.access import for_own_account, for_people_signed_in
from desk.acting import asks_again
from desk.people.views import first_person, foundation, offices, organisations, vetting
from desk.people.views.account import own_account
from desk.people.views.paper import case_on_paper
from desk.people.views.second_factor import set_up_code

urlpatterns: list[URLPattern] = [
    # The name is the one by which the sign-in library looks for it.
    path("account/", for_own_account(own_account), name="account_email"),
    path("account/second-factor/set-up-code/", for_own_account(set_up_code), name="set_up_code"),
    path(
        "organisations/register/",
        for_people_signed_in(organisations.register_organisation),
        name="register_organisation",
    ),
    path(
        "organisations/<uuid:public_id>/",
        for_people_signed_in(organisations.organisation),
        name="organisation",
    ),
    path(
        "organisations/<uuid:public_id>/invite/",
        for_people_signed_in(organisations.invite_colleague),
        name="invite_colleague",
    ),
    path(
        "organisations/<uuid:public_id>/people/<uuid:person>/end/",
        for_people_signed_in(organisations.remove_colleague),
        name="remove_colleague",
    ),
    path(
        "organisations/<uuid:public_id>/mandates/give/",
        for_people_signed_in(organisations.give_mandate),
        name="give_mandate",
    ),
    path(
        "organisations/<uuid:public_id>/mandates/record/",
        for_people_signed_in(organisations.record_mandate),
        name="record_mandate",
    ),
    path(
        "organisations/<uuid:public_id>/ask/",
        for_people_signed_in(organisations.ask_for_vetting),
        name="ask_for_vetting",
    ),
    path("invitations/<str:token>/", for_people_signed_in(organisations.invitation), name="invitation"),
    path(
        "invitations/<uuid:public_id>/withdraw/",
        for_people_signed_in(organisations.withdraw_invitation),
        name="withdraw_invitation",
    ),
    path(
        "mandates/<uuid:public_id>/end/",
        for_people_signed_in(organisations.revoke_mandate),
        name="revoke_mandate",
    ),
    path("vetting/", for_people_signed_in(vetting.vetting), name="vetting"),
    path("vetting/let-in/", for_people_signed_in(vetting.organisations_let_in), name="organisations_let_in"),
    path(
        "vetting/on-paper/",
        for_people_signed_in(first_person.organisations_on_paper),
        name="organisations_on_paper",
    ),
    path(
        "vetting/on-paper/<uuid:public_id>/invite/",
        for_people_signed_in(first_person.invite_first_person),
        name="invite_first_person",
    ),
    path(
        "vetting/<uuid:public_id>/withdraw/",
        for_people_signed_in(vetting.withdraw_vetting),
        name="withdraw_vetting",
    ),
    path(
        "mandates/<uuid:public_id>/confirm/",
        for_people_signed_in(vetting.confirm_mandate),
        name="confirm_mandate",
    ),
    path("vetting/<uuid:public_id>/", for_people_signed_in(vetting.decide_vetting), name="decide_vetting"),
    path(
        "offices/invitations/<str:token>/",
        for_people_signed_in(foundation.office_invitation),
        name="office_invitation",
    ),
    path("offices/", for_people_signed_in(offices.offices), name="offices"),
    # Who gives or ends an office proves at the act who they are.
    path(
        "authorities/<uuid:public_id>/offices/open/",
        for_people_signed_in(asks_again(offices.open_office)),
        name="open_office",
    ),
    path("offices/<uuid:public_id>/give/", for_people_signed_in(asks_again(offices.appoint)), name="appoint"),
    path(
        "offices/<uuid:public_id>/deputy/",
        for_people_signed_in(asks_again(offices.appoint_deputy)),
        name="appoint_deputy",
    ),
    path("offices/<uuid:public_id>/end/", for_people_signed_in(asks_again(offices.dismiss)), name="dismiss"),
    path(
        "offices/<uuid:public_id>/second-factor/reset/",
        for_people_signed_in(asks_again(offices.reset_second_factor)),
        name="reset_second_factor",
    ),
    path("cases/paper/", for_people_signed_in(case_on_paper), name="case_on_paper"),
]
