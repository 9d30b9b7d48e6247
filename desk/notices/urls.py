"""The addresses of a person's notices, each with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_people_signed_in
from desk.notices import views

urlpatterns: list[URLPattern] = [
    path("notices/", for_people_signed_in(views.page), name="notices"),
    path("notices/mark/", for_people_signed_in(views.mark), name="notices_mark"),
    path("notices/by-mail/", for_people_signed_in(views.preference), name="notices_preference"),
]
