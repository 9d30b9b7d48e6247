"""Use-cases of national procedures: a version is loaded once, and never changed."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Function
from accounts.selectors import authority_of_party
from accounts.services.chains import locked_authority
from audit import trail
from audit.trail import Happening
from authorisation.models import ProcedureVersion
from authorisation.procedures import SHIPPED
from authorisation.procedures.reading import read_procedure, text_of
from authorisation.procedures.shape import Procedure
from authorisation.procedures.shipped import text_shipped
from projects.permissions import acts_in
from workflow.actors import SYSTEM, Actor
from workflow.clock import Clock
from workflow.refusals import Kind as Refusal
from workflow.refusals import Reason, Refused, Words


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading came to: the procedure, and whether it is new here or was held already."""

    procedure: Procedure
    authority: Authority
    is_new: bool


def load_procedure(
    content: bytes, *, name: str, actor: Actor, clock: Clock, slug: str | None = None
) -> Loaded:
    """Loads one version of one authority's procedure. New cases are opened under it from its first day on.

    `name` is the file's, for the sentences; `slug` names the authority where the caller wants to be sure that
    it is the one meant. The same bytes again change nothing. Raises BadProcedure with everything that is
    wrong with the file, and Refused where it may not be loaded.
    """
    text = text_of(content, name=name)
    found = read_procedure(text, name=name)
    authority = _authority_of(found, slug)
    _refuse_others(actor, authority, clock)
    with transaction.atomic():
        locked = locked_authority(authority)
        if _is_held(found.version, text):
            return Loaded(procedure=found, authority=authority, is_new=False)
        sha256 = hashlib.sha256(content).hexdigest()
        event = trail.append(
            locked,
            Happening(
                action="load_procedure",
                actor=actor.trail_name,
                office=actor.trail_office,
                facts={
                    "version": found.version,
                    "sha256": sha256,
                    "in_force_from": found.in_force_from.isoformat(),
                },
                procedure_version=found.version,
                at=clock.now(),
            ),
        )
        ProcedureVersion.objects.create(
            authority=locked,
            version=found.version,
            in_force_from=found.in_force_from,
            text=text,
            sha256=sha256,
            loaded_by=actor.trail_name,
            loaded_at=clock.now(),
            event=event.digest,
        )
    return Loaded(procedure=found, authority=authority, is_new=True)


def _authority_of(found: Procedure, slug: str | None) -> Authority:
    if found.party is None:
        raise _refused(
            "no-party",
            _("The procedure names no Party. Only that of a Party can be loaded."),
            _('Write the code of the Party into the file, such as: party = "GHA"'),
        )
    authority = authority_of_party(found.party)
    if authority is None:
        raise _refused(
            "no-authority",
            _("This installation has no authority of the Party %(party)s."),
            _("Set the authority up first."),
            party=found.party,
        )
    if slug is not None and slug != authority.slug:
        raise _refused(
            "other-authority",
            _("The procedure is of %(party)s, whose authority here is “%(slug)s” and not “%(asked)s”."),
            _("Name that authority, or load the file of the other."),
            party=found.party,
            slug=authority.slug,
            asked=slug,
        )
    return authority


def _refuse_others(actor: Actor, authority: Authority, clock: Clock) -> None:
    """Whoever works at the machine itself may load a procedure, and whoever directs the authority."""
    if actor != SYSTEM and not acts_in(Function.DIRECTOR, authority, actor, clock):
        raise Refused(
            Refusal.ROLE,
            [
                Reason(
                    code="role",
                    words=_("You may not load a procedure for this authority."),
                    mend=_("Let whoever directs the authority do it."),
                )
            ],
        )


def _is_held(version: str, text: str) -> bool:
    """Whether this very text is held already. Refused where another stands under the same version."""
    held = text_shipped(version) if version in SHIPPED else None
    if held is None:
        held = ProcedureVersion.objects.filter(version=version).values_list("text", flat=True).first()
    if held is None or held == text:
        return held is not None
    raise _refused(
        "version-taken",
        _("The version %(version)s is held already, with another text, and a version never changes."),
        _("Give the file a new version, and the day from which it applies."),
        version=version,
    )


def _refused(code: str, words: Words, mend: Words, **values: str) -> Refused:
    return Refused(Refusal.RULE, [Reason(code=code, words=words, mend=mend, values=values)])
