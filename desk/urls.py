"""The addresses of the pages and of the API, each with who may open it."""

from django.urls import URLPattern, URLResolver, include, path

from desk.access import for_anybody, for_people_signed_in
from desk.api import LetterByCode
from desk.people.urls import urlpatterns as about_people
from desk.urls_of_work import urlpatterns as of_work
from desk.views.cases import case, cases
from desk.views.checking import check_code, check_form
from desk.views.front import front
from desk.views.letters import letter_file

urlpatterns: list[URLPattern | URLResolver] = [
    path("", for_anybody(front), name="front"),
    path("check/", for_anybody(check_form), name="check"),
    # This address is printed on every letter, in its square pattern: it holds for ever.
    path("check/<str:code>/", for_anybody(check_code), name="check_code"),
    path("cases/", for_people_signed_in(cases), name="cases"),
    path("", include("desk.applications.urls")),
    path("cases/<uuid:public_id>/", for_people_signed_in(case), name="case"),
    path("letters/<uuid:public_id>.pdf", for_people_signed_in(letter_file), name="letter_file"),
    *about_people,
    *of_work,
    path("api/v1/letters/<str:code>", for_anybody(LetterByCode.as_view()), name="api_letter"),
]
