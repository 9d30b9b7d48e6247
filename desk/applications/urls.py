"""The addresses of the applicant's journey, each with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.applications import views

urlpatterns: list[URLPattern] = [
    path("applications/new/", for_people_signed_in(views.new_application), name="new_application"),
    path(
        "cases/<uuid:public_id>/application/",
        for_people_signed_in(views.application),
        name="application",
    ),
    path(
        "cases/<uuid:public_id>/application/check/",
        for_people_signed_in(views.application_check),
        name="application_check",
    ),
    path(
        "cases/<uuid:public_id>/application/answer/",
        for_people_signed_in(views.application_answer),
        name="application_answer",
    ),
    path(
        "cases/<uuid:public_id>/application/withdraw/",
        for_people_signed_in(views.application_withdraw),
        name="application_withdraw",
    ),
    path(
        "cases/<uuid:public_id>/application/sections/<slug:name>/",
        for_people_signed_in(views.application_section),
        name="application_section",
    ),
]
