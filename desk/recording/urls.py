"""The addresses of recording, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.recording import entitling, views

urlpatterns: list[URLPattern] = [
    path("activities/<uuid:public_id>/", for_people_signed_in(views.activity), name="activity"),
    path(
        "activities/<uuid:public_id>/record/issuance/",
        for_people_signed_in(views.record_issuance),
        name="record_issuance",
    ),
    path(
        "activities/<uuid:public_id>/record/<slug:happening>/",
        for_people_signed_in(views.record_of_activity),
        name="record_of_activity",
    ),
    path(
        "authorisations/<slug:identifier>/record/<slug:happening>/",
        for_people_signed_in(views.record),
        name="record",
    ),
    path(
        "recordings/<uuid:public_id>/evidence/",
        for_people_signed_in(views.evidence_file),
        name="evidence_file",
    ),
    path("registries/<uuid:public_id>/", for_people_signed_in(views.registry), name="registry"),
    path(
        "authorities/<uuid:public_id>/registries/",
        for_people_signed_in(entitling.registries),
        name="registries",
    ),
    path(
        "authorities/<uuid:public_id>/registries/grant/",
        for_people_signed_in(entitling.grant),
        name="entitle_registry",
    ),
    path(
        "entitlements/<uuid:public_id>/end/",
        for_people_signed_in(entitling.end),
        name="end_entitlement",
    ),
]
