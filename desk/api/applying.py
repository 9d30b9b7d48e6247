"""Applications through the API: opening one, writing in it, and sending a document, as the pages do.

People do so for their organisation, or as officers for an applicant on paper. A program acts in no case,
whatever its scopes, and is told so: in a case act persons who proved who they are, the system and the clock,
and a submission is a declaration. What a program brings goes in through a person, or as a dossier.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Authority, Organisation
from authorisation.application import APPLICATION_KINDS, ApplicationContent
from authorisation.kinds import Kind
from authorisation.models import Case
from authorisation.services import applications, documents
from authorisation.services.documents import Said, Upload
from desk.api.acts import KEY, ActSerializer
from desk.api.cases import Cases, CaseSerializer, OneCaseSerializer
from desk.api.problems import ProblemSerializer
from desk.api.repeating import once
from desk.api.views import Endpoint
from desk.applications.beginning import begun
from projects.content import left_aside
from projects.fields import UNWRITABLE
from projects.problems import sentences_of
from workflow.clock import RealClock
from workflow.door import Act

_DEEPEST = 12

_PROBLEMS = {
    (403, "application/problem+json"): ProblemSerializer,
    (409, "application/problem+json"): ProblemSerializer,
    (422, "application/problem+json"): ProblemSerializer,
}


class ApplyingSerializer(serializers.Serializer[Any]):
    """A new application: where, of which kind, in whose name, and what it says so far.

    `applicant` is the organisation that applies, and `organisation` or `office` as whom the caller acts: as
    a rule the same organisation; a consultant's own under a mandate; the desk's office for one on paper.
    """

    office = serializers.UUIDField(required=False, allow_null=True, default=None)
    organisation = serializers.UUIDField(required=False, allow_null=True, default=None)
    authority = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=Kind.choices)
    applicant = serializers.UUIDField()
    application = serializers.JSONField(default=dict)

    def validate_authority(self, slug: str) -> Authority:
        """By its short name."""
        found = Authority.objects.select_related("party").filter(slug=slug).first()
        if found is None:
            raise serializers.ValidationError(_("There is no such authority."))
        return found

    def validate_kind(self, kind: str) -> Kind:
        """One that asks for something new; acts about an authorisation are opened there."""
        if Kind(kind) not in APPLICATION_KINDS:
            raise serializers.ValidationError(_("A case of this kind is opened at its authorisation."))
        return Kind(kind)


class WritingSerializer(serializers.Serializer[Any]):
    """What the application is to say: a merge patch (RFC 7396) of it, in which null takes something out."""

    office = serializers.UUIDField(required=False, allow_null=True, default=None)
    organisation = serializers.UUIDField(required=False, allow_null=True, default=None)
    application = serializers.JSONField()


class SendingSerializer(ActSerializer):
    """A document. One of the type and title of another becomes its new version.

    `confidential` needs a `basis`; an officer says in a `note` why they add it.
    """

    file = serializers.FileField(allow_empty_file=True)
    type = serializers.CharField(max_length=100)
    title = serializers.CharField(max_length=200, allow_blank=True, default="")
    confidential = serializers.BooleanField(default=False)
    basis = serializers.CharField(max_length=300, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class OpenedCases(Cases):
    """The cases that the caller may see, and new ones."""

    @extend_schema(parameters=[KEY], request=ApplyingSerializer, responses={201: CaseSerializer, **_PROBLEMS})
    def post(self, request: Request) -> Response:
        """Opens a draft, by the use-case of the page that does."""
        sent = ApplyingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        applicant = Organisation.objects.filter(public_id=given["applicant"]).first()
        if applicant is None:
            raise serializers.ValidationError({"applicant": [_("There is no such organisation.")]})
        authority, kind = cast(Authority, given["authority"]), cast(Kind, given["kind"])
        patch = _readable(given["application"])
        content = _merged(begun("", authority, applicant, kind), patch)
        _refuse_malformed(content, patch)

        def carry_out(key: str) -> Response:
            # Where a process died after the draft was there, the next one finds it by the call.
            named = hashlib.sha256(f"{self.caller.name} {key}".encode()).hexdigest()
            source_id = f"api:{named}"
            actor = self.caller.acting(office=given["office"], organisation=given["organisation"])
            act = Act(actor=actor, clock=RealClock())
            applications.who_may_open(act, authority, applicant)
            case = Case.objects.filter(source_id=source_id).first() or applications.open_case(
                act=act,
                authority=authority,
                kind=kind,
                applicant=applicant,
                content=content,
                source_id=source_id,
            )
            return Response(CaseSerializer(case).data, status=201)

        return once(request, self.caller.name, carry_out, clock=RealClock())


class _OfACase(Endpoint):
    def _seen(self, public_id: UUID) -> Case:
        related = ("authority__party", "applicant", "activity", "authorisation", "application")
        found = self.caller.cases().select_related(*related).filter(public_id=public_id).first()
        if found is None:
            raise NotFound
        return found

    def _told(self, public_id: UUID, request: Request, status: int = 200) -> Response:
        context = {"view": self, "request": request}
        return Response(OneCaseSerializer(self._seen(public_id), context=context).data, status=status)


class WrittenApplication(_OfACase):
    """The application of a case, as long as it is with the applicant."""

    @extend_schema(
        parameters=[KEY], request=WritingSerializer, responses={200: OneCaseSerializer, **_PROBLEMS}
    )
    def patch(self, request: Request, public_id: UUID) -> Response:
        """Writes in it at the places that are sent, and leaves the others as they stand."""
        case = self._seen(public_id)
        sent = WritingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data
        patch = _readable(given["application"])

        def change(written: Mapping[str, Any]) -> Mapping[str, Any]:
            content = _merged(written, patch)
            _refuse_malformed(content, patch)
            return content

        def carry_out(_key: str) -> Response:
            # To merge the same once more comes to the same: a key at the door is not needed.
            actor = self.caller.acting(office=given["office"], organisation=given["organisation"])
            applications.change_application(case, act=Act(actor=actor, clock=RealClock()), change=change)
            return self._told(public_id, request)

        return once(request, self.caller.name, carry_out, clock=RealClock())


class SentDocuments(_OfACase):
    """The supporting documents of a case."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        parameters=[KEY], request=SendingSerializer, responses={201: OneCaseSerializer, **_PROBLEMS}
    )
    def post(self, request: Request, public_id: UUID) -> Response:
        """Adds one, checked as every file that is sent. The answer is the case as it is then."""
        case = self._seen(public_id)
        sent = SendingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = sent.validated_data

        def carry_out(key: str) -> Response:
            file = cast("UploadedFile[Any]", given["file"])
            file.seek(0)
            upload = Upload(content=file.read(), name=file.name or "", declared=file.content_type or "")
            said = Said(**{name: given[name] for name in ("type", "title", "confidential", "basis", "note")})
            actor = self.caller.acting(office=given["office"], organisation=given["organisation"])
            act = Act(actor=actor, clock=RealClock(), key=key)
            documents.add_document(case, upload, said, act=act, seen=given["version"])
            return self._told(public_id, request, status=201)

        return once(request, self.caller.name, carry_out, clock=RealClock())


