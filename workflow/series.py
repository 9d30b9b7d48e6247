"""Running numbers: each series counts without a gap, because its row is locked with the act that counts."""

from django.db.models import F

from workflow.models import Series


def next_in(name: str) -> int:
    """The next number of a series, from 1; taken in the caller's transaction, last of all it does."""
    Series.objects.get_or_create(name=name)
    Series.objects.filter(name=name).update(last=F("last") + 1)
    return Series.objects.values_list("last", flat=True).get(name=name)
