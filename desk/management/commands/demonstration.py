"""`manage.py demonstration`: loads the example cases and serves the site, with everything that takes."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from desk import demonstration, serving


class Command(BaseCommand):
    help = (
        "Loads the example cases that are not here yet, then serves the site with the embedded worker "
        "until Ctrl-C. Prints the address and the accounts. Only with DEMONSTRATION=1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="load the cases, print the accounts and end"
        )

    def handle(self, *, no_serve: bool, **options: object) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("This makes demonstration letters and open accounts: set DEMONSTRATION=1.")
        if no_serve:
            self._load()
            self._show_accounts()
            return
        try:
            # Before the long part: nobody wants to wait for a port that is taken.
            serving.refuse_taken_port(settings.HOST, settings.PORT)
            self._load()
            self._say("Collecting the static files …")
            call_command("collectstatic", interactive=False, verbosity=0)
            self._say("Starting the web server and the worker …")
            serving.serve(settings.HOST, settings.PORT, ready=self._show_all)
        except serving.CannotServe as fault:
            raise CommandError(str(fault)) from None
        self._say("\nStopped.")

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def _load(self) -> None:
        files = demonstration.example_cases()
        missing = demonstration.not_here_yet(files)
        if not missing:
            self._say(f"All {len(files)} example cases are here.")
            return
        self._say(f"Loading {len(missing)} example cases: each goes through application, review and letter.")
        for number, file in enumerate(missing, start=1):
            self.stdout.write(f"  {number}/{len(missing)} {file.id} … ", ending="")
            self.stdout.flush()
            faults = demonstration.load(file)
            self._say("NOT as the file says" if faults else "done")
            for fault in faults:
                self.stderr.write(f"      {fault}")
        self._say(f"Letters, timelines and evidence are in {settings.DATA_DIR / 'walkthrough'}.")

    def _show_all(self) -> None:
        self._show_accounts()
        self._say(f"\nServing on http://localhost:{settings.PORT} – Ctrl-C stops it.")

    def _show_accounts(self) -> None:
        rows = [
            ("E-mail", "Password", "Authenticator app", "Office or organisation"),
            *(
                (
                    account.email,
                    settings.DEMONSTRATION_PASSWORD,
                    account.totp_secret or "-",
                    account.belongs_to,
                )
                for account in demonstration.accounts()
            ),
        ]
        mail, password, secret = (max(len(row[column]) for row in rows) for column in (0, 1, 2))
        self._say("\nAccounts of the demonstration:\n")
        for row in rows:
            self._say(f"  {row[0]:<{mail}}  {row[1]:<{password}}  {row[2]:<{secret}}  {row[3]}")
        self._say(
            "\nWhere a secret is printed, a code of an authenticator app is asked for as well: type the "
            "secret into any such app (time-based, six digits)."
        )
