"""`manage.py walkthrough FILE... --out DIR`: takes case files through their whole life."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from desk.case_file import BadCaseFile, CaseFile, read_case_file
from desk.results import write_results
from desk.walkthrough import already_here, carry_out


class Command(BaseCommand):
    help = (
        "Takes case files through application, review, decision and letter, with demonstration people. "
        "Writes letters, timeline, evidence and outcome of each below DIR. The exit status is 0 only "
        "when every step went as the file says."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")

    def handle(self, *, files: list[Path], out: Path, **options: object) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("A walkthrough makes demonstration letters: set DEMONSTRATION=1.")
        read = self._read(files)
        if out.exists() and not out.is_dir():
            raise CommandError(f"{out} is not a folder.")
        failed = [file.id for file in read if not self._carry_out(file, out)]
        if failed:
            raise CommandError(f"Not as the file says: {', '.join(str(name) for name in failed)}.")

    def _read(self, files: list[Path]) -> list[CaseFile]:
        """Reads every file before anything is carried out, and says everything that is wrong with any."""
        sentences: list[str] = []
        read: list[CaseFile] = []
        for path in files:
            try:
                file = read_case_file(path)
            except BadCaseFile as fault:
                sentences += [f"{path}: {sentence}" for sentence in fault.sentences]
                continue
            if already_here(file) or file.id in {other.id for other in read}:
                sentences.append(f"{path}: a case with the id {file.id} is already here.")
            for warning in file.warnings:
                self.stderr.write(f"{path}: {warning}")
            read.append(file)
        if sentences:
            raise CommandError("\n".join(sentences))
        return read

    def _carry_out(self, file: CaseFile, out: Path) -> bool:
        journey = carry_out(file)
        folder = out / str(file.id)
        outcome = write_results(journey, folder)
        for sentence in journey.refusals:
            self.stderr.write(f"{file.id}: {sentence}")
        # What is still to be handled may explain a difference; a refused step never does.
        differs = outcome["differs"] if journey.all_handled else []
        if differs:
            self.stderr.write(f"{file.id}: other than expected: {', '.join(differs)}")
        well = not journey.refusals and not differs
        self.stdout.write(f"{file.id}: {'as the file says' if well else 'NOT as the file says'} → {folder}")
        return well
