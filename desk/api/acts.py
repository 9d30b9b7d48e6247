"""Acting on a case: one table of the steps, each with what it takes and the use-case that it is.

Steps that take a file (proofs of payment, minutes) are taken on the pages, as is the consent of a signing
office; documents have an address of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from pydantic import ValidationError
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from authorisation.models import Case
from authorisation.models.decisions import Outcome
from authorisation.planned import is_about
from authorisation.publication import Unpublished
from authorisation.services import acts as about
from authorisation.services import applications, decisions, desk, reviews
from authorisation.supporting_documents import scan_of
from authorisation.terms import Terms
from authorisation.verdicts import SheetAnswer, Verdict
from desk.api.cases import OneCaseSerializer
from desk.api.problems import ProblemSerializer, sentences_of
from desk.api.repeating import HEADER, once
from desk.api.requirements import requirements_of
from desk.api.views import Endpoint
from desk.api.vintages import by_vintage
from workflow.clock import RealClock
from workflow.door import Act

Sent = Mapping[str, Any]


class ActSerializer(serializers.Serializer[Any]):
    """As whom the caller acts, and on which version of the case: nothing is done to one that has changed."""

    office = serializers.UUIDField(required=False, allow_null=True, default=None)
    organisation = serializers.UUIDField(required=False, allow_null=True, default=None)
    version = serializers.IntegerField(min_value=0)


class SubmitSerializer(ActSerializer):
    """The declaration that the application is true."""

    declared = serializers.BooleanField()


class WithdrawSerializer(ActSerializer):
    """Why the application is given up."""

    reason = serializers.CharField(allow_blank=True, default="")


class AnswerSerializer(ActSerializer):
    """Answers in words, by the number of the question."""

    answers = serializers.DictField(child=serializers.CharField(), default=dict)


class WaiveSerializer(ActSerializer):
    """The place of a content item, and why it does not apply here."""

    path = serializers.CharField()
    reason = serializers.CharField()


class QuestionSerializer(serializers.Serializer[Any]):
    """A question about a place in the application; an empty place for the application as a whole."""

    path = serializers.CharField(allow_blank=True, default="")
    text = serializers.CharField()


class AskSerializer(ActSerializer):
    """What the applicant is asked."""

    questions = QuestionSerializer(many=True, allow_empty=False)


class SheetRowSerializer(serializers.Serializer[Any]):
    """The answer to one question of a review sheet."""

    answer = serializers.ChoiceField(choices=SheetAnswer.choices)
    comment = serializers.CharField(allow_blank=True, default="")


class OpinionSerializer(ActSerializer):
    """What a member or a body thinks, with the answers to the review sheet by their code."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reasons = serializers.CharField()
    sheet = serializers.DictField(child=SheetRowSerializer(), default=dict)


class GivenOpinionSerializer(OpinionSerializer):
    """The opinion of a body, with its minutes as text."""

    minutes = serializers.CharField(allow_blank=True, default="")


class StatementSerializer(ActSerializer):
    """What the holder answers to a notice."""

    statement = serializers.CharField()


class UrgencySerializer(ActSerializer):
    """Why it cannot wait."""

    urgency = serializers.CharField()


class ReasonsSerializer(ActSerializer):
    """Why."""

    reasons = serializers.CharField()


class RecommendSerializer(ReasonsSerializer):
    """What the desk recommends, and its answer to every rule that asks for one, by the rule's code."""

    outcome = serializers.ChoiceField(choices=Outcome.choices)
    answers = serializers.DictField(child=serializers.CharField(), default=dict)


class SendBackSerializer(ReasonsSerializer):
    """The bodies that are to review anew; by default all."""

    bodies = serializers.ListField(child=serializers.CharField(), allow_null=True, default=None)


class UnpublishedSerializer(serializers.Serializer[Any]):
    """A part of the letter that its public copy leaves out, and on which basis."""

    part = serializers.ChoiceField(choices=Unpublished.choices)
    basis = serializers.CharField(allow_blank=True, max_length=300)


class ApproveSerializer(ActSerializer):
    """The conditions, and why the host keeps another share than its procedure says, where it does.

    `requirements`: conditions precedent and obligations of the holder, in the form in which a decision tells
    them, besides those of the procedure or in place of the one whose code they bear. `left_out`: codes of the
    procedure's own that are not asked here. `asking_reason`: why it is asked otherwise than its procedure
    does. `unpublished` names what is confidential; everything else is public.
    """

    conditions = serializers.ListField(child=serializers.CharField(), default=list)
    requirements = serializers.ListField(child=serializers.JSONField(), default=list)
    left_out = serializers.ListField(child=serializers.CharField(), default=list)
    asking_reason = serializers.CharField(allow_blank=True, default="")
    unpublished = UnpublishedSerializer(many=True, required=False)
    share_reason = serializers.CharField(allow_blank=True, default="")


