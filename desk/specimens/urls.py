"""The addresses of the specimens, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.specimens import views

urlpatterns: list[URLPattern] = [
    path("desk/specimens/", for_people_signed_in(views.listed), name="specimens"),
    path(
        "desk/specimens/<slug:authority>/<slug:kind>/<slug:language>/",
        for_people_signed_in(views.page),
        name="specimen",
    ),
    path(
        "desk/specimens/<slug:authority>/<slug:kind>/<slug:language>/look.css",
        for_people_signed_in(views.look),
        name="specimen_look",
    ),
]
