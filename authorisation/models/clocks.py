"""What the clock did about a case: each thing once, by a constraint of the database."""

from django.db import models

from audit.models import AppendOnly
from authorisation.clocks import Clock, What
from authorisation.models.cases import Case


class ClockAct(AppendOnly):
    """One thing that a clock brought about in one of its runs, for the day on which it was to be done.

    about      the code of the body, where it is about one
    meaning    what the silence of that body counts as (`authorisation.procedures.shape.Silence`)
    day        the legal date for which it was due; done late after downtime, it keeps that day
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clock_acts")
    clock = models.CharField(max_length=20, choices=Clock.choices)
    run = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=20, choices=What.choices)
    about = models.CharField(max_length=100, blank=True, default="")
    meaning = models.CharField(max_length=20, blank=True, default="")
    day = models.DateField()
    done_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "clock", "run", "what", "about", "day"), name="the_clock_acts_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.what} {self.clock}"
