"""`manage.py run_clocks`: what has become due by the calendar."""

from django.core.management.base import BaseCommand, CommandError

from workflow import daily
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Does what has become due: reminders, warnings, what is passed on or lapses. Run again, or twice at "
        "the same time, it does nothing twice. Cases on clocks of their own, demonstrations, are left alone."
    )

    def handle(self, *args: object, **options: object) -> None:
        tally = daily.run(RealClock())
        self.stdout.write(f"Done: {tally.done}.")
        if tally.failed:
            raise CommandError(f"{tally.failed} could not be done; the log says which. They are tried again.")
