"""The lifecycle of a letter, whole, on one page.

A letter is drawn with its content and number inside the act that decides; rendering, consent and
sealing follow one by one, and each can be run again. No key, no letter.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from letters import guards
from workflow.governed import Governed
from workflow.steps import ComesFrom, StateField, Transitions

if TYPE_CHECKING:
    from letters.models import Letter

transition: Transitions["Letter"] = Transitions()


class Role(models.TextChoices):
    """The roles people have towards one letter."""

    NEXT_SIGNER = "next_signer", _("office that signs next")
    SIGNER = "signer", _("signer")
    DESK_OFFICER = "desk_officer", _("desk officer")
    SYSTEM = "system", _("the system")


class State(models.TextChoices):
    """Where a letter is."""

    DRAWN = "drawn", _("drawn")
    SIGNING = "signing", _("being signed")
    ISSUED = "issued", _("issued")
    SUPERSEDED = "superseded", _("superseded")
    WITHDRAWN = "withdrawn", pgettext_lazy("letter", "withdrawn")
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
        says=_("The letter is rendered; the digest of its unsigned bytes is what the offices consent to."),
        needs=(guards.digest_is_presented,),
        effects=("tell_signers",),
    )
    def present(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.NEXT_SIGNER,),
        label=_("Sign"),
        says=_("A signing office consents to the digest; the letter is sealed when the last one has."),
        conditions=(guards.fees_are_settled,),
        needs=(guards.consent_is_to_these_bytes,),
        effects=("produce_letter", "tell_signers"),
        asks_again=True,
    )
    def consent(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=S.ISSUED,
        permission=(Role.SYSTEM,),
        label=_("Issue"),
        says=_("The letter is sealed, verified and stored: from now on it speaks."),
        conditions=(guards.every_office_has_consented,),
        needs=(guards.digest_is_presented,),
    )
    def issue(self) -> None: ...

    @transition(
        source=(S.DRAWN, S.SIGNING),
        target=S.FAILED,
        permission=(Role.SYSTEM,),
        label=_("Fail"),
        says=_("It could not be rendered or sealed: it says why, and can be tried again."),
        needs=(guards.fault_is_said,),
        effects=("tell_desk", "tell_signers"),
    )
    def fail(self) -> None: ...

    @transition(
        source=S.FAILED,
        target=ComesFrom(S.DRAWN, S.SIGNING),
        permission=(Role.DESK_OFFICER, Role.SIGNER),
        label=_("Try again"),
        says=_("What failed is tried again from where it stood."),
        effects=("produce_letter",),
    )
    def retry(self) -> None: ...

    @transition(
        source=(S.DRAWN, S.SIGNING, S.FAILED),
        target=S.VOID,
        permission=(Role.SIGNER,),
        label=_("Make void"),
        says=_("It will never be issued; its number stays in the series, with the reason."),
        needs=(guards.reasons_are_given,),
    )
    def void(self) -> None: ...

    @transition(
        source=S.ISSUED,
        target=S.SUPERSEDED,
        permission=(Role.SYSTEM,),
        label=_("Supersede"),
        says=_("A later letter replaces it; it keeps its bytes and says by which."),
    )
    def supersede(self) -> None: ...

    @transition(
        source=S.ISSUED,
        target=S.WITHDRAWN,
        permission=(Role.SYSTEM,),
        label=_("Withdraw"),
        says=_("It no longer speaks, and nothing replaces it."),
    )
    def withdraw(self) -> None: ...
