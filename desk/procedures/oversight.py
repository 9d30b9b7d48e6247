"""What the page of a procedure says of national oversight: lists, what is eligible, the contribution."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import grouped, in_words, long_date
from authorisation.procedures.lists import (
    ActivityList,
    Admitted,
    Contribution,
    Dated,
    Force,
    Scope,
    Sort,
    Target,
)
from authorisation.procedures.shape import Procedure
from workflow.refusals import Words


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry: what it is called, which activities it means, on which days it holds, where it stands."""

    name: str
    means: tuple[str, ...]
    days: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ListShown:
    """A list of activities, with what follows for whatever stands on it, or does not."""

    name: str
    follows: str
    days: str
    source: str
    complete: bool
    assumed: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class EligibleShown:
    """The standards and the methodologies that are eligible."""

    follows: str
    assumed: bool
    standards: tuple[Row, ...]
    methodologies: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class ContributionShown:
    """A contribution of the Party: facts by their label, and its parts."""

    name: str
    assumed: bool
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class OversightShown:
    """All of it; empty where the procedure has none."""

    lists: tuple[ListShown, ...]
    eligible: EligibleShown | None
    contributions: tuple[ContributionShown, ...]

    @property
    def is_given(self) -> bool:
        """Whether the procedure says anything of national oversight."""
        return bool(self.lists or self.eligible or self.contributions)


def oversight_shown(terms: Procedure) -> OversightShown:
    """National oversight under this version, in the language of the page."""
    eligible = terms.eligible
    return OversightShown(
        lists=tuple(_list(terms, one) for one in terms.lists.values()),
        eligible=EligibleShown(
            follows=str(_FOLLOWS[eligible.force]),
            assumed=terms.assumes("eligible"),
            standards=tuple(_row_of(one) for one in eligible.standards),
            methodologies=tuple(_row_of(one) for one in eligible.methodologies),
        )
        if eligible.standards or eligible.methodologies
        else None,
        contributions=tuple(
            _contribution(one, assumed=terms.assumes(f"ndc.{place}"))
            for place, one in enumerate(terms.contributions, start=1)
        ),
    )


# What follows where a check finds something.
_FOLLOWS: Mapping[Force, Words] = {
    Force.BINDING: gettext_lazy("nothing can be granted"),
    Force.WARNING: gettext_lazy("to be answered before the decision"),
    Force.INFORMATION: gettext_lazy("for information"),
}


def _list(terms: Procedure, one: ActivityList) -> ListShown:
    said = {
        Sort.POSITIVE: _("Positive list. What stands on no positive list: %(follows)s."),
        Sort.NEGATIVE: _("Negative list. What stands on it: %(follows)s."),
        Sort.AUTOMATIC: _("Automatic list. Additionality of what stands on it is deemed."),
    }[one.sort]
    return ListShown(
        name=one.label,
        follows=said % {"follows": _FOLLOWS[one.force]} if one.sort is not Sort.AUTOMATIC else said,
        days=_days(one),
        source=one.source,
        complete=one.complete,
        assumed=terms.assumes(f"lists.{one.code}"),
        rows=tuple(
            Row(name=entry.label, means=_means(entry.scope), days=_days(entry), source=entry.source)
            for entry in one.entries
        ),
    )


def _days(dated: Dated) -> str:
    if dated.since is not None and dated.until is not None:
        return _("%(since)s to %(until)s") % {
            "since": long_date(dated.since),
            "until": long_date(dated.until),
        }
    if dated.since is not None:
        return _("from %(since)s on") % {"since": long_date(dated.since)}
    if dated.until is not None:
        return _("until %(until)s") % {"until": long_date(dated.until)}
    return ""


def _means(scope: Scope) -> tuple[str, ...]:
    said = (
        (_("Sector: %(names)s"), sorted(scope.sectors)),
        (_("Type of activity: %(names)s"), sorted(scope.activity_types)),
        (_("Where the application says: %(names)s"), list(scope.technologies)),
    )
    return tuple(words % {"names": ", ".join(names)} for words, names in said if names)


def _row_of(one: Admitted) -> Row:
    return Row(name=one.name, means=one.also, days=_days(one), source=one.source)


def _contribution(one: Contribution, *, assumed: bool) -> ContributionShown:
    not_held = _("not held here")
    outside, budget = one.outside, one.budget
    facts = [
        (_("Years"), f"{one.years[0]}–{one.years[1]}" if one.years else not_held),
        (_("In force"), _days(one)),
        (_("Source"), one.source),
        (_("Sectors covered"), in_words(sorted(one.sectors)) if one.sectors else not_held),
        (_("Gases covered"), in_words(sorted(one.gases)) if one.gases else not_held),
    ]
    if outside is not None:
        said = [str(_FOLLOWS[outside.force]), outside.label, outside.source]
        facts.append((_("Outside of it"), "; ".join(filter(None, said))))
    if budget is not None:
        said = [_("%(tonnes)s t CO₂ eq") % {"tonnes": grouped(budget.tonnes)}]
        said += [_("beyond it: %(follows)s") % {"follows": _FOLLOWS[budget.force]}, budget.source]
        facts.append((_("Budget for outcomes promised to others"), "; ".join(filter(None, said))))
    return ContributionShown(
        name=one.label,
        assumed=assumed,
        facts=tuple((label, said) for label, said in facts if said),
        parts=tuple(_part(target) for target in one.targets),
    )


def _part(target: Target) -> Row:
    kind = _("conditional") if target.conditional else _("unconditional")
    return Row(
        name=target.label,
        means=_means(target.scope),
        days=capfirst(f"{kind}: {_FOLLOWS[target.force]}"),
        source=target.source,
    )
