"""The addresses at which the authority works, and the public register, each with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_anybody, for_people_signed_in
from desk.casework import minutes
from desk.casework import views as casework
from desk.deciding import views as deciding
from desk.inbox import views as inbox
from desk.overdue import views as overdue
from desk.register import views as register
from desk.signing import views as signing

urlpatterns: list[URLPattern] = [
    path("desk/", for_people_signed_in(inbox.page), name="inbox"),
    path("desk/overdue/", for_people_signed_in(overdue.page), name="overdue"),
    path("desk/cases/<uuid:public_id>/", for_people_signed_in(casework.page), name="casework"),
    path(
        "desk/cases/<uuid:public_id>/do/<slug:step>/",
        for_people_signed_in(casework.take),
        name="casework_act",
    ),
    path(
        "desk/cases/<uuid:public_id>/minutes/<slug:sha256>/",
        for_people_signed_in(minutes.minutes_file),
        name="minutes_file",
    ),
    path("desk/cases/<uuid:public_id>/decision/", for_people_signed_in(deciding.page), name="deciding"),
    path(
        "desk/cases/<uuid:public_id>/decision/do/<slug:step>/",
        for_people_signed_in(deciding.take),
        name="deciding_act",
    ),
    path("desk/cases/<uuid:public_id>/decision/weigh/", for_people_signed_in(deciding.weigh), name="weigh"),
    path(
        "desk/cases/<uuid:public_id>/decision/preview/<slug:step>/",
        for_people_signed_in(deciding.preview_letter),
        name="preview_letter",
    ),
    path("desk/letter-preview.css", for_people_signed_in(deciding.preview_styles), name="preview_styles"),
    path("desk/letters/<uuid:public_id>/", for_people_signed_in(signing.page), name="signing"),
    path(
        "desk/letters/<uuid:public_id>/to-sign.pdf",
        for_people_signed_in(signing.unsigned_file),
        name="unsigned_file",
    ),
    path(
        "desk/letters/<uuid:public_id>/do/<slug:step>/",
        for_people_signed_in(signing.take),
        name="signing_act",
    ),
    path("register/", for_anybody(register.search), name="register"),
    path("register/<slug:identifier>/", for_anybody(register.authorisation), name="register_entry"),
]
