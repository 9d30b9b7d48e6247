"""Reads what a procedure says of the time after the letter: what is asked of holders, and who is told."""

from collections.abc import Mapping
from datetime import date

import pycountry
from django.utils.translation import gettext_lazy as _

from accounts.models import Function
from authorisation.procedures.tables import Table, unknown
from authorisation.recipients import USUAL, Recipient, TellingRule
from authorisation.requirements import Requirement, Since, Sort, faults

_SORTS: Mapping[str, Sort] = {sort.value: sort for sort in Sort}
_SINCE: Mapping[str, Since] = {since.value: since for since in Since}
_RECIPIENTS: Mapping[str, Recipient] = {recipient.value: recipient for recipient in Recipient}
# Whose business it is when a holder is late.
_TOLD = {function.value: function for function in (Function.DIRECTOR, Function.DESK_OFFICER)}


def read_requirements(table: Table) -> tuple[Requirement, ...]:
    """The conditions precedent and obligations that every authorisation of a kind carries."""
    return tuple(_requirement(one) for one in table.tables("obligations"))


def _requirement(table: Table) -> Requirement:
    found = Requirement(
        code=table.code("code"),
        sort=table.one_of("sort", _SORTS, Sort.OBLIGATION),
        name=dict(table.texts("name")),
        evidence=dict(table.texts("evidence", must=False)),
        basis=table.text("basis", must=False),
        since=table.one_of("since", _SINCE, Since.GRANT),
        on=_day(table),
        months=table.number("months") if table.has("months") else None,
        days=table.number("days") if table.has("days") else None,
        every=table.number("every") if table.has("every") else None,
        once=table.flag("once", default=False),
        remind=table.numbers("remind"),
        escalate_to=table.one_of("escalate_to", _TOLD, Function.DIRECTOR),
        amount=table.decimal("amount", places=4, must=False),
        currency=table.text("currency", must=False),
        per_tonne=table.flag("per_tonne", default=False),
    )
    if found.currency and pycountry.currencies.get(alpha_3=found.currency) is None:
        table.fault(
            "currency",
            _("“%(code)s” is no currency: three capital letters (ISO 4217) are expected, such as USD.")
            % {"code": found.currency},
        )
    for key, fault in faults(found):
        table.fault(key, fault)
    table.close()
    return found


def _day(table: Table) -> date | None:
    return table.day("on", must=False)


def read_told(top: Table) -> Mapping[Recipient, TellingRule]:
    """Who is told within how many days: what the file says, and the usual where it says nothing."""
    found = dict(USUAL)
    table = top.table("told")
    if table is not None:
        for name, one in table.named_tables():
            if name in _RECIPIENTS:
                found[_RECIPIENTS[name]] = _rule(_RECIPIENTS[name], one)
            else:
                table.fault(name, unknown(name, tuple(_RECIPIENTS), _("recipient")))
    return found


def _rule(recipient: Recipient, table: Table) -> TellingRule:
    found = TellingRule(
        recipient=recipient,
        days=table.number("days") if table.has("days") else USUAL[recipient].days,
        needed=table.flag("needed", default=True),
        basis=table.text("basis", must=False),
    )
    table.close()
    return found
