"""`manage.py structured_summary --party XXX`: what a Party first transferred, and what it adjusts for it."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import Party
from accounts.selectors import authority_of_party
from reporting.entered import BadFigures, read_entered
from reporting.selectors import FIRST_YEAR, structured_summary
from reporting.structured_summary import REPORTED, Outcomes, Row, Summary
from workflow.clock import RealClock, today

# In this order; of those that need not be there only such as some year has.
_ALWAYS = (Row.NDC, Row.OIMP_ONLY, Row.OWN_USE, Row.NET, Row.ADJUSTMENT, Row.CUMULATIVE)


class Command(BaseCommand):
    help = (
        "Prints the structured summary of a Party (decision 2/CMA.3, annex, paragraph 23): rows 5 to 8, 10 "
        "and 11 by calendar year, in t CO2 eq; with --figures what the Party enters itself (rows 1 to 4) and "
        "its balance (row 12), with --averaging-since row 9. What stands in no row is said too, with --json "
        "on standard error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--party", required=True, metavar="XXX", help="ISO 3166-1 alpha-3, or EUE")
        parser.add_argument("--json", action="store_true", help="print rows 5, 6 and 10 for programs")
        parser.add_argument(
            "--figures", type=Path, metavar="FILE.csv", help="rows 1 to 4 by year (docs/import.md)"
        )
        parser.add_argument(
            "--averaging-since",
            type=int,
            metavar="YEAR",
            help="the Party averages over the period of its NDC, which began in this year",
        )
        parser.add_argument(
            "--trace", action="store_true", help="name the authorisations, letters and blocks of every figure"
        )

    def handle(self, *, party: str, **options: object) -> None:
        found = Party.objects.filter(code=party.upper()).first()
        if found is None:
            raise CommandError(_("“%(code)s” is no Party: give its three letters.") % {"code": party})
        authority = authority_of_party(found.code)
        if authority is None:
            raise CommandError(
                _("%(party)s has no authority in this installation, so nothing is recorded of it.")
                % {"party": found.code}
            )
        figures, since = cast(Path | None, options["figures"]), cast(int | None, options["averaging_since"])
        try:
            entered = read_entered(figures) if figures is not None else None
        except BadFigures as fault:
            raise CommandError("\n".join(fault.sentences)) from fault
        until = today(authority, RealClock()).year
        if since is not None and not FIRST_YEAR <= since <= until:
            raise CommandError(_("No NDC's period that is averaged began in %(year)s.") % {"year": since})
        summary = structured_summary(found, until=until, entered=entered, averaging_since=since)
        if options["json"]:
            told = summary.as_json()
            if options["trace"]:
                told["parts"] = _parts(summary)
            self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))
        else:
            self._print(summary, trace=bool(options["trace"]))
        aloud = self.stderr if options["json"] else self.stdout
        for sentence in spoken(summary):
            aloud.write(sentence)

    def _print(self, summary: Summary, *, trace: bool) -> None:
        there = {row for rows in summary.figures.values() for row in rows} | set(_ALWAYS)
        columns = [row for row in Row if row in there]
        heads = [row.value.partition("_")[0].replace("row", _("Row") + " ") for row in columns]
        self.stdout.write(f"{summary.party}  " + "".join(f"{head:>14}" for head in heads))
        for year, rows in summary.figures.items():
            self.stdout.write(f"{year} " + "".join(f"{rows.get(row, '–'):>14}" for row in columns))
        if not trace:
            return
        for (year, row), parts in sorted(summary.parts.items()):
            self.stdout.write(f"\n{year} {row.value}: {sum(one.tonnes for one in parts)} t")
            for one in parts:
                self.stdout.write(f"  {_in_words(one)}")


def spoken(summary: Summary) -> Iterator[str]:
    """What the figures do not show: what is not first transferred, not covered, or dated otherwise."""
    standing = summary.not_first_transferred
    if standing:
        yield _(
            "%(tonnes)s t in %(blocks)s blocks are issued and authorised but NOT first transferred: they "
            "stand in no row, until what the authorisation waits for is recorded."
        ) % {"tonnes": _sum(standing), "blocks": _blocks(standing)}
        for one in standing:
            yield f"  {_in_words(one)}"
    if summary.dated_otherwise:
        yield _(
            "%(tonnes)s t in %(blocks)s blocks were issued in a year before their authorisation. They count "
            "here in the year of the authorisation; the published Article-6.2-CA-Reporting-Tool counts them "
            "in the year of issuance."
        ) % {"tonnes": _sum(summary.dated_otherwise), "blocks": _blocks(summary.dated_otherwise)}
        for one in summary.dated_otherwise:
            yield f"  {_in_words(one)}"
    if summary.revoked_afterwards:
        yield _(
            "%(tonnes)s t were first transferred and are revoked since, as the terms of their letters "
            "foresee: they stand in no row any more, and a report that had them is to be corrected."
        ) % {"tonnes": _sum(summary.revoked_afterwards)}
        for one in summary.revoked_afterwards:
            yield f"  {_in_words(one)}"
    if standing:
        yield _(
            "The published tool also adjusts, in row 10, for the %(tonnes)s t that are not first "
            "transferred; here nothing is adjusted for them."
        ) % {"tonnes": _sum(standing)}
    if summary.not_covered:
        yield _("%(tonnes)s t are issued and covered by no authorisation: they stand in no row.") % {
            "tonnes": summary.not_covered
        }


def _sum(parts: Iterable[Outcomes]) -> int:
    return sum(one.tonnes for one in parts)


def _blocks(parts: Iterable[Outcomes]) -> int:
    return sum(len(one.serials) for one in parts)


def _in_words(one: Outcomes) -> str:
    said = [
        one.authorisation,
        one.letter,
        _("vintage %(vintage)s") % {"vintage": one.vintage},
        f"{one.tonnes} t",
        f"{one.trigger} {one.first_transferred_on}" if one.first_transferred_on else one.definition,
        _("revoked on %(day)s") % {"day": one.revoked_on} if one.revoked_on else "",
        *one.serials,
    ]
    return ", ".join(part for part in said if part)


def _parts(summary: Summary) -> dict[str, dict[str, list[dict[str, object]]]]:
    """For programs: of every year and row the outcomes that make its figure."""
    return {
        str(year): {
            row.value: [
                {
                    "authorisation": one.authorisation,
                    "letter": one.letter,
                    "vintage": one.vintage,
                    "tonnes": one.tonnes,
                    "trigger": one.trigger,
                    "on": str(one.first_transferred_on),
                    "serials": list(one.serials),
                }
                for one in summary.parts.get((year, row), ())
            ]
            for row in REPORTED
        }
        for year in summary.figures
    }
