"""Whether an act may touch what is first transferred already: only where the letter's own terms foresee it.

Source: decision 4/CMA.6, as rule A12 has it: a change or a revocation does not affect mitigation outcomes
that are first transferred, unless the applicable terms specify otherwise, in which circumstances, and how it
is managed so that nothing is counted twice. What is used, cancelled, retained by the host or taken of an
issuance stands in any case. Pure.
"""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from authorisation.acts import AnyPlan, Quantity, Revocation, Touching
from authorisation.terms import Terms
from workflow.refusals import Reason

# By the type of the act, the terms that name the circumstances in which it may.
CLAUSES: Mapping[str, str] = {
    "revocation": "revocable_after_transfer",
    "quantity_down": "reducible_after_transfer",
}


def touching_of(plan: AnyPlan) -> Touching | None:
    """That the act is to touch what is first transferred, in which circumstance; None where it is not."""
    return plan.touching if isinstance(plan, Revocation | Quantity) else None


def circumstances(terms: Terms, act: str) -> tuple[str, ...]:
    """The circumstances in which the terms let an act of this type touch what is first transferred."""
    return (getattr(terms, CLAUSES[act]) or ()) if act in CLAUSES else ()


def foreseen(terms: Terms, plan: AnyPlan) -> bool:
    """Whether the terms foresee that this act touches it, in the circumstance that it names."""
    touching = touching_of(plan)
    return touching is not None and touching.circumstance in circumstances(terms, plan.type)


def against_touching(plan: AnyPlan, *, touched: int) -> Iterable[Reason]:
    """Whoever touches what is first transferred says why, whoever asks for it."""
    if touched and touching_of(plan) is not None and not plan.grounds:
        yield Reason(
            code="grounds-of-touching",
            words=_("Why it touches what is first transferred is not written."),
            mend=_("Write in the grounds what shows that the circumstance is there."),
        )
