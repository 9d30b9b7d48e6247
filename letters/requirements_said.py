"""What a letter says of conditions precedent and obligations: in sentences, none in the data alone.

And of the breach of one, as the ground of an act.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.names import in_language
from accounts.wording import long_date
from authorisation.falling_due import falls_due
from authorisation.models import ObligationFinding
from authorisation.requirements import Requirement, Since


def sentences(requirements: Iterable[Requirement], *, decided_on: date) -> list[str]:
    """Each requirement in the language of the letter, with the day on which it falls due."""
    return [" ".join(_said(one, decided_on)) for one in requirements]


def breach_said(finding: ObligationFinding) -> str:
    """A finding of breach as the ground of a suspension, in the language in force; a paragraph a line."""
    obligation = finding.obligation
    due = obligation.due_on
    values = {
        "what": _text(obligation.requirement.name),
        "due": long_date(due) if due is not None else "",
        "found": long_date(finding.said_on),
        "reasons": finding.reasons,
    }
    return "\n".join(
        (
            _("An obligation of this authorisation was not met: %(what)s. It fell due on %(due)s.") % values,
            _("The authority found the breach on %(found)s: %(reasons)s") % values,
            _("Once this is made good, the holder can ask for the resumption of the authorisation."),
        )
    )


def _said(asked: Requirement, decided_on: date) -> Sequence[str]:
    found = [_head(asked), *_when(asked, decided_on)]
    if asked.amount is not None:
        values = {"currency": asked.currency, "amount": f"{asked.amount:f}"}
        found.append(
            _("To be paid for each tonne covered: %(currency)s %(amount)s.") % values
            if asked.per_tonne
            else _("To be paid: %(currency)s %(amount)s.") % values
        )
    if asked.evidence:
        found.append(_("To be shown by: %(evidence)s.") % {"evidence": _text(asked.evidence)})
    if asked.basis:
        found.append(_("Basis: %(basis)s.") % {"basis": asked.basis.rstrip(".")})
    return found


def _head(asked: Requirement) -> str:
    what = {"what": _text(asked.name)}
    if asked.is_condition:
        return (
            _(
                "Condition precedent: %(what)s. This authorisation has no effect before the authority has "
                "recorded that this condition is met."
            )
            % what
        )
    return _("Obligation of the holder: %(what)s.") % what


def _text(texts: Mapping[str, str]) -> str:
    """In the language of the letter, without the full stop that the sentence around it brings."""
    return in_language(texts, get_language() or "en").strip().rstrip(".")


def _when(asked: Requirement, decided_on: date) -> Iterable[str]:
    if asked.since == Since.ISSUANCE:
        yield from _after_issuance(asked)
        return
    due = falls_due(asked, decided_on)
    if due is None:
        return
    if asked.every is None:
        yield _("Due by %(day)s.") % {"day": long_date(due)}
    else:
        yield ngettext(
            "Due by %(day)s for the first time, and again every month after that.",
            "Due by %(day)s for the first time, and again every %(every)s months after that.",
            asked.every,
        ) % {"day": long_date(due), "every": asked.every}


def _after_issuance(asked: Requirement) -> Iterable[str]:
    if asked.months is not None:
        words = ngettext(
            "Due %(number)s month after outcomes are issued.",
            "Due %(number)s months after outcomes are issued.",
            asked.months,
        )
        number = asked.months
    else:
        number = asked.days or 0
        words = ngettext(
            "Due %(number)s day after outcomes are issued.",
            "Due %(number)s days after outcomes are issued.",
            number,
        )
    yield words % {"number": number}
    yield _("Once, after the first issuance.") if asked.once else _("After each issuance.")