class ApproveInPartSerializer(ApproveSerializer):
    """Less than was asked, and why.

    `granted`: of an application the terms granted, in the form in which an authorisation tells them.
    `volumes_tco2e`: of an act about an authorisation the tonnes granted by vintage; of a change the new
    ceilings, of any other act what is added or taken. One of them is given, as the case asks.
    """

    granted = serializers.JSONField(required=False)
    volumes_tco2e = serializers.DictField(child=serializers.IntegerField(min_value=0), required=False)
    reasons = serializers.ListField(child=serializers.CharField(), allow_empty=False)

    def validate_volumes_tco2e(self, volumes: dict[str, int]) -> dict[int, int]:
        """Vintages are years."""
        return by_vintage(volumes)


class RefuseSerializer(ActSerializer):
    """Why."""

    reasons = serializers.ListField(child=serializers.CharField(), allow_empty=False)


@dataclass(frozen=True)
class Taken:
    """A step as the API takes it: what is sent, and the use-case."""

    sent: type[ActSerializer]
    do: Callable[[Case, Act, Sent], Case]


def _unpublished(sent: Sent) -> dict[str, str]:
    return {one["part"]: one["basis"].strip() for one in sent.get("unpublished", ())}


def _sheet(sent: Sent) -> reviews.Sheet:
    return {code: (row["answer"], row["comment"]) for code, row in sent["sheet"].items()}


def _in_part(case: Case, act: Act, sent: Sent) -> Case:
    """An application by the terms granted, an act about an authorisation by its volumes, as on the pages."""
    needed, other = ("volumes_tco2e", "granted") if is_about(case) else ("granted", "volumes_tco2e")
    # An act has its terms from the authorisation, and is asked about nothing but its volumes.
    barred = (other, *(_OF_TERMS if is_about(case) else ()))
    wrong = {
        name: [_("A case of this kind is not granted in part by this.")] for name in barred if sent.get(name)
    }
    if needed not in sent:
        wrong[needed] = [_("Say how much is granted.")]
    if wrong:
        raise serializers.ValidationError(wrong)
    if is_about(case):
        return decisions.approve_act_in_part(
            case,
            act=act,
            volumes=sent["volumes_tco2e"],
            reasons=sent["reasons"],
            requirements=requirements_of(case, sent["requirements"]),
            seen=sent["version"],
        )
    return decisions.approve_in_part(
        case,
        act=act,
        granted=_granted(sent),
        reasons=sent["reasons"],
        conditions=sent["conditions"],
        **_asked(case, sent),
        share_reason=sent["share_reason"],
        unpublished=_unpublished(sent),
        seen=sent["version"],
    )


_OF_TERMS = ("conditions", "left_out", "asking_reason", "unpublished", "share_reason")


def _granted(sent: Sent) -> Terms:
    try:
        return Terms.model_validate(sent["granted"])
    except ValidationError as fault:
        raise serializers.ValidationError({"granted": sentences_of(fault)}) from fault


def _answers(sent: Sent) -> dict[int, str]:
    wrong = [number for number in sent["answers"] if not number.isdecimal()]
    if wrong:
        raise serializers.ValidationError(
            {"answers": [_("“%(number)s” is not the number of a question.") % {"number": wrong[0]}]}
        )
    return {int(number): text for number, text in sent["answers"].items()}


def _asked(case: Case, sent: Sent) -> dict[str, Any]:
    """What a decision asks of the holder besides, or otherwise than, its procedure."""
    return {
        "requirements": requirements_of(case, sent["requirements"]),
        "left_out": sent["left_out"],
        "asking_reason": sent["asking_reason"],
    }


