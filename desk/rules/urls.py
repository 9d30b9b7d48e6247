"""The address of the rules, with who may open it."""

from django.urls import URLPattern, path

from desk.access import for_anybody
from desk.rules.views import rules

urlpatterns: list[URLPattern] = [path("rules/", for_anybody(rules), name="rules")]
