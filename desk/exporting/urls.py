"""The addresses of exports."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.acting import asks_again
from desk.exporting import views

urlpatterns: list[URLPattern] = [
    path("authorities/<uuid:public_id>/exports/", for_people_signed_in(views.exports), name="exports"),
    # Who has everything exported, or takes it along, proves at the act who they are.
    path(
        "authorities/<uuid:public_id>/exports/make/",
        for_people_signed_in(asks_again(views.ask)),
        name="ask_for_export",
    ),
    path(
        "exports/<uuid:public_id>/file/",
        for_people_signed_in(asks_again(views.take_along)),
        name="take_export_along",
    ),
]
