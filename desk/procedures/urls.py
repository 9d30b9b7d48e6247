"""The addresses of the procedures, with who may open them."""

from django.urls import URLPattern, path

from desk.access import for_anybody
from desk.procedures.views import procedure, procedures

urlpatterns: list[URLPattern] = [
    path("procedures/", for_anybody(procedures), name="procedures"),
    # A version is a Party, a stroke and a name: procedures/GHA/2022-1/
    path("procedures/<path:version>/", for_anybody(procedure), name="procedure"),
]
