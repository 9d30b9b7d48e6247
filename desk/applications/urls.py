"""The addresses of the applicant's journey, each with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.applications import views
from desk.applications.appealing import application_appeal
from desk.applications.documents import application_documents, remove_document
from desk.applications.hearing import application_hearing
from desk.applications.section_views import application_section

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
        "cases/<uuid:public_id>/application/documents/",
        for_people_signed_in(application_documents),
        name="application_documents",
    ),
    path(
        "cases/<uuid:public_id>/application/documents/<uuid:document>/remove/",
        for_people_signed_in(remove_document),
        name="application_document_remove",
    ),
    path(
        "cases/<uuid:public_id>/application/answer/",
        for_people_signed_in(views.application_answer),
        name="application_answer",
    ),
    path(
        "cases/<uuid:public_id>/hearing/",
        for_people_signed_in(application_hearing),
        name="application_hearing",
    ),
    path(
        "cases/<uuid:public_id>/appeal/",
        for_people_signed_in(application_appeal),
        name="application_appeal",
    ),
    path(
        "cases/<uuid:public_id>/application/withdraw/",
        for_people_signed_in(views.application_withdraw),
        name="application_withdraw",
    ),
    path(
        "cases/<uuid:public_id>/application/sections/<slug:name>/",
        for_people_signed_in(application_section),
        name="application_section",
    ),
]
