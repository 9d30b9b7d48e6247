"""The address of a document, with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.documents.views import document_file, earlier_letter

urlpatterns: list[URLPattern] = [
    path("documents/<uuid:public_id>/", for_people_signed_in(document_file), name="document_file"),
    path(
        "authorisations/<slug:identifier>/earlier-letter/",
        for_people_signed_in(earlier_letter),
        name="earlier_letter",
    ),
]
