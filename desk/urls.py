"""The addresses of the pages and of the API, each with who may open it."""

from django.urls import URLPattern, URLResolver, include, path

from desk.access import for_anybody, for_people_signed_in
from desk.checking import offline
from desk.checking.views import check_code, check_file, check_form, check_number, public_file
from desk.people.urls import urlpatterns as about_people
from desk.urls_of_work import urlpatterns as of_work
from desk.views.cases import case, cases
from desk.views.front import front
from desk.views.language import language
from desk.views.letters import letter_file, letter_schema

urlpatterns: list[URLPattern | URLResolver] = [
    path("", for_anybody(front), name="front"),
    path("language/", for_anybody(language), name="language"),
    path("check/", for_anybody(check_form), name="check"),
    # Before codes, none of which is a word.
    path("check/offline/", for_anybody(offline.page), name="offline"),
    path("check/offline/verify_letter.py", for_anybody(offline.verifier), name="offline_verifier"),
    path("check/offline/authorities.pem", for_anybody(offline.certificates), name="offline_certificates"),
    path("status/<slug:authority>.json", for_anybody(offline.status), name="status_list"),
    path("check/file/", for_anybody(check_file), name="check_file"),
    path("check/number/", for_anybody(check_number), name="check_number"),
    # This address is printed on every letter, in its square pattern: it holds for ever.
    path("check/<str:code>/", for_anybody(check_code), name="check_code"),
    path("schemas/letter-content-1.json", for_anybody(letter_schema), name="letter_schema"),
    path("check/<str:code>/letter.pdf", for_anybody(public_file), name="public_file"),
    path("cases/", for_people_signed_in(cases), name="cases"),
    path("", include("desk.applications.urls")),
    path("", include("desk.changing.urls")),
    path("", include("desk.documents.urls")),
    path("", include("desk.dossiers.urls")),
    path("", include("desk.fees.urls")),
    path("", include("desk.announcements.urls")),
    path("", include("desk.notices.urls")),
    path("", include("desk.obligations.urls")),
    path("", include("desk.paper.urls")),
    path("", include("desk.procedures.urls")),
    path("", include("desk.programs.urls")),
    path("", include("desk.recording.urls")),
    path("", include("desk.rules.urls")),
    path("", include("desk.specimens.urls")),
    path("", include("desk.volumes.urls")),
    path("", include("desk.webhooks.urls")),
    path("", include("desk.exporting.urls")),
    path("cases/<uuid:public_id>/", for_people_signed_in(case), name="case"),
    path("letters/<uuid:public_id>.pdf", for_people_signed_in(letter_file), name="letter_file"),
    *about_people,
    *of_work,
    path("api/v1/", include("desk.api.urls")),
]
