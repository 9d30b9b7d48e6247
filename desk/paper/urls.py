"""The addresses of letters on paper, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.paper import views

urlpatterns: list[URLPattern] = [
    path("desk/letters/<uuid:public_id>/paper/", for_people_signed_in(views.page), name="paper"),
    path(
        "desk/letters/<uuid:public_id>/paper/to-sign-by-hand.pdf",
        for_people_signed_in(views.print_file),
        name="paper_print",
    ),
    path(
        "desk/letters/<uuid:public_id>/paper/copy-to-compare.pdf",
        for_people_signed_in(views.copy_file),
        name="paper_copy",
    ),
    path(
        "desk/letters/<uuid:public_id>/paper/scans/<uuid:document>/",
        for_people_signed_in(views.scan_file),
        name="paper_scan",
    ),
    path(
        "desk/letters/<uuid:public_id>/paper/do/<slug:step>/",
        for_people_signed_in(views.take),
        name="paper_act",
    ),
]
