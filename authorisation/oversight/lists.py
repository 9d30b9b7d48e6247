"""What the lists of activities, standards and methodologies say of a request (checks N1 to N4)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.wording import day
from authorisation.oversight.matching import Match, contains, match, words_of
from authorisation.oversight.saying import (
    AUTOMATIC,
    ELIGIBLE,
    NEGATIVE,
    POSITIVE,
    Basis,
    Submission,
    at_most_a_warning,
    basis_of,
    finding,
    in_words,
)
from authorisation.procedures.lists import ActivityList, Admitted, Entry, Force, Sort
from authorisation.procedures.shape import Procedure
from authorisation.rules import Finding
from workflow.refusals import Words


def by_lists(procedure: Procedure, submission: Submission) -> Iterator[Finding]:
    """N1 to N3: what the lists of activities in force that day say."""
    in_force = [one for one in procedure.lists.values() if one.holds(submission.on)]
    for one in in_force:
        basis = basis_of(procedure, f"lists.{one.code}", one.source)
        if one.sort is Sort.NEGATIVE:
            yield from _negative(one, submission, basis)
        elif one.sort is Sort.AUTOMATIC:
            yield from _automatic(one, submission, basis)
    positive = [one for one in in_force if one.sort is Sort.POSITIVE]
    if positive:
        yield from _positive(procedure, positive, submission)


def _first(matches: Iterable[tuple[Entry, Match]], wanted: Match) -> Entry | None:
    return next((entry for entry, found in matches if found is wanted), None)


def _entry_basis(entry: Entry, basis: Basis) -> Basis:
    return Basis(citation=entry.source or basis.citation, firmness=basis.firmness)


def _negative(one: ActivityList, submission: Submission, basis: Basis) -> Iterator[Finding]:
    matches = _matches(one, submission)
    name = in_words(one)
    stands, suggested = _first(matches, Match.YES), _first(matches, Match.BY_WORDS)
    if stands is not None:
        yield finding(
            NEGATIVE,
            one.force,
            _entry_basis(stands, basis),
            _("The activity stands on the negative list “%(list)s”, as “%(entry)s” (check N1)."),
            mend=_("Apply for another activity, or show that the entry does not mean this one."),
            list=name,
            entry=in_words(stands),
        )
    elif suggested is not None:
        yield finding(
            NEGATIVE,
            at_most_a_warning(one.force),
            _entry_basis(suggested, basis),
            _(
                "By its words the activity may stand on the negative list “%(list)s”, as “%(entry)s” "
                "(check N1)."
            ),
            mend=_("Say whether it does: words alone do not decide that."),
            list=name,
            entry=in_words(suggested),
        )
    else:
        yield from _undecided(NEGATIVE, one, matches, basis)


def _undecided(
    rule: str, one: ActivityList, matches: Sequence[tuple[Entry, Match]], basis: Basis
) -> Iterator[Finding]:
    """Where nothing on the list fits, and that does not settle it."""
    if any(found is Match.UNKNOWN for _entry, found in matches):
        yield finding(
            rule,
            at_most_a_warning(one.force),
            basis,
            _(
                "Whether the activity stands on the list “%(list)s” cannot be said while its sector or its "
                "type is missing (check %(check)s)."
            ),
            mend=_("Give the sector and the type of the activity."),
            list=in_words(one),
            check=rule,
        )
    elif not one.complete:
        yield finding(
            rule,
            at_most_a_warning(one.force),
            basis,
            _(
                "The entries of the list “%(list)s” are not all held here, so whether the activity stands on "
                "it has to be looked up (check %(check)s)."
            ),
            mend=_("Look the activity up in the list itself, and say what was found."),
            list=in_words(one),
            check=rule,
        )


def _automatic(one: ActivityList, submission: Submission, basis: Basis) -> Iterator[Finding]:
    matches = _matches(one, submission)
    stands, suggested = _first(matches, Match.YES), _first(matches, Match.BY_WORDS)
    entry = stands or suggested
    if entry is not None:
        yield finding(
            AUTOMATIC,
            Force.INFORMATION,
            _entry_basis(entry, basis),
            _(
                "The activity stands on the automatic list “%(list)s”, as “%(entry)s”: its additionality is "
                "deemed (check N3)."
            )
            if stands is not None
            else _(
                "By its words the activity may stand on the automatic list “%(list)s”, as “%(entry)s”; then "
                "its additionality is deemed (check N3)."
            ),
            mend="",
            list=in_words(one),
            entry=in_words(entry),
        )
    else:
        yield from _undecided(AUTOMATIC, one, matches, basis)


def _positive(
    procedure: Procedure, lists: Sequence[ActivityList], submission: Submission
) -> Iterator[Finding]:
    """One positive list is enough; where none has the activity, the strictest of them says what follows."""
    by_list = [(one, _matches(one, submission)) for one in lists]
    found = {match for _one, matches in by_list for _entry, match in matches}
    if found & {Match.YES, Match.BY_WORDS}:
        return
    open_ones = [
        found_open
        for one, matches in by_list
        for found_open in _undecided(
            POSITIVE, one, matches, basis_of(procedure, f"lists.{one.code}", one.source)
        )
    ]
    if open_ones:
        yield from open_ones
        return
    strictest = min(lists, key=lambda one: list(Force).index(one.force))
    by_words = Match.NOT_NAMED in found
    yield finding(
        POSITIVE,
        at_most_a_warning(strictest.force) if by_words else strictest.force,
        basis_of(procedure, f"lists.{strictest.code}", strictest.source),
        _(
            "No technology named by the positive lists in force on %(on)s (%(lists)s) is named in the "
            "application (check N2)."
        )
        if by_words
        else _("The activity stands on no positive list in force on %(on)s: %(lists)s (check N2)."),
        mend=_("Say which technology it uses, and under which entry it falls.")
        if by_words
        else _("Apply for an activity that stands on one of them, or show under which entry this one falls."),
        on=day(submission.on),
        lists=[in_words(one) for one in lists],
    )


def _matches(one: ActivityList, submission: Submission) -> list[tuple[Entry, Match]]:
    return [
        (entry, match(entry.scope, submission.activity))
        for entry in one.entries
        if entry.holds(submission.on)
    ]


# -- standards and methodologies ---------------------------------------------------------------------


def by_eligibility(procedure: Procedure, submission: Submission) -> Iterator[Finding]:
    """N4: the standard and the methodology are eligible that day, where such are listed.

    A standard is compared by its name as a whole; a methodology is eligible where a name stands in its text.
    """
    terms, activity = procedure.eligible, submission.activity
    if terms.standards and activity.standard:
        yield from _is_admitted(
            procedure,
            terms.standards,
            activity.standard,
            [one for one in terms.standards if _is_called(one, activity.standard)],
            _("The standard “%(name)s” is not among those that are eligible (check N4)."),
            submission.on,
        )
    if terms.methodologies and activity.methodology:
        yield from _is_admitted(
            procedure,
            terms.methodologies,
            activity.methodology,
            [one for one in terms.methodologies if _is_named_in(one, activity.methodology)],
            _("The methodology “%(name)s” is not among those that are eligible (check N4)."),
            submission.on,
        )


def _is_called(one: Admitted, text: str) -> bool:
    return any(words_of(text) == words_of(name) for name in (one.name, *one.also))


def _is_named_in(one: Admitted, text: str) -> bool:
    return any(contains(text, name) for name in (one.name, *one.also))


def _is_admitted(
    procedure: Procedure,
    known: Sequence[Admitted],
    written: str,
    fitting: Sequence[Admitted],
    unknown: Words,
    on: date,
) -> Iterator[Finding]:
    if any(one.holds(on) for one in fitting):
        return
    force, mend = procedure.eligible.force, _("Use one that is eligible, or ask the authority to admit it.")
    for one in fitting:
        basis = basis_of(procedure, "eligible", one.source)
        words, edge = _("“%(name)s” was eligible until %(edge)s, and is not on %(on)s (check N4)."), one.until
        if one.since is not None and on < one.since:
            words, edge = _("“%(name)s” is eligible from %(edge)s on, not on %(on)s (check N4)."), one.since
        yield finding(
            ELIGIBLE, force, basis, words, mend=mend, name=one.name, edge=day(edge or on), on=day(on)
        )
    if not fitting:
        basis = basis_of(procedure, "eligible", known[0].source)
        yield finding(ELIGIBLE, force, basis, unknown, mend=mend, name=written)
