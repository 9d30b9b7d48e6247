"""The addresses of conditions and obligations, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.obligations import views

urlpatterns: list[URLPattern] = [
    path(
        "authorisations/<slug:identifier>/obligations/",
        for_people_signed_in(views.of_authorisation),
        name="obligations",
    ),
    path("obligations/<uuid:public_id>/<slug:step>/", for_people_signed_in(views.act), name="obligation_act"),
    path("desk/obligations/", for_people_signed_in(views.board), name="obligations_board"),
]
