"""What a case about an authorisation would do, for every page of the case that shows it."""

from django import template

from authorisation.lifecycle import ENDED
from authorisation.models import Case
from authorisation.planned import effect_for, is_about
from desk.changing.selectors import EffectShown, effect_shown

register = template.Library()


@register.filter
def plans_an_act(case: Case) -> bool:
    """Whether the case is about an authorisation that stands, and not ended."""
    return is_about(case) and case.state not in ENDED


@register.simple_tag
def effect_of_case(case: Case) -> EffectShown | None:
    """What the case would do as the authorisation stands now; None of any other case, or once it ended."""
    if not plans_an_act(case) or case.authorisation is None:
        return None
    return effect_shown(case.authorisation, effect_for(case))
