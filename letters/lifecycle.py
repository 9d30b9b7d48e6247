"""The lifecycle of a letter, whole, on one page.

A letter is drawn with its content and number inside the act that decides; rendering, consent and
sealing follow one by one, and each can be run again. No key, no letter.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from letters import guards
from workflow.governed import Governed
from workflow.steps import ComesFrom, StateField, Transitions

if TYPE_CHECKING:
    from letters.models import Letter

transition: Transitions["Letter"] = Transitions()


class Role(StrEnum):
    """The roles people have towards one letter."""

    NEXT_SIGNER = "next_signer"
    SIGNER = "signer"
    DESK_OFFICER = "desk_officer"
    SYSTEM = "system"


class State(models.TextChoices):
    """Where a letter is."""

    DRAWN = "drawn", _("drawn")
    SIGNING = "signing", _("being signed")
    ISSUED = "issued", _("issued")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", _("withdrawn")
    VOID = "void", _("void")
    FAILED = "failed", _("failed")


S = State


class LetterLifecycle(Governed):
    """What can become of a letter."""

    lock_rank = 30
    state = StateField(choices=S.choices, default=S.DRAWN)

    class Meta:
        abstract = True

    @transition(
        source=S.DRAWN,
        target=S.SIGNING,
        permission=(Role.SYSTEM,),
        label=_("Present for signature"),
        needs=(guards.digest_is_presented,),
    )
    def present(self) -> None:
        """The letter is rendered; the digest of its unsigned bytes is what the offices consent to."""

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.NEXT_SIGNER,),
        label=_("Sign"),
        needs=(guards.consent_is_to_these_bytes,),
        effects=("produce_letter",),
        asks_again=True,
    )
    def consent(self) -> None:
        """A signing office consents to the digest; the letter is sealed when the last one has."""

    @transition(
        source=S.SIGNING,
        target=S.ISSUED,
        permission=(Role.SYSTEM,),
        label=_("Issue"),
        conditions=(guards.every_office_has_consented,),
        needs=(guards.digest_is_presented,),
    )
    def issue(self) -> None:
        """The letter is sealed, verified and stored: from now on it speaks."""

    @transition(
        source=(S.DRAWN, S.SIGNING),
        target=S.FAILED,
        permission=(Role.SYSTEM,),
        label=_("Fail"),
        needs=(guards.fault_is_said,),
    )
    def fail(self) -> None:
        """It could not be rendered or sealed: it says why, and can be tried again."""

    @transition(
        source=S.FAILED,
        target=ComesFrom(S.DRAWN, S.SIGNING),
        permission=(Role.DESK_OFFICER, Role.SIGNER),
        label=_("Try again"),
        effects=("produce_letter",),
    )
    def retry(self) -> None:
        """What failed is tried again from where it stood."""

    @transition(
        source=(S.DRAWN, S.SIGNING, S.FAILED),
        target=S.VOID,
        permission=(Role.SIGNER,),
        label=_("Make void"),
        needs=(guards.reasons_are_given,),
    )
    def void(self) -> None:
        """It will never be issued; its number stays in the series, with the reason."""

    @transition(source=S.ISSUED, target=S.SUPERSEDED, permission=(Role.SYSTEM,), label=_("Supersede"))
    def supersede(self) -> None:
        """A later letter replaces it; it keeps its bytes and says by which."""

    @transition(source=S.ISSUED, target=S.WITHDRAWN, permission=(Role.SYSTEM,), label=_("Withdraw"))
    def withdraw(self) -> None:
        """It no longer speaks, and nothing replaces it."""
