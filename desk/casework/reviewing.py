"""The acts of the reviewing bodies on the desk's page: the form of each, and the use-case that it calls."""

from typing import Any

from django.http import Http404

from accounts.models import Tenure, User
from accounts.selectors import runs
from authorisation.models import Case
from authorisation.reviews import Review, body_of, reviews_of
from authorisation.services import reviews
from authorisation.verdicts import Verdict
from desk.act_forms import ActForm
from desk.casework.review_forms import (
    AppointForm,
    OpinionForm,
    RecuseForm,
    ReviewForm,
    TakeUpForm,
    VoteForm,
)
from projects.documents import take_in
from workflow.actors import Person
from workflow.clock import RealClock, today
from workflow.door import Act


def vote(case: Case, form: VoteForm, act: Act) -> object:
    """A member's vote."""
    given = form.cleaned_data
    return reviews.vote(
        case,
        act=act,
        verdict=Verdict(given["verdict"]),
        reasons=given["reasons"],
        sheet=form.sheet(),
        read=given["read"],
    )


def give_opinion(case: Case, form: OpinionForm, act: Act) -> object:
    """A body's opinion."""
    given, sent = form.cleaned_data, form.minutes_upload()
    file = take_in(sent.content, name=sent.name, declared=sent.declared) if sent is not None else None
    return reviews.give_opinion(
        case,
        act=act,
        verdict=Verdict(given["verdict"]),
        reasons=given["reasons"],
        sheet=form.sheet(),
        minutes=given.get("minutes", ""),
        minutes_file=file,
        votes_seen=given["votes_seen"] if form.asks_for_minutes else None,
        seen=None if form.asks_for_minutes else given["seen"],
    )


def take_up_again(case: Case, form: TakeUpForm, act: Act) -> object:
    """A review taken up again."""
    given = form.cleaned_data
    return reviews.take_up_again(case, act=act, reasons=given["reasons"], seen=given["seen"])


def recuse(case: Case, form: RecuseForm, act: Act) -> object:
    """A conflict of interest declared."""
    return reviews.recuse(case, act=act, reasons=form.cleaned_data["reasons"])


def appoint(case: Case, form: AppointForm, act: Act) -> object:
    """Somebody appointed for this case alone."""
    given = form.cleaned_data
    person = User.objects.filter(public_id=given["person"]).first()
    if person is None:
        raise Http404
    return reviews.appoint_ad_hoc(
        case, act=act, body=given["body"], person=person, reasons=given["reasons"], seen=given["seen"]
    )


def options_of(form: type[ActForm], case: Case, actor: Person | None) -> dict[str, Any]:
    """What a form of this page needs to be made: the review of the actor's body, or who can be appointed."""
    if issubclass(form, ReviewForm):
        return {"review": review_of(case, actor)}
    if issubclass(form, AppointForm):
        return {"bodies": _bodies(case), "people": _people(case)}
    return {}


def shown_with(case: Case, form: type[ActForm], actor: Person) -> dict[str, Any]:
    """What the page that a form is made with showed of the application and of the votes."""
    if not issubclass(form, ReviewForm):
        return {}
    review, last = review_of(case, actor), case.versions.last()
    return {
        "read": last.number if last is not None else 0,
        "votes_seen": review.votes_given if review is not None else 0,
    }


def review_of(case: Case, actor: Person | None) -> Review | None:
    """The review of the body for which a person acts in their office."""
    if actor is None:
        return None
    body = body_of(case, actor.office, actor.user.pk)
    if body is None:
        return None
    (review,) = reviews_of(case, on=today(case.authority, RealClock()), bodies=(body,))
    return review


def _bodies(case: Case) -> list[tuple[str, str]]:
    found = reviews_of(case, on=today(case.authority, RealClock()))
    return [(review.body.code, review.body.label) for review in found]


def _people(case: Case) -> list[tuple[str, str]]:
    """Everybody of the authority, by public id and name."""
    on = today(case.authority, RealClock())
    people = User.objects.filter(
        pk__in=Tenure.objects.filter(runs(on), office__authority=case.authority).values("person")
    )
    return [(str(person.public_id), person.name) for person in people.order_by("name", "pk")]