def _readable(patch: object) -> Mapping[str, Any]:
    """What was sent, where it is of the shape of an application. Raises ValidationError."""
    if not isinstance(patch, Mapping):
        raise serializers.ValidationError({"application": [_("An application is an object of sections.")]})
    if not _can_be_kept(patch):
        raise serializers.ValidationError(
            {"application": [_("It holds signs that nobody can write, or is nested too deeply.")]}
        )
    # The answers to questions stand beside, and are sent with the step `answer`.
    _refuse_strange([name for name in patch if name not in ApplicationContent.model_fields])
    return patch


def _refuse_malformed(content: Mapping[str, Any], patch: Mapping[str, Any]) -> None:
    """Raises ValidationError with what cannot be read, and what of the patch nobody understands."""
    known = {name: value for name, value in content.items() if name in ApplicationContent.model_fields}
    try:
        read = ApplicationContent.model_validate(known)
    except ValidationError as fault:
        raise serializers.ValidationError({"application": sentences_of(fault)}) from fault
    _refuse_strange(left_aside(read, dict(patch)))


def _can_be_kept(value: object, depth: int = 0) -> bool:
    """Whether a database can keep it: no signs that are none, and no deeper than any application is."""
    if depth > _DEEPEST:
        return False
    if isinstance(value, str):
        return UNWRITABLE.search(value) is None
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and _can_be_kept(name, depth) for name in value) and all(
            _can_be_kept(one, depth + 1) for one in value.values()
        )
    return not isinstance(value, list) or all(_can_be_kept(one, depth + 1) for one in value)


def _refuse_strange(strange: Sequence[str]) -> None:
    if strange:
        raise serializers.ValidationError(
            {
                "application": [
                    _("%(place)s is no place of an application.") % {"place": one} for one in strange
                ]
            }
        )


def _merged(written: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """What stands with the patch in it (RFC 7396): null takes out, an object goes in, all else replaces."""
    merged = dict(written)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            there = merged.get(name)
            merged[name] = _merged(there if isinstance(there, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged
