"""The addresses of acts about an authorisation, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.changing import many, views

urlpatterns: list[URLPattern] = [
    path("authorisations/<slug:identifier>/acts/", for_people_signed_in(views.offered), name="acts"),
    path(
        "authorisations/<slug:identifier>/acts/<slug:kind>/",
        for_people_signed_in(views.plan),
        name="plan_act",
    ),
    path(
        "authorities/<uuid:public_id>/acts/",
        for_people_signed_in(many.many),
        name="acts_over_many",
    ),
    path(
        "authorities/<uuid:public_id>/acts/<uuid:batch>/",
        for_people_signed_in(many.opened),
        name="acts_over_many_opened",
    ),
    path("cases/<uuid:public_id>/effect/", for_people_signed_in(views.effect), name="effect"),
]
