"""The addresses of the volumes, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.volumes import views

urlpatterns: list[URLPattern] = [
    path("authorisations/<slug:identifier>/volumes/", for_people_signed_in(views.volumes), name="volumes"),
    path("desk/budget/", for_people_signed_in(views.budget), name="budget"),
    path(
        "desk/budget/<uuid:public_id>/set/",
        for_people_signed_in(views.set_one),
        name="set_ceiling",
    ),
]
