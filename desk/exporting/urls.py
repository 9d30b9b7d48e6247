"""The addresses of exports."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.exporting import views

urlpatterns: list[URLPattern] = [
    path("authorities/<uuid:public_id>/exports/", for_people_signed_in(views.exports), name="exports"),
    path(
        "authorities/<uuid:public_id>/exports/make/",
        for_people_signed_in(views.ask),
        name="ask_for_export",
    ),
    path(
        "exports/<uuid:public_id>/file/",
        for_people_signed_in(views.take_along),
        name="take_export_along",
    ),
]