STEPS: Mapping[str, Taken] = {
    "submit": Taken(
        SubmitSerializer,
        lambda case, act, sent: applications.submit(
            case, act=act, declared=sent["declared"], scan=scan_of(case), seen=sent["version"]
        ),
    ),
    "withdraw": Taken(
        WithdrawSerializer,
        lambda case, act, sent: applications.withdraw(
            case, act=act, reason=sent["reason"], seen=sent["version"]
        ),
    ),
    "answer": Taken(
        AnswerSerializer,
        lambda case, act, sent: applications.answer(
            case, act=act, answers=_answers(sent), seen=sent["version"]
        ),
    ),
    "return_for_completion": Taken(
        ActSerializer,
        lambda case, act, sent: desk.return_for_completion(case, act=act, seen=sent["version"]),
    ),
    "accept": Taken(ActSerializer, lambda case, act, sent: desk.accept(case, act=act, seen=sent["version"])),
    "waive": Taken(
        WaiveSerializer,
        lambda case, act, sent: desk.waive(
            case, act=act, path=sent["path"], reason=sent["reason"], seen=sent["version"]
        ),
    ),
    "ask": Taken(
        AskSerializer,
        lambda case, act, sent: desk.ask(
            case,
            act=act,
            questions=[(one["path"], one["text"]) for one in sent["questions"]],
            seen=sent["version"],
        ),
    ),
    "vote": Taken(
        OpinionSerializer,
        lambda case, act, sent: reviews.vote(
            case, act=act, verdict=Verdict(sent["verdict"]), reasons=sent["reasons"], sheet=_sheet(sent)
        ),
    ),
    "give_opinion": Taken(
        GivenOpinionSerializer,
        lambda case, act, sent: reviews.give_opinion(
            case,
            act=act,
            verdict=Verdict(sent["verdict"]),
            reasons=sent["reasons"],
            sheet=_sheet(sent),
            minutes=sent["minutes"],
            seen=sent["version"],
        ),
    ),
    "take_up_again": Taken(
        ReasonsSerializer,
        lambda case, act, sent: reviews.take_up_again(
            case, act=act, reasons=sent["reasons"], seen=sent["version"]
        ),
    ),
    "recuse": Taken(
        ReasonsSerializer,
        lambda case, act, sent: reviews.recuse(case, act=act, reasons=sent["reasons"], seen=sent["version"]),
    ),
    "recommend": Taken(
        RecommendSerializer,
        lambda case, act, sent: desk.recommend(
            case,
            act=act,
            outcome=Outcome(sent["outcome"]),
            reasons=sent["reasons"],
            answers=sent["answers"],
            seen=sent["version"],
        ),
    ),
    "send_back": Taken(
        SendBackSerializer,
        lambda case, act, sent: decisions.send_back(
            case, act=act, reasons=sent["reasons"], bodies=sent["bodies"], seen=sent["version"]
        ),
    ),
    "file": Taken(ActSerializer, lambda case, act, sent: about.file(case, act=act, seen=sent["version"])),
    "serve_notice": Taken(
        ActSerializer, lambda case, act, sent: about.serve_notice(case, act=act, seen=sent["version"])
    ),
    "hear": Taken(
        StatementSerializer,
        lambda case, act, sent: about.hear(case, act=act, statement=sent["statement"], seen=sent["version"]),
    ),
    "suspend_at_once": Taken(
        UrgencySerializer,
        lambda case, act, sent: about.suspend_at_once(
            case, act=act, urgency=sent["urgency"], seen=sent["version"]
        ),
    ),
    "discontinue": Taken(
        ReasonsSerializer,
        lambda case, act, sent: about.discontinue(
            case, act=act, reasons=sent["reasons"], seen=sent["version"]
        ),
    ),
    "approve": Taken(
        ApproveSerializer,
        lambda case, act, sent: decisions.approve(
            case,
            act=act,
            conditions=sent["conditions"],
            **_asked(case, sent),
            share_reason=sent["share_reason"],
            unpublished=_unpublished(sent),
            seen=sent["version"],
        ),
    ),
    "approve_in_part": Taken(ApproveInPartSerializer, _in_part),
    "refuse": Taken(
        RefuseSerializer,
        lambda case, act, sent: decisions.refuse(
            case, act=act, reasons=sent["reasons"], seen=sent["version"]
        ),
    ),
}

KEY = OpenApiParameter(
    HEADER,
    location=OpenApiParameter.HEADER,
    required=True,
    description="A name of the caller's own for this call: sent twice under one key, it is carried out once.",
)


class ActOnCase(Endpoint):
    """Takes a step of a case, by the same use-case as the pages."""

    @extend_schema(
        parameters=[KEY, OpenApiParameter("step", enum=list(STEPS), location=OpenApiParameter.PATH)],
        request=PolymorphicProxySerializer(
            component_name="Step",
            serializers={step: taken.sent for step, taken in STEPS.items()},
            resource_type_field_name=None,
        ),
        responses={200: OneCaseSerializer, (409, "application/problem+json"): ProblemSerializer},
    )
    def post(self, request: Request, public_id: UUID, step: str) -> Response:
        """The case as it is then. 403, 404, 409 and 422 say every reason against it."""
        taken, case = STEPS.get(step), self._case(public_id)
        if taken is None or case is None:
            raise NotFound
        sent = taken.sent(data=request.data)
        sent.is_valid(raise_exception=True)

        def carry_out(key: str) -> Response:
            given = cast(Sent, sent.validated_data)
            actor = self.caller.acting(office=given["office"], organisation=given["organisation"])
            taken.do(case, Act(actor=actor, clock=RealClock(), key=key), given)
            told = OneCaseSerializer(self._case(public_id), context={"view": self, "request": request})
            return Response(told.data)

        return once(request, self.caller.name, carry_out, clock=RealClock())

    def _case(self, public_id: UUID) -> Case | None:
        related = ("authority__party", "applicant", "activity", "authorisation", "application")
        return self.caller.cases().select_related(*related).filter(public_id=public_id).first()
