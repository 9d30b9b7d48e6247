"""`manage.py verify_volumes`: re-adds every entry against every balance."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit.triggers import missing
from authorisation.verification import verify


class Command(BaseCommand):
    help = (
        "Re-adds every entry of the volumes against every balance, and every recorded issuance, first "
        "transfer, use and cancellation against its line. The exit status is 0 only when all of it agrees; "
        "what does not is named, line by line."
    )

    def handle(self, *args: object, **options: object) -> None:
        result = verify()
        sentences = result.wrong + [
            f"The trigger {ban.name} of {ban.table} is missing or changed: run manage.py migrate."
            for ban in missing(connection)
        ]
        self.stdout.write(
            "Checked: " + ", ".join(f"{count} {name}" for name, count in result.checked.items()) + "."
        )
        if sentences:
            raise CommandError("\n".join(sentences))
        self.stdout.write("Every balance is what its entries come to.")
