"""Acts that begin at the same time, each with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

from workflow.refusals import Refused


def at_once(*acts: Callable[[], object]) -> list[list[str]]:
    """Begins all acts at the same time; gives the codes of each refusal, none for what was done.

    Whatever else an act raises is named in the place of its codes.
    """
    begin = Barrier(len(acts))
    found: list[list[str]] = [["never ended"] for _act in acts]

    def run(number: int) -> None:
        try:
            begin.wait(timeout=60)
            acts[number]()
            found[number] = []
        except Refused as refusal:
            found[number] = [reason.code for reason in refusal.reasons]
        except Exception as fault:  # noqa: BLE001 - shown by the test that finds it
            found[number] = [f"{type(fault).__name__}: {fault}"]
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
