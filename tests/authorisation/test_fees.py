"""Fees: asked for by a notice, proved once, accepted or rejected, exempted; no service before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import cast

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Function
from audit.models import Event
from audit.trail import events_of
from audit.verification import verify_database
from authorisation.fees import Owed, Payment, owed_by
from authorisation.models import Case, CaseDocument, DocumentFinding, FeeExemption, FeeNotice, FeeProof
from authorisation.models.fees import payment_of
from authorisation.procedures import BUILT_IN
from authorisation.procedures.shape import Fee, Procedure, Stage
from authorisation.procedures.shipped import SHIPPED
from authorisation.services import applications, decisions, desk, documents, fees
from authorisation.services.documents import Said, Upload
from authorisation.supporting_documents import types_offered
from letters import services as letters
from tests.authorisation.at_once import at_once
from tests.authorisation.factories import Staff, drafted, issued, recommended, rendered, two_staffs
from workflow.refusals import Kind as Refusal
from workflow.refusals import Refused

ACCEPTED, REJECTED = DocumentFinding.Verdict.ACCEPTED, DocumentFinding.Verdict.REJECTED
SUBMISSION, REVIEW, DECISION, LETTER = 1, 2, 3, 4

FEES = (
    Fee(stage=Stage.SUBMISSION, amount=Decimal("500.00"), currency="USD", basis="Fees Order", days=30),
    Fee(stage=Stage.REVIEW, amount=Decimal("20.50"), currency="USD"),
    Fee(stage=Stage.DECISION, amount=Decimal("30.00"), currency="USD"),
    Fee(stage=Stage.LETTER, amount=Decimal("40.00"), currency="USD", exempted_by=Function.DIRECTOR),
)


def asking(monkeypatch: pytest.MonkeyPatch, *asked: Fee) -> None:
    """From now on the plain procedure asks these fees of every kind."""
    handling = {kind: replace(way, fees=asked) for kind, way in BUILT_IN.handling.items()}
    shipped = cast(dict[str, Procedure], SHIPPED)
    monkeypatch.setitem(shipped, BUILT_IN.version, replace(BUILT_IN, handling=handling))


@pytest.fixture
def four_fees(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, *FEES)


@pytest.fixture
def one_fee(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, FEES[0])


def hand_in(of: Staff, case: Case, *, fee: int = SUBMISSION, reference: str = "", file: bytes = b"") -> Case:
    reference = reference or f"Bank of {case.reference}, no. {fee}"
    return fees.hand_in_proof(
        case,
        Upload(content=file or f"Receipt of {reference}".encode(), name="receipt.txt"),
        fee=fee,
        reference=reference,
        act=of.act(),
    )


def judge(
    of: Staff,
    case: Case,
    verdict: DocumentFinding.Verdict = ACCEPTED,
    *,
    fee: int = SUBMISSION,
    why: str = "",
) -> Case:
    act = of.act(Function.DESK_OFFICER)
    return fees.judge_proof(case, fee=fee, verdict=verdict, reasons=why, act=act)


def pay(of: Staff, case: Case, *, fee: int = SUBMISSION) -> Case:
    """Handed in by the applicant and accepted by the desk."""
    return judge(of, hand_in(of, case, fee=fee), fee=fee)


def submit(of: Staff, case: Case) -> Case:
    return applications.submit(case, act=of.act(), declared=True)


def states(case: Case) -> list[Payment]:
    return [owed.state for owed in owed_by(Case.objects.get(pk=case.pk))]


def owed(case: Case, fee: int = SUBMISSION) -> Owed:
    return next(one for one in owed_by(Case.objects.get(pk=case.pk)) if one.number == fee)


def standing() -> list[object]:
    """All that an act about fees could change."""
    return [
        list(FeeProof.objects.values_list("pk", "standing")),
        list(FeeNotice.objects.values_list("pk", flat=True)),
        list(FeeExemption.objects.values_list("pk", flat=True)),
        list(DocumentFinding.objects.values_list("pk", flat=True)),
        list(CaseDocument.objects.values_list("pk", flat=True)),
        list(Case.objects.order_by("pk").values_list("state", "version")),
        Event.objects.exclude(action__endswith=":refused").count(),
    ]


def refused(do: Callable[[], object]) -> tuple[Refusal, list[str]]:
    """Why it was refused; and nothing is then otherwise than before."""
    before = standing()
    with pytest.raises(Refused) as refusal:
        do()
    assert standing() == before
    return refusal.value.kind, [reason.code for reason in refusal.value.reasons]


# -- from notice to service --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_case_is_served_fee_by_fee_from_notice_to_letter(four_fees: None) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    notice = case.fee_notices.get()
    assert (notice.amount, notice.currency, notice.stage) == (Decimal("500.00"), "USD", "submission")
    assert notice.due_on == notice.served_on + timedelta(days=30)
    assert notice.reference == f"{case.reference}/F1"
    assert states(case) == [Payment.OWED, Payment.LATER, Payment.LATER, Payment.LATER]

    assert refused(lambda: submit(ours, case)) == (Refusal.RULE, ["fee"])
    case = hand_in(ours, case)
    assert states(case)[0] == Payment.HANDED_IN
    case = submit(ours, case)
    assert states(case)[1] == Payment.OWED

    # Proof before service: the desk checks both before the review begins.
    assert refused(lambda: desk.accept(case, act=ours.act(Function.DESK_OFFICER))) == (
        Refusal.RULE,
        ["fee-unchecked", "fee"],
    )
    case = pay(ours, judge(ours, case), fee=REVIEW)
    case = desk.accept(case, act=ours.act(Function.DESK_OFFICER))
    assert states(case) == [Payment.PAID, Payment.PAID, Payment.OWED, Payment.LATER]

    case = recommended(ours, pay(ours, case, fee=DECISION))
    case = decisions.approve(case, act=ours.act(Function.DECIDER))
    assert states(case)[3] == Payment.OWED

    letter = rendered(case)
    signer = ours.act(Function.SIGNER)
    assert refused(lambda: letters.consent(letter, act=signer, digest=letter.unsigned_sha256)) == (
        Refusal.RULE,
        ["fee"],
    )
    assert not letter.signatures.exists()
    pay(ours, case, fee=LETTER)
    issued(ours, case)
    assert Case.objects.get(pk=case.pk).state == "granted"
    actions = events_of(case.trail_stream).values_list("action", flat=True)
    assert [action for action in actions if action in ("charge", "hand_in_proof", "judge_proof")] == [
        *("charge", "hand_in_proof", "charge", "judge_proof"),
        *("hand_in_proof", "judge_proof", "charge"),
        *("hand_in_proof", "judge_proof", "charge"),
        *("hand_in_proof", "judge_proof"),
    ]
    assert verify_database().whole


@pytest.mark.django_db(transaction=True)
def test_a_recommendation_waits_for_the_fee_before_the_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asking(monkeypatch, FEES[2])
    ours, _theirs = two_staffs()
    case = desk.accept(submit(ours, drafted(ours)), act=ours.act(Function.DESK_OFFICER))
    with pytest.raises(Refused) as refusal:
        recommended(ours, case)
    assert [reason.code for reason in refusal.value.reasons] == ["fee"]
    assert Case.objects.get(pk=case.pk).state == "in_review"
    assert not case.recommendations.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_signed_without_the_fee_for_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, FEES[3])
    ours, _theirs = two_staffs()
    case = desk.accept(submit(ours, drafted(ours)), act=ours.act(Function.DESK_OFFICER))
    case = recommended(ours, case)
    decisions.refuse(case, act=ours.act(Function.DECIDER), reasons=["Not additional."])
    issued(ours, case)
    assert Case.objects.get(pk=case.pk).state == "refused"
    assert not FeeNotice.objects.exists()


@pytest.mark.django_db
def test_a_fee_of_foreigners_is_not_asked_of_nationals(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, replace(FEES[0], applies_to="foreigners"))
    ours, _theirs = two_staffs()
    case = drafted(ours)
    assert owed_by(case) == ()
    assert submit(ours, case).state == "submitted"


# -- accepted, rejected, wanted ----------------------------------------------------------------------


@pytest.mark.django_db
def test_a_rejected_proof_is_asked_for_again_and_another_pays(one_fee: None) -> None:
    ours, _theirs = two_staffs()
    case = submit(ours, hand_in(ours, drafted(ours), reference="TX 1"))
    assert refused(lambda: judge(ours, case, REJECTED, why=" ")) == (Refusal.RULE, ["proof-reasons"])
    case = judge(ours, case, REJECTED, why="The bank does not know it.")
    proof = owed(case).proof
    assert proof is not None
    assert (states(case), proof.reasons) == ([Payment.REJECTED], "The bank does not know it.")
    accepting = ours.act(Function.DESK_OFFICER)
    assert refused(lambda: desk.accept(case, act=accepting)) == (Refusal.RULE, ["fee-rejected"])
    # The desk asks for it with whatever else is missing, and the applicant answers by another.
    case = desk.return_for_completion(case, act=ours.act(Function.DESK_OFFICER))
    assert [question.path for question in case.questions.all()] == ["documents.proof-of-payment"]
    assert "proof-of-payment" not in {known.code for known in types_offered(case)}
    case = hand_in(ours, case, reference="TX 2")
    case = applications.answer(case, act=ours.act())
    assert judge(ours, case).state == "submitted"
    assert desk.accept(case, act=ours.act(Function.DESK_OFFICER)).state == "in_review"


@pytest.mark.django_db
def test_an_accepted_proof_may_be_rejected_later_and_is_then_owed_again(one_fee: None) -> None:
    ours, _theirs = two_staffs()
    case = judge(ours, submit(ours, hand_in(ours, drafted(ours))))
    assert states(case) == [Payment.PAID]
    assert refused(lambda: hand_in(ours, case, reference="another")) == (Refusal.RULE, ["fee-settled"])
    judge(ours, case, REJECTED, why="The cheque bounced.")
    assert states(case) == [Payment.REJECTED]
    assert refused(lambda: judge(ours, case)) == (Refusal.RULE, ["proof-missing"])


@pytest.mark.django_db
def test_a_document_among_others_is_no_proof_of_a_fee(one_fee: None) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)
    upload, said = Upload(content=b"paid", name="paid.txt"), Said(type="proof-of-payment")
    kind, codes = refused(lambda: documents.add_document(case, upload, said, act=ours.act()))
    assert kind == Refusal.RULE
    assert "proof-elsewhere" in codes
    case = submit(ours, hand_in(ours, case))
    (row,) = case.documents.all()
    act = ours.act(Function.DESK_OFFICER)
    assert refused(lambda: documents.judge_document(case, row, act=act, verdict=ACCEPTED)) == (
        Refusal.RULE,
        ["document-of-a-fee"],
    )


@pytest.mark.django_db
def test_no_other_than_the_desk_judges_and_nobody_of_another_authority(one_fee: None) -> None:
    ours, theirs = two_staffs()
    case = submit(ours, hand_in(ours, drafted(ours)))
    for act in (ours.act(), ours.act(Function.SIGNER), theirs.act(Function.DESK_OFFICER), theirs.act()):
        kind, _codes = refused(partial(fees.judge_proof, case, fee=1, verdict=ACCEPTED, act=act))
        assert kind in (Refusal.ROLE, Refusal.UNSEEN)
    kind, _codes = refused(
        lambda: fees.hand_in_proof(
            case, Upload(content=b"x", name="x.txt"), fee=1, reference="T", act=theirs.act()
        )
    )
    assert kind == Refusal.UNSEEN


# -- counted once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["TX-0042", "tx 0042", " TX/00 42", "ＴＸ-0042"])
def test_a_payment_is_known_however_it_is_written(reference: str) -> None:
    assert payment_of(reference) == "TX0042"


@pytest.mark.django_db
def test_a_payment_and_a_file_count_once_over_all_cases_of_an_authority(one_fee: None) -> None:
    ours, theirs = two_staffs()
    hand_in(ours, drafted(ours), reference="TX-0042", file=b"the receipt")
    second = drafted(ours)
    assert refused(lambda: hand_in(ours, second, reference="tx 0042", file=b"another receipt")) == (
        Refusal.RULE,
        ["payment-used"],
    )
    assert refused(lambda: hand_in(ours, second, reference="TX-0043", file=b"the receipt")) == (
        Refusal.RULE,
        ["payment-file-used"],
    )
    assert refused(lambda: hand_in(ours, second, reference="TX-0042", file=b"the receipt"))[1] == [
        "payment-used",
        "payment-file-used",
    ]
    assert refused(lambda: hand_in(ours, second, reference=" - "))[1] == ["payment-unnamed"]
    # Another authority has an account of its own.
    assert states(hand_in(theirs, drafted(theirs), reference="TX-0042", file=b"the receipt")) == [
        Payment.HANDED_IN
    ]


@pytest.mark.django_db
def test_two_fees_of_one_case_are_not_paid_with_one_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, FEES[0], replace(FEES[0], amount=Decimal(7)))
    ours, _theirs = two_staffs()
    case = hand_in(ours, drafted(ours), fee=1, reference="TX-1", file=b"one")
    assert refused(lambda: hand_in(ours, case, fee=2, reference="TX-1", file=b"two"))[1] == ["payment-used"]


@pytest.mark.django_db
def test_what_was_replaced_rejected_or_removed_may_be_used_again(one_fee: None) -> None:
    ours, _theirs = two_staffs()
    case = hand_in(ours, drafted(ours), reference="TX-1", file=b"one")
    # Mistyped, and handed in once more for the same fee with the same file.
    case = hand_in(ours, case, reference="TX-2", file=b"one")
    assert list(FeeProof.objects.values_list("standing", flat=True)) == ["replaced", "handed_in"]
    other = hand_in(ours, drafted(ours), reference="TX-1", file=b"two")
    documents.remove_document(other, other.documents.get(), act=ours.act())
    assert states(other) == [Payment.OWED]
    judge(ours, submit(ours, case), REJECTED, why="Illegible.")
    third = hand_in(ours, drafted(ours), reference="TX-1", file=b"one")
    assert states(third) == [Payment.HANDED_IN]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reference", "file"), [("TX-1", b"two"), ("TX-2", b"one")], ids=["the payment", "the file"]
)
def test_the_database_itself_lets_a_proof_count_once(one_fee: None, reference: str, file: bytes) -> None:
    ours, _theirs = two_staffs()
    earlier = hand_in(ours, drafted(ours), reference=reference, file=file)
    documents.remove_document(earlier, earlier.documents.get(), act=ours.act())
    hand_in(ours, drafted(ours), reference="TX-1", file=b"one")
    removed = FeeProof.objects.filter(notice__case=earlier)
    with pytest.raises(IntegrityError), transaction.atomic():
        removed.update(standing="handed_in")
    assert removed.get().standing == "removed"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_the_same_proof_in_at_once_one_is_refused(one_fee: None) -> None:
    ours, _theirs = two_staffs()
    cases = [drafted(ours) for _case in range(2)]
    acts = [ours.act() for _case in cases]

    def race(number: int) -> Callable[[], object]:
        return lambda: fees.hand_in_proof(
            Case.objects.get(pk=cases[number].pk),
            Upload(content=b"the receipt", name="receipt.txt"),
            fee=1,
            reference="TX-0042",
            act=acts[number],
        )

    found = at_once(race(0), race(1))
    assert sorted(found, key=len) == [[], ["payment-used", "payment-file-used"]]
    assert FeeProof.objects.count() == CaseDocument.objects.count() == 1
    assert sorted(state for case in cases for state in states(case)) == [Payment.HANDED_IN, Payment.OWED]


# -- exempted ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_is_exempted_with_a_reason_is_served_without_paying(one_fee: None) -> None:
    ours, _theirs = two_staffs()
    case = drafted(ours)

    def exempt(function: Function | None, reasons: str) -> Case:
        return fees.exempt_from_fee(case, fee=1, reasons=reasons, act=ours.act(function))

    assert refused(lambda: exempt(Function.DESK_OFFICER, "  ")) == (Refusal.RULE, ["exemption-reasons"])
    assert refused(lambda: exempt(None, "We are poor."))[0] == Refusal.ROLE
    assert refused(lambda: exempt(Function.DIRECTOR, "Poor."))[1] == ["exemption-elsewhere"]
    exempted = exempt(Function.DESK_OFFICER, "An existing project, Fees Order, section 4.")
    assert states(exempted) == [Payment.EXEMPT]
    event = Event.objects.filter(stream=exempted.trail_stream).latest("pk")
    assert (event.action, event.reason) == ("exempt_from_fee", "An existing project, Fees Order, section 4.")
    assert refused(lambda: hand_in(ours, exempted))[1] == ["fee-settled"]
    assert submit(ours, exempted).state == "submitted"


@pytest.mark.django_db
def test_a_procedure_may_leave_the_exemption_to_the_director(monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch, replace(FEES[0], exempted_by=Function.DIRECTOR))
    ours, _theirs = two_staffs()
    case = drafted(ours)
    desk_act, director = ours.act(Function.DESK_OFFICER), ours.act(Function.DIRECTOR)
    assert refused(lambda: fees.exempt_from_fee(case, fee=1, reasons="Old.", act=desk_act)) == (
        Refusal.RULE,
        ["exemption-elsewhere"],
    )
    assert states(fees.exempt_from_fee(case, fee=1, reasons="Old.", act=director)) == [Payment.EXEMPT]


@pytest.mark.django_db
def test_nobody_is_exempted_from_a_fee_that_is_not_asked_for(four_fees: None) -> None:
    ours, _theirs = two_staffs()
    case, act = drafted(ours), ours.act(Function.DESK_OFFICER)
    for fee in (REVIEW, 9):
        do = partial(fees.exempt_from_fee, case, fee=fee, reasons="Old.", act=act)
        assert refused(do) == (Refusal.RULE, ["fee-unknown"])
