"""`manage.py deliver_outbox`: the embedded worker."""

import signal
from argparse import ArgumentParser
from threading import Event
from types import FrameType

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from workflow import daily, outbox
from workflow.clock import RealClock


class Command(BaseCommand):
    help = (
        "Delivers the outbox: letters are rendered and sealed, notices sent; and every quarter of an hour "
        "does what has become due by the calendar. Runs until it is stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="deliver what is due now, then end")
        parser.add_argument(
            "--pause", type=float, default=0.5, help="seconds to wait when nothing is due (default: 0.5)"
        )

    def handle(self, *, once: bool, pause: float, **options: object) -> None:
        if once:
            self.stdout.write(f"Delivered {outbox.deliver_due()} message(s).")
            return
        stopped = Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            stopped.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        hand = daily.Hand()
        while not stopped.is_set():
            close_old_connections()
            clock = RealClock()
            if hand.is_due(clock.now()):
                daily.run(clock)
            if not outbox.deliver_due():
                stopped.wait(pause)
