"""Partial volume in its forms: what is asked and what is granted in, the arithmetic of each form out. Pure.

An authority gives a part in five forms, each another computation on the same lines: the host keeps a
percentage; a cap of the project or of its sector; the budget of the implementation period; the split of the
Article 6.4 mechanism; a tranche of a vintage. Volumes are whole t CO2 eq. Percentages are computed per event
and vintage and rounded up to the next whole tonne. What a form comes to is shown, in the letter too, and what
is granted may not contradict it (rule A2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from accounts.wording import Named
from authorisation.shares import ADAPTATION_PERCENT, OVERALL_MITIGATION_PERCENT, share
from authorisation.terms import Form, Part, Terms
from workflow.refusals import Reason

CAPS = (Form.PROJECT_CAP, Form.SECTOR_CAP, Form.NATIONAL_BUDGET)


@dataclass(frozen=True, kw_only=True)
class Held:
    """A ceiling above the authorisation: what it allows, and what others hold under it, t CO2 eq.

    name   of the sector, or the years of the period
    """

    ceiling: int
    held: int
    name: str = ""

    @property
    def free(self) -> int:
        """What is left for this authorisation."""
        return max(self.ceiling - self.held, 0)


@dataclass(frozen=True, kw_only=True)
class Around:
    """What the terms are computed against.

    expected   mitigation expected of the activity, by vintage
    ceilings   the ceilings that are set, by the form that cites them; of a project cap what others hold of it
    """

    expected: Mapping[int, int] = field(default_factory=dict)
    ceilings: Mapping[Form, Held] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Of one vintage, or of all together (None): the ceiling, what the host keeps of it, what may leave.

    As if it left in one transfer. Each further transfer of the vintage may keep at most one tonne more.
    """

    vintage: int | None
    ceiling: int
    kept: int

    @property
    def leaves(self) -> int:
        """What can be transferred at most."""
        return self.ceiling - self.kept


