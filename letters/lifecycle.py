"""The lifecycle of a letter, whole, on one page.

A letter is drawn with its content and number inside the act that decides; rendering, consent and
sealing follow one by one, and each can be run again. No key, no letter.

Or it is signed by hand: then it is printed, signed, recorded by one officer and compared by another, and
what is issued is a certified copy of the paper, sealed by the authority itself. None of that is a state of
its own: the letter is being signed until it is issued.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from letters import guards, guards_on_paper
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
    DIRECTOR = "director", _("director")
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
        conditions=(
            guards.fees_are_settled,
            guards_on_paper.is_signed_electronically,
            guards.signature_can_be_drawn,
        ),
        needs=(guards.consent_is_to_these_bytes,),
        effects=("produce_letter", "tell_signers"),
        asks_again=True,
    )
    def consent(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.DIRECTOR,),
        label=_("Have it signed on paper"),
        says=_("The letter is printed and signed by hand: the paper is the original, and needs no key."),
        conditions=(
            guards_on_paper.is_signed_electronically,
            guards_on_paper.nobody_has_signed,
            guards.seal_can_be_drawn,
        ),
        effects=("produce_letter", "tell_desk"),
    )
    def choose_paper(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.DIRECTOR,),
        label=_("Have it signed electronically after all"),
        says=_("The letter is signed electronically; a print of it that nobody has signed is worth nothing."),
        conditions=(guards_on_paper.is_on_paper, guards_on_paper.nothing_was_recorded),
        effects=("tell_signers",),
    )
    def choose_electronic(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.SYSTEM,),
        label=_("Present for printing"),
        says=_("The PDF that is printed to be signed by hand is there."),
        conditions=(guards_on_paper.is_on_paper,),
        needs=(guards.digest_is_presented,),
    )
    def present_paper(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.DESK_OFFICER,),
        label=_("Record a signature by hand"),
        says=_("One office has signed the paper; it goes on to the next."),
        conditions=(
            guards_on_paper.is_on_paper,
            guards_on_paper.paper_can_be_printed,
            guards.fees_are_settled,
            guards_on_paper.paper_is_not_confirmed,
        ),
        needs=(guards_on_paper.the_next_office_signed_by_hand,),
    )
    def note_hand(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.DESK_OFFICER,),
        label=_("Record the signed paper"),
        says=_("Says who signed by hand and when, where the paper is kept, and hands in its scan."),
        conditions=(
            guards_on_paper.is_on_paper,
            guards_on_paper.paper_can_be_printed,
            guards.fees_are_settled,
            guards_on_paper.paper_is_not_confirmed,
        ),
        needs=(
            guards_on_paper.every_office_signed_by_hand,
            guards_on_paper.the_paper_is_kept,
            guards_on_paper.the_scan_is_here,
        ),
        effects=("produce_letter",),
    )
    def record_paper(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.SYSTEM,),
        label=_("Present the copy"),
        says=_("The copy of the paper is there; a second officer compares it before it is sealed."),
        conditions=(guards_on_paper.is_on_paper, guards_on_paper.paper_is_recorded),
        needs=(guards.digest_is_presented,),
        effects=("tell_desk",),
    )
    def present_copy(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.DESK_OFFICER, Role.DIRECTOR),
        label=_("Confirm the copy"),
        says=_("A second officer has compared the copy with the signed paper: it is sealed and issued."),
        conditions=(
            guards_on_paper.is_on_paper,
            guards_on_paper.copy_is_here,
            guards_on_paper.is_another_person,
            guards_on_paper.copy_was_not_judged,
            guards.fees_are_settled,
            guards.seal_can_be_drawn,
        ),
        needs=(guards_on_paper.it_is_this_copy, guards_on_paper.it_is_this_letter),
        effects=("produce_letter",),
        asks_again=True,
    )
    def confirm_paper(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=None,
        permission=(Role.DESK_OFFICER, Role.DIRECTOR),
        label=_("Send the record back"),
        says=_("The scan is not this letter, or what was recorded is not so: it is recorded anew."),
        conditions=(
            guards_on_paper.is_on_paper,
            guards_on_paper.copy_is_here,
            guards_on_paper.copy_was_not_judged,
        ),
        needs=(guards.reasons_are_given,),
        effects=("tell_desk",),
    )
    def return_paper(self) -> None: ...

    @transition(
        source=(S.SIGNING, S.FAILED, S.ISSUED, S.SUPERSEDED, S.WITHDRAWN, S.VOID),
        target=None,
        permission=(Role.DESK_OFFICER,),
        label=_("Record who keeps the paper"),
        says=_("The paper has gone to another place or into other hands: every change stays recorded."),
        conditions=(guards_on_paper.is_on_paper, guards_on_paper.paper_can_be_printed),
        needs=(guards_on_paper.the_paper_is_kept,),
    )
    def hand_over(self) -> None: ...

    @transition(
        source=S.SIGNING,
        target=S.ISSUED,
        permission=(Role.SYSTEM,),
        label=_("Issue"),
        says=_("The letter is sealed, verified and stored: from now on it speaks."),
        conditions=(guards.every_office_has_consented,),
        needs=(guards.digest_is_presented,),
        effects=("tell_programs",),
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
        conditions=(guards_on_paper.is_not_signed_on_paper,),
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
