"""What an authorisation says now: the terms of its version, the case that granted it, and since when."""

from datetime import date

from django.db.models import F

from authorisation.held_back import in_effect_since, unmet_conditions
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Authorisation, AuthorisationVersion, Case
from authorisation.terms import Terms
from projects.models import Activity


def first_version(authorisation: Authorisation) -> AuthorisationVersion:
    """The version with which it came into force."""
    return authorisation.versions.select_related("case__ndc_period").earliest("number")


def terms_in_force(authorisation: Authorisation) -> Terms:
    """The terms of its current version."""
    current = authorisation.versions.get(number=authorisation.current_version)
    return Terms.model_validate_json(current.terms)


def registries_tracking(activity: Activity) -> list[str]:
    """The registries in which authorisations of an activity are tracked, in the order of these."""
    current = AuthorisationVersion.objects.filter(
        authorisation__activity=activity, number=F("authorisation__current_version")
    )
    texts = current.order_by("authorisation").values_list("terms", flat=True)
    named = [Terms.model_validate_json(text).tracking_registry for text in texts]
    return list(dict.fromkeys(name for name in named if name))


def authorised_on(authorisation: Authorisation) -> date:
    """The day from which its outcomes are authorised: of its effect; while it has none, of its letter."""
    return in_effect_since(authorisation) or first_version(authorisation).effective_on


def granting_case(authorisation: Authorisation) -> Case:
    """The case that brought it into force."""
    return first_version(authorisation).case


def transfers_open(authorisation: Authorisation) -> bool:
    """Whether anything can be first transferred now: in force, not blocked, and held back by nothing."""
    is_open = authorisation.state == State.IN_FORCE and not authorisation.transfers_blocked
    return is_open and not unmet_conditions(authorisation)
