"""The addresses of who must be told, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.announcements import views

urlpatterns: list[URLPattern] = [
    path("desk/announcements/", for_people_signed_in(views.listed), name="announcements"),
    path(
        "desk/announcements/<uuid:public_id>/<slug:step>/",
        for_people_signed_in(views.act),
        name="announcement_act",
    ),
    path(
        "authorities/<uuid:public_id>/correspondents/",
        for_people_signed_in(views.correspondent),
        name="correspondent",
    ),
]
