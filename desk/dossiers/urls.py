"""The addresses of dossiers, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.dossiers import views

urlpatterns: list[URLPattern] = [
    path("applications/open/", for_people_signed_in(views.open_a_dossier), name="open_dossier"),
    path(
        "cases/<uuid:public_id>/application/export/",
        for_people_signed_in(views.export_application),
        name="export_application",
    ),
]
