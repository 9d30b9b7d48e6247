"""Why an authorisation that was given before cannot be brought in, each reason a sentence."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from authorisation.kinds import Initiative
from workflow.actors import Actor
from workflow.refusals import Reason
from workflow.steps import Facts

if TYPE_CHECKING:
    from authorisation.models import Authorisation, Case


def somebody_answers_for_it(record: object, facts: Facts) -> Iterable[Reason]:
    """The system enters it; the person who had it entered is named."""
    if not facts.get("run_by"):
        yield Reason(
            code="nobody-answers",
            words=_("Nobody is named who brings it in."),
            mend=_("Name the officer of the authority who answers for what is brought in."),
        )


def uses_are_known(case: "Case", facts: Facts) -> Iterable[Reason]:
    """An authorisation without a use authorises nothing."""
    terms = facts.get("terms")
    if not isinstance(terms, dict) or not terms.get("uses"):
        yield Reason(
            code="uses-missing",
            words=_("For which uses it was given is not known."),
            mend=_("Name the uses that stand in its letter."),
        )


def original_is_named_or_missing(case: "Case", facts: Facts) -> Iterable[Reason]:
    """The original is a scan, a link or a number; where there is none of them, that is said."""
    unknown = facts.get("unknown")
    marked = isinstance(unknown, list) and "letter" in unknown
    named = any(facts.get(name) for name in ("number", "link", "digest"))
    if named == marked:
        yield Reason(
            code="original-unclear",
            words=_("Its letter is neither named nor said to be missing."),
            mend=_("Give the letter's number, its scan or where it is found; or say that it is missing."),
        )


def nothing_has_happened_to_it_here(authorisation: "Authorisation", actor: Actor) -> Iterable[Reason]:
    """Only how a letter brought in stood already is entered so; whatever happens here is a case."""
    first = authorisation.versions.select_related("case").order_by("number").first()
    brought_in = first is not None and first.case.initiative == Initiative.BROUGHT_IN
    if not brought_in or authorisation.current_version != 1 or authorisation.cases.count() > 1:
        yield Reason(
            code="not-brought-in",
            words=_("The authorisation was given here, or something has happened to it here."),
            mend=_("Open a case about it."),
        )
