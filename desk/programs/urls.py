"""The addresses of service accounts and tokens, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.programs import views

urlpatterns: list[URLPattern] = [
    path("organisations/<uuid:public_id>/programs/", for_people_signed_in(views.programs), name="programs"),
    path(
        "organisations/<uuid:public_id>/programs/open/",
        for_people_signed_in(views.open_account),
        name="open_service_account",
    ),
    path("service-accounts/<uuid:public_id>/issue/", for_people_signed_in(views.issue), name="issue_token"),
    path(
        "service-accounts/<uuid:public_id>/end/",
        for_people_signed_in(views.end_account),
        name="end_service_account",
    ),
    path("tokens/<uuid:public_id>/replace/", for_people_signed_in(views.rotate), name="rotate_token"),
    path("tokens/<uuid:public_id>/revoke/", for_people_signed_in(views.revoke), name="revoke_token"),
]