@dataclass(frozen=True, kw_only=True)
class HostShare:
    """The host keeps a percentage of each transfer, inside the ceiling.

    total   a ceiling over all vintages that is lower than the ceilings of the vintages together
    """

    percent: str
    rows: tuple[Kept, ...]
    total: int | None = None
    form: Form = Form.HOST_SHARE

    @property
    def kept(self) -> int:
        """Of all vintages."""
        return sum(row.kept for row in self.rows)

    @property
    def leaves(self) -> int:
        """Of all vintages."""
        return sum(row.leaves for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Cap:
    """A ceiling above the authorisation bounds it: what is free under it is the most that can be granted."""

    form: Form
    ceiling: int
    held: int
    free: int
    requested: int | None
    granted: int | None
    name: str = ""

    @property
    def gives(self) -> int:
        """What the cap leaves of the request."""
        return self.free if self.requested is None else min(self.requested, self.free)


@dataclass(frozen=True, kw_only=True)
class Levied:
    """One part of what the mechanism is expected to issue of a vintage, and what it takes of that part.

    authorised   the part that is authorised; the other is of mitigation contribution units
    """

    vintage: int
    authorised: bool
    issued: int
    adaptation: int
    overall_mitigation: int

    @property
    def remaining(self) -> int:
        """What is left to its holders."""
        return self.issued - self.adaptation - self.overall_mitigation


@dataclass(frozen=True, kw_only=True)
class MechanismSplit:
    """The mechanism takes 5 % and at least 2 % at issuance of both parts, authorised or not.

    Decision 7/CMA.4, annex I, paragraphs 29, 39 and 40. Of the authorised part both are first transfers.
    """

    overall_mitigation_percent: str
    rows: tuple[Levied, ...]
    adaptation_percent: str = ADAPTATION_PERCENT
    form: Form = Form.MECHANISM_SPLIT


@dataclass(frozen=True, kw_only=True)
class Tranche:
    """Of a vintage only the tonnes from the `first` to the `last` that are issued, both included."""

    vintage: int
    first: int
    last: int
    requested: int | None
    granted: int | None
    form: Form = Form.TRANCHE

    @property
    def gives(self) -> int:
        """The tonnes of the tranche."""
        return max(self.last - self.first + 1, 0)


Calculation = HostShare | Cap | MechanismSplit | Tranche


def host_share(granted: Terms, percent: str) -> HostShare:
    """What the host keeps of the ceilings granted, by vintage where they stand by vintage."""
    if granted.volumes is not None:
        ceilings: list[tuple[int | None, int]] = [*sorted(granted.volumes.items())]
    else:
        ceilings = [] if granted.total is None else [(None, granted.total)]
    together = sum(ceiling for _vintage, ceiling in ceilings)
    return HostShare(
        percent=percent,
        total=granted.total if granted.total is not None and granted.total < together else None,
        rows=tuple(
            Kept(vintage=vintage, ceiling=ceiling, kept=share(ceiling, percent))
            for vintage, ceiling in ceilings
        ),
    )


def cap(form: Form, held: Held, asked: Terms, granted: Terms) -> Cap:
    """What is free under a ceiling, beside what is asked for and granted over all vintages."""
    return Cap(
        form=form,
        ceiling=held.ceiling,
        held=held.held,
        free=held.free,
        requested=asked.volume,
        granted=granted.volume,
        name=held.name,
    )


def mechanism_split(granted: Terms, expected: Mapping[int, int]) -> MechanismSplit:
    """What is taken at issuance of what is authorised of each vintage, and of the rest that is expected."""
    percent = _at_least(OVERALL_MITIGATION_PERCENT, granted.omge_percent)
    rows: list[Levied] = []
    for vintage, tonnes in sorted((granted.volumes or {}).items()):
        rest = max(expected.get(vintage, 0) - tonnes, 0)
        rows += [
            _levied(vintage, tonnes, percent, authorised=True),
            _levied(vintage, rest, percent, authorised=False),
        ]
    return MechanismSplit(overall_mitigation_percent=percent, rows=tuple(rows))


def _at_least(least: str, percent: str | None) -> str:
    return percent if percent and Fraction(percent) > Fraction(least) else least


def _levied(vintage: int, tonnes: int, percent: str, *, authorised: bool) -> Levied:
    adaptation = min(share(tonnes, ADAPTATION_PERCENT), tonnes)
    return Levied(
        vintage=vintage,
        authorised=authorised,
        issued=tonnes,
        adaptation=adaptation,
        overall_mitigation=min(share(tonnes, percent), tonnes - adaptation),
    )


def tranche(part: Part, asked: Terms, granted: Terms) -> Tranche | None:
    """The tranche that a part names; None while it does not say which."""
    if part.vintage is None or part.first is None or part.last is None:
        return None
    return Tranche(
        vintage=part.vintage,
        first=part.first,
        last=part.last,
        requested=(asked.volumes or {}).get(part.vintage),
        granted=(granted.volumes or {}).get(part.vintage),
    )


def calculations(asked: Terms, granted: Terms, around: Around) -> tuple[Calculation, ...]:
    """The arithmetic of every form that the grant names; of one that lacks something, none."""
    found = (_calculated(part, asked, granted, around) for part in granted.parts)
    return tuple(one for one in found if one is not None)


def _calculated(part: Part, asked: Terms, granted: Terms, around: Around) -> Calculation | None:
    if part.form == Form.HOST_SHARE:
        percent = granted.host_retention_percent
        return host_share(granted, percent) if percent else None
    if part.form == Form.MECHANISM_SPLIT:
        return mechanism_split(granted, around.expected)
    if part.form == Form.TRANCHE:
        return tranche(part, asked, granted)
    held = around.ceilings.get(part.form)
    if part.form == Form.PROJECT_CAP:
        held = None if part.cap is None else Held(ceiling=part.cap, held=held.held if held else 0)
    return cap(part.form, held, asked, granted) if held is not None else None


def contradictions(granted: Terms, calculated: Sequence[Calculation]) -> Iterable[Reason]:
    """Where the forms named and the terms granted do not agree, each with what mends it."""
    by_form = {one.form: one for one in calculated}
    for part in granted.parts:
        one = by_form.get(part.form)
        if one is None:
            yield Reason(
                code="A2",
                words=_("The form “%(form)s” is named, but %(lacks)s (rule A2)."),
                values={"form": named(part.form), "lacks": Named(part.form.value, _LACKING[part.form])},
                mend=_("Complete it, or leave this form out."),
            )
        elif isinstance(one, Cap) and one.granted is not None and one.granted > one.free:
            yield Reason(
                code="A2",
                words=_(
                    "By the form “%(form)s” %(free)s t are free, and %(granted)s t would be granted "
                    "(rule A2)."
                ),
                values={"form": named(part.form), "free": one.free, "granted": one.granted},
                mend=_("Grant at most what is free under it."),
            )
        elif isinstance(one, Cap) and one.granted is None:
            yield Reason(
                code="A2",
                words=_("By the form “%(form)s” a volume is granted, and none is (rule A2)."),
                values={"form": named(part.form)},
                mend=_("Set a ceiling by vintage or over all vintages."),
            )
        elif isinstance(one, Tranche) and one.granted != one.gives:
            yield Reason(
                code="A2",
                words=_(
                    "The tranche of vintage %(vintage)s is of %(gives)s t, and %(granted)s t would be "
                    "granted (rule A2)."
                ),
                values={"vintage": one.vintage, "gives": one.gives, "granted": one.granted or 0},
                mend=_("Let the volume of the vintage be that of its tranche."),
            )
        elif isinstance(one, MechanismSplit) and granted.tracking_registry != "mechanism":
            yield Reason(
                code="A2",
                words=_(
                    "The split of the Article 6.4 mechanism is named, but the outcomes are not tracked in "
                    "its registry (rule A2)."
                ),
                mend=_("Leave this form out."),
            )


_LACKING = {
    Form.HOST_SHARE: _("no percentage is given"),
    Form.PROJECT_CAP: _("no cap is given"),
    Form.SECTOR_CAP: _("no cap is set for the sector in this period"),
    Form.NATIONAL_BUDGET: _("no budget is set for this period"),
    Form.MECHANISM_SPLIT: _("nothing can be computed"),
    Form.TRANCHE: _("it is not said of which vintage, from which tonne to which"),
}


def named(form: Form) -> Named:
    """A form as a sentence names it."""
    return Named(form.value, form.label)
