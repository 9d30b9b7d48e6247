"""The addresses about fees, each with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.fees.views import application_fees, fee_notice

urlpatterns: list[URLPattern] = [
    path(
        "cases/<uuid:public_id>/application/fees/",
        for_people_signed_in(application_fees),
        name="application_fees",
    ),
    path(
        "cases/<uuid:public_id>/fees/<int:number>/",
        for_people_signed_in(fee_notice),
        name="fee_notice",
    ),
]
