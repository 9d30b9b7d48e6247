"""Tonnes by vintage, as a caller types them."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from rest_framework import serializers


def by_vintage(volumes: Mapping[str, int]) -> dict[int, int]:
    """The same by the year itself: whole t CO2 eq. Raises ValidationError for what is no year."""
    wrong = [year for year in volumes if not (year.isascii() and year.isdecimal() and len(year) == 4)]
    if wrong:
        raise serializers.ValidationError(_("“%(year)s” is not a year.") % {"year": wrong[0]})
    return {int(year): tonnes for year, tonnes in volumes.items()}
