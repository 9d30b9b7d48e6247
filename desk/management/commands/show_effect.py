"""`manage.py show_effect IDENTIFIER... PLAN.json`: what an act would do to authorisations, line by line."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from pydantic import ValidationError

from accounts.wording import day, grouped
from authorisation import acts
from authorisation.models import Authorisation
from authorisation.services.acts import preview
from desk.api.acts_over_many import EffectsSerializer
from desk.api.effects import EffectSerializer
from desk.api.problems import sentences_of
from desk.changing.foreseen import foreseen_for, possible
from desk.changing.selectors import EffectShown, effect_shown, effects_shown
from workflow.clock import RealClock

# The act was shown, and a rule, or how the authorisation stands, forbids it.
FORBIDDEN = 3
# The status of a command line that names too little, as the parser has it.
UNREADABLE_LINE = 2

P = TypeVar("P")


class Command(BaseCommand):
    help = (
        "Shows what an act about an authorisation would do, before anybody opens it: every line and ceiling "
        "before and after, the letters it replaces, who is told, and what the rules say for and against. "
        "Of several authorisations of one authority, what a suspension, resumption or revocation of all "
        "would do to each. The plan is what the API takes as `plan`, such as "
        '{"type": "revocation", "volumes": {"2027": 100}, "grounds": "..."}: a file named last, - for '
        "standard input, or the text itself after --plan. Nothing is changed. The exit status is 0 where the "
        "act may be opened, 3 where it is shown and may not, of several of one or more, 1 where the input "
        "cannot be read, 2 where the command line cannot."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "named",
            nargs="+",
            metavar="IDENTIFIER",
            help="of the authorisations, such as GHA-AUTH-2026-0001; then PLAN.json, the file with the plan",
        )
        parser.add_argument("--plan", metavar="JSON", help="the plan itself, in place of PLAN.json")
        parser.add_argument("--json", action="store_true", help="the answer as the API gives it")

    def handle(self, *, named: list[str], plan: str | None, **options: Any) -> None:
        identifiers, file = (named, None) if plan is not None else (named[:-1], named[-1])
        if not identifiers:
            raise CommandError(_("Name an authorisation and a plan."), returncode=UNREADABLE_LINE)
        given = _read(_text(file) if file is not None else str(plan))
        if len(identifiers) > 1:
            self._show_each(list(dict.fromkeys(identifiers)), given, as_json=options["json"])
            return
        planned = _parsed(acts.read, given)
        (found,) = _found(identifiers)
        effect = preview(found, planned, clock=RealClock())
        if options["json"]:
            self._write_json(EffectSerializer(effect).data)
        else:
            self._write_lines(_told(found.identifier, effect_shown(found, effect)))
        if effect.forbidden:
            raise CommandError(_("This act cannot be opened, for the reasons shown."), returncode=FORBIDDEN)

    def _show_each(self, identifiers: list[str], given: dict[str, Any], *, as_json: bool) -> None:
        """One act over many, with as many queries as of two."""
        planned = _parsed(acts.read_over_many, given)
        found = _found(identifiers)
        if len({one.authority_id for one in found}) > 1:
            raise CommandError(_("They are of several authorities. Look at those of one at a time."))
        foreseen = foreseen_for(found, planned, clock=RealClock())
        may = possible(foreseen)
        if as_json:
            told = {"total": len(foreseen), "possible": may, "effects": foreseen, "further": ""}
            self._write_json(EffectsSerializer(told).data)
        else:
            shown = effects_shown([(one.authorisation, one.effect) for one in foreseen])
            for one, effect in zip(found, shown, strict=True):
                self._write_lines([*_told(one.identifier, effect), ""])
            counts = {"possible": may, "all": len(foreseen)}
            self.stdout.write(_("It may be opened for %(possible)s of %(all)s.") % counts)
        if may < len(foreseen):
            raise CommandError(
                _("This act cannot be opened for all, for the reasons shown."), returncode=FORBIDDEN
            )

    def _write_json(self, answer: Any) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2, default=str))

    def _write_lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _found(identifiers: list[str]) -> list[Authorisation]:
    """The authorisations, the oldest first; all that are not there are named."""
    related = ("authority__party", "holder", "activity", "approach")
    seen = Authorisation.objects.select_related(*related).filter(identifier__in=identifiers)
    found = list(seen.order_by("pk"))
    there = {one.identifier for one in found}
    if missing := [name for name in identifiers if name not in there]:
        raise CommandError(
            "\n".join(
                _("There is no authorisation “%(identifier)s”.") % {"identifier": one} for one in missing
            )
        )
    return found


def _text(file: str) -> str:
    """The bytes of a file, or of standard input, as text."""
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as fault:
        raise CommandError(
            _("%(file)s cannot be read: %(why)s.") % {"file": file, "why": fault.strerror or fault}
        ) from fault
    except UnicodeDecodeError as fault:
        raise CommandError(_("%(file)s is not text in UTF-8.") % {"file": file}) from fault


def _read(text: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except ValueError as fault:
        raise CommandError(_("The plan is not JSON: %(why)s.") % {"why": fault}) from fault
    if not isinstance(given, dict):
        raise CommandError(_("An act is an object with a type."))
    return given


def _parsed(read: Callable[[dict[str, Any]], P], given: dict[str, Any]) -> P:
    try:
        return read(given)
    except ValidationError as fault:
        raise CommandError("\n".join(sentences_of(fault))) from fault


# -- the effect in lines of text -------------------------------------------------------------------


def _told(identifier: str, effect: EffectShown) -> Iterable[str]:
    yield f"{identifier} · {effect.type}"
    yield _row(_("State of the authorisation"), f"{effect.state_before} → {effect.state_after}")
    yield _row(_("Next version"), str(effect.version))
    yield _row(_("Letters it replaces"), ", ".join(effect.supersedes) or _("none"))
    when = str(day(effect.effective_on)) if effect.effective_on else _("the last signature of its letter")
    yield _row(_("In effect from"), when)
    if effect.grounds:
        yield _row(_("Grounds"), effect.grounds)
    if effect.circumstance:
        yield _row(_("Circumstance in which it touches what is first transferred"), effect.circumstance)
        yield _row(_("How it was checked that nothing is counted twice"), effect.check or "–")
    if effect.consent:
        yield _row(_("Consent of the other Party"), effect.consent)
    yield from _volumes(effect)
    if effect.changes:
        yield from _headed(_("What the letter then says otherwise"))
        for term in effect.changes:
            yield _row(str(term.label), f"{term.before or '–'} → {term.after or '–'}")
    yield from _headed(_("What the rules say for and against"))
    for finding in effect.speaks:
        if not finding.blocks:
            yield f"  · {finding.reason}"
    for reason in effect.forbidden:
        yield f"  ✗ {reason} {reason.mend_text}".rstrip()
    yield from _headed(_("Who will be told"))
    yield from (f"  · {one}" for one in effect.told)


def _volumes(effect: EffectShown) -> Iterable[str]:
    yield from _headed(_("Every line, before and after"))
    heads = (
        _("Vintage"),
        _("Held before"),
        _("Held after"),
        _("Difference"),
        _("Revoked or given up"),
        _("Issued, no longer covered"),
        _("First transferred, revoked"),
        _("First transferred or retained"),
    )
    figures = [
        (
            one.before.held,
            one.after.held,
            one.difference,
            one.taken,
            one.uncovered,
            one.touched,
            one.after.stands,
        )
        for one in effect.lines
    ]
    rows = [
        (str(line.vintage), *(str(grouped(tonnes)) for tonnes in of_line))
        for line, of_line in zip(effect.lines, figures, strict=True)
    ]
    yield from _table(heads, rows) if rows else [f"  {_('It has no lines.')}"]
    if effect.ceilings:
        yield from _headed(_("Held under the ceilings above, in t CO₂ eq"))
        yield from _table(
            (_("Ceiling"), _("Allows"), _("Held before"), _("Held after")),
            [
                (
                    one.label,
                    str(grouped(one.effect.tonnes)),
                    str(grouped(one.effect.before)),
                    str(grouped(one.effect.after)),
                )
                for one in effect.ceilings
            ],
        )


def _headed(title: str) -> Iterable[str]:
    yield ""
    yield title


def _row(name: str, value: str) -> str:
    return f"{name[:1].upper()}{name[1:]}: {value}"


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterable[str]:
    """Columns of even width, figures to the right; the first names the row."""
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    for row in (heads, *rows):
        first, *others = (
            text.rjust(width) if at else text.ljust(width)
            for at, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"  {'  '.join((first, *others))}".rstrip()
