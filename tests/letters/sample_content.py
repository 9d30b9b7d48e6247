"""Invented letters for the tests of letters: every kind, two authorities, long and empty variants."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from letters.content import (
    Acknowledgement,
    Activity,
    ActLine,
    ActLines,
    ActTerm,
    Addendum,
    Addressee,
    Agreement,
    Amendment,
    Appeal,
    AppealedDecision,
    AskedQuestion,
    Authorisation,
    AuthorisationOfApproach,
    AuthorisationOfEntities,
    CapArithmetic,
    Ceilings,
    Clarification,
    ComparedTerm,
    ComparedVintage,
    ComparedVolume,
    Confidential,
    CooperativeApproach,
    Country,
    Discontinued,
    Entity,
    Fact,
    FeeNotice,
    FirstTransfer,
    HostShareArithmetic,
    Instrument,
    Intent,
    IssuingAuthority,
    KeptOf,
    Lapse,
    Letter,
    LeviedOf,
    MissingItem,
    NoObjection,
    Notice,
    OwedFee,
    PartialAuthorisation,
    Party,
    Period,
    Periods,
    Receipt,
    ReceivedDocument,
    Refusal,
    RequestedAndGranted,
    RequestForCompletion,
    RequestSummary,
    Resumption,
    Revocation,
    Signatory,
    SplitArithmetic,
    StatedPeriod,
    StatedText,
    Surrender,
    Suspension,
    TotalCeiling,
    Tracking,
    TrancheArithmetic,
    TransferredVintage,
    Uses,
    VintageVolume,
)

KENYA = Party(code="KEN", name="Kenya")
NORWAY = Party(code="NOR", name="Norway")
JORDAN = Party(code="JOR", name="Jordan")
CHANGE_TERMS = (
    "Outcomes not yet first transferred may be changed or revoked after thirty days' notice to the holder "
    "and to the other participating Party, with a recorded check that nothing is counted twice."
)
CREST = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 70">'
    b'<path d="M5 5h50v30c0 18-12 26-25 32C17 61 5 53 5 35z" fill="#1d3b4f"/>'
    b'<path d="M30 14l5 12h13l-10 8 4 13-12-8-12 8 4-13-10-8h13z" fill="#f3f6f8"/></svg>'
)


def head(**changes: Any) -> dict[str, Any]:
    """The head of a letter of the Kenyan authority; any part can be changed."""
    return {
        "schema": "letter-content/1",
        "number": "KEN-LOA-2026-0007",
        "case_reference": "KEN-2026-0031",
        "code": "7Q4M-K2ZD-9FXA",
        "check_url": "https://letters.example/check/7Q4M-K2ZD-9FXA",
        "language": "en",
        "demonstration": True,
        "party": KENYA,
        "authority": IssuingAuthority(
            name="Authority for Carbon Markets",
            legal_basis=(
                "Designated national authority for Article 6 of the Paris Agreement",
                "Carbon Markets Act, section 14",
            ),
            address=("12 Uhuru Avenue, Nairobi",),
            contact="letters@authority.example",
        ),
        "addressee": Addressee(
            name="Bright Hearth Ltd",
            country=Country(code="KEN", name="Kenya"),
            identification="C.114/2019",
            address=("P.O. Box 88, Nakuru",),
        ),
        "date": date(2026, 3, 9),
        "place": "Nairobi",
        "signatories": (
            Signatory(office_title="Director General", field_name="signer", person_name="Wanjiru Odhiambo"),
        ),
        **changes,
    }


def stated(value: str) -> StatedText:
    return StatedText(value=value)


def activity(**changes: Any) -> Activity:
    parts: dict[str, Any] = {
        "title": "Clean cooking in the counties of the Rift Valley",
        "scale": "programme",
        "standard": stated("GS"),
        "registry_id": stated("GS99001"),
        "methodology": stated("Metered and measured energy cooking devices, version 1.2"),
        "sector": stated("Energy generation"),
        "activity_type": stated("Energy Efficiency households"),
        "ghgs": ("CO2", "CH4", "N2O"),
        "metric": stated("GHG"),
        "gwp": stated("AR5 100-year"),
        "mitigation_type": stated("Emission reductions"),
        "location": stated("Nakuru, Baringo and Kericho counties, Kenya"),
        "crediting_period": StatedPeriod(value=Period(first=date(2024, 1, 1), last=date(2030, 12, 31))),
        "expected": (
            VintageVolume(vintage=2024, tonnes=12_000),
            VintageVolume(vintage=2025, tonnes=40_000),
            VintageVolume(vintage=2026, tonnes=1_060_000),
        ),
        **changes,
    }
    return Activity(**parts)


def body(**changes: Any) -> dict[str, Any]:
    """The body of an authorisation for use towards Norway's NDC; any part can be changed."""
    return {
        "instrument": Instrument(
            identifier="KEN-AUTH-0012", version=1, authorises=("approach", "outcomes", "entities")
        ),
        "cooperative_approach": CooperativeApproach(
            identifier=None,
            name="Kenya-Norway cooperation",
            parties=(KENYA, NORWAY),
            agreement=Agreement(title="Agreement on Article 6 cooperation", signed_on=date(2024, 5, 20)),
            duration=Period(first=date(2021, 1, 1), last=date(2030, 12, 31)),
        ),
        "activity": activity(),
        "uses": Uses(uses=("NDC",), purpose_code="NDC", using_parties=(NORWAY,)),
        "first_transfer": None,
        "ceilings": Ceilings(
            by_vintage=(
                VintageVolume(vintage=2024, tonnes=12_000),
                VintageVolume(vintage=2025, tonnes=40_000),
                VintageVolume(vintage=2026, tonnes=60_000),
            )
        ),
        "entities": (
            Entity(
                name="Bright Hearth Ltd",
                country=Country(code="KEN", name="Kenya"),
                identification="C.114/2019",
                roles=("activity participant", "seller"),
                authorised_by=KENYA,
            ),
            Entity(
                name="Nordic Climate Facility",
                country=Country(code="NOR", name="Norway"),
                identification="999 888 777",
                roles=("acquirer",),
                authorised_by=NORWAY,
            ),
        ),
        "periods": Periods(
            outcomes_occur=Period(first=date(2024, 1, 1), last=date(2030, 12, 31)),
            last_use_on=date(2030, 12, 31),
        ),
        "tracking": Tracking(registry=stated("National registry of Kenya"), registry_id="KEN01"),
        "conditions": ("The annual monitoring report is given to the authority by 31 March.",),
        "change_terms": CHANGE_TERMS,
        "unverified": ("activity.crediting_period", "activity.expected_tco2e", "entities.*.identification"),
        **changes,
    }


def authorisation(**changes: Any) -> Authorisation:
    return Authorisation(kind="authorisation", **{**head(), **body(), **changes})


def partial_authorisation(**changes: Any) -> PartialAuthorisation:
    """Less volume, a vintage and a use less, a shorter period; two offices sign."""
    parts: dict[str, Any] = {
        **head(number="KEN-LPA-2026-0002"),
        **body(
            uses=Uses(
                uses=("NDC", "IMP"),
                purpose_code="NDC and IMP",
                imp_purposes=("CORSIA first phase 2024-2026",),
            ),
            first_transfer="Issuance",
            adjustment_method="averaging, as the contribution has a single year",
            confidential=(
                Confidential(
                    what="Price per tonne", basis="commercial secret, Carbon Markets Act, section 31"
                ),
            ),
            effective_on=date(2026, 4, 1),
        ),
        "signatories": (
            Signatory(office_title="Director General", field_name="director", person_name="Wanjiru Odhiambo"),
            Signatory(
                office_title="Cabinet Secretary for Environment and Climate Change",
                field_name="minister",
                person_name="Josphat arap Kiprono",
            ),
        ),
        "requested_and_granted": RequestedAndGranted(
            volumes=(
                ComparedVintage(vintage=2024, requested=12_000, granted=12_000, difference=0),
                ComparedVintage(vintage=2025, requested=50_000, granted=40_000, difference=10_000),
                ComparedVintage(vintage=2026, requested=60_000, granted=60_000, difference=0),
                ComparedVintage(vintage=2031, requested=1_500_000, granted=0, difference=1_500_000),
            ),
            total=ComparedVolume(requested=1_622_000, granted=112_000, difference=1_510_000),
            terms=(
                ComparedTerm(subject="uses", requested="NDC, IMP, OP", granted="NDC, IMP"),
                ComparedTerm(
                    subject="periods",
                    requested="Outcomes occur from 1 January 2024 to 31 December 2031",
                    granted="Outcomes occur from 1 January 2024 to 31 December 2030",
                ),
            ),
            arithmetic=(
                HostShareArithmetic(
                    form="host_share",
                    percent="2.5",
                    rows=(
                        KeptOf(vintage=2024, ceiling=12_000, kept=300, leaves=11_700),
                        KeptOf(vintage=2025, ceiling=40_000, kept=1_000, leaves=39_000),
                        KeptOf(vintage=2026, ceiling=60_000, kept=1_500, leaves=58_500),
                    ),
                ),
                CapArithmetic(
                    form="sector_cap",
                    name="Energy generation",
                    ceiling=5_000_000,
                    held=4_880_000,
                    free=120_000,
                    requested=1_622_000,
                    granted=112_000,
                ),
                SplitArithmetic(
                    form="mechanism_split",
                    adaptation_percent="5",
                    overall_mitigation_percent="2",
                    rows=(
                        LeviedOf(
                            vintage=2025,
                            authorised=True,
                            issued=40_000,
                            adaptation=2_000,
                            overall_mitigation=800,
                            remaining=37_200,
                        ),
                        LeviedOf(
                            vintage=2025,
                            authorised=False,
                            issued=10_001,
                            adaptation=501,
                            overall_mitigation=201,
                            remaining=9_299,
                        ),
                    ),
                ),
                TrancheArithmetic(
                    form="tranche", vintage=2025, first=1, last=40_000, requested=50_000, granted=40_000
                ),
            ),
            reasons=(
                "Vintage 2031 lies outside the implementation period of the contribution.",
                "A margin of 2025 is kept until the first monitoring report.",
            ),
        ),
        **changes,
    }
    return PartialAuthorisation(kind="partial_authorisation", **parts)


def request_summary(**changes: Any) -> RequestSummary:
    parts: dict[str, Any] = {
        "submitted_on": date(2026, 1, 12),
        "activity_title": "Clean cooking in the counties of the Rift Valley",
        "cooperative_approach": "Kenya-Norway cooperation",
        "uses": ("NDC", "OP"),
        "by_vintage": (
            VintageVolume(vintage=2024, tonnes=12_000),
            VintageVolume(vintage=2025, tonnes=50_000),
        ),
        "outcomes_occur": Period(first=date(2024, 1, 1), last=date(2025, 12, 31)),
        "last_use_on": date(2030, 12, 31),
        **changes,
    }
    return RequestSummary(**parts)


def refusal(**changes: Any) -> Refusal:
    parts: dict[str, Any] = {
        **head(number="KEN-REF-2026-0001"),
        "request": request_summary(),
        "reasons": (
            "The activity type is on the list of activities that Kenya keeps for its own contribution.",
            "No agreement between the participating Parties is in force.",
        ),
        "conditions_for_new_request": ("An agreement with the acquiring Party has entered into force.",),
        **changes,
    }
    return Refusal(kind="refusal", **parts)


def request_for_completion(**changes: Any) -> RequestForCompletion:
    parts: dict[str, Any] = {
        **head(
            number="KEN-RFC-2026-0004",
            signatories=(
                Signatory(office_title="Desk officer", field_name="desk_officer", person_name="Amina Yusuf"),
            ),
        ),
        "request": request_summary(uses=(), by_vintage=(), outcomes_occur=None, last_use_on=None),
        "items": (
            MissingItem(
                path="activity.methodology",
                label="Methodology",
                mend="Name the methodology and its version, as registered with the standard.",
            ),
            MissingItem(
                path="request.uses",
                label="Uses",
                mend="State whether the outcomes are to be used towards an NDC, for international mitigation "
                "purposes (name them) or for other purposes (name them).",
            ),
            MissingItem(
                path="request.last_use_on", label="Last day of use", mend="Give the last day of use."
            ),
        ),
        "answer_by": date(2026, 4, 9),
        "answer_at": "https://letters.example/cases/KEN-2026-0031",
        **changes,
    }
    return RequestForCompletion(kind="request_for_completion", **parts)


def intent(**changes: Any) -> Intent:
    """An idea, of which little is known yet; the letter is valid for two years."""
    parts: dict[str, Any] = {
        **head(number="KEN-LOI-2026-0003"),
        "request": request_summary(
            cooperative_approach=None, uses=(), by_vintage=(), outcomes_occur=None, last_use_on=None
        ),
        "conditions": ("The communities of the Rift Valley are consulted before the design is submitted.",),
        "further_requirements": (
            "a design document under a methodology that the authority accepts",
            "the report on the consultation of stakeholders",
        ),
        "valid_until": date(2028, 3, 9),
        **changes,
    }
    return Intent(kind="intent", **parts)


def no_objection(**changes: Any) -> NoObjection:
    """Without an end and without conditions; a deputy signs."""
    parts: dict[str, Any] = {
        **head(
            number="KEN-LNO-2026-0005",
            signatories=(
                Signatory(
                    office_title="Director General",
                    field_name="signer",
                    person_name="Amina Yusuf",
                    deputy_for="Wanjiru Odhiambo",
                ),
            ),
        ),
        "request": request_summary(),
        **changes,
    }
    return NoObjection(kind="no_objection", **parts)


def acknowledgement(**changes: Any) -> Acknowledgement:
    parts: dict[str, Any] = {
        **head(number="KEN-ACK-2026-0002"),
        "request": request_summary(cooperative_approach=None, uses=(), last_use_on=None),
        "conditions": ("The authority is told each year by 31 March how many units were issued.",),
        **changes,
    }
    return Acknowledgement(kind="acknowledgement", **parts)


def appeal(**changes: Any) -> Appeal:
    """Dismissed, with reasons."""
    parts: dict[str, Any] = {
        **head(number="KEN-APP-2026-0001", case_reference="KEN-2026-0044", date=date(2026, 6, 2)),
        "appealed": AppealedDecision(
            case_reference="KEN-2026-0031",
            letter_number="KEN-REF-2026-0001",
            decided_on=date(2026, 3, 9),
            outcome="refusal",
        ),
        "activity_title": "Clean cooking in the counties of the Rift Valley",
        "submitted_on": date(2026, 4, 1),
        "outcome": "dismissed",
        "reasons": (
            "The activity type is still on the list of activities kept for Kenya's own contribution.",
            "The baseline was read as the application states it, in section 4 of the design document.",
        ),
        **changes,
    }
    return Appeal(kind="appeal", **parts)


def upheld_appeal() -> Appeal:
    return appeal(number="KEN-APP-2026-0002", outcome="upheld", reasons=())


def _desk_officer() -> tuple[Signatory, ...]:
    return (Signatory(office_title="Desk officer", field_name="desk_officer", person_name="Amina Yusuf"),)


def authorisation_of_approach(**changes: Any) -> AuthorisationOfApproach:
    parts: dict[str, Any] = {
        **head(number="KEN-LAA-2026-0001"),
        **body(
            instrument=Instrument(identifier="KEN-AUTH-0013", version=1, authorises=("approach",)),
            entities=(),
            unverified=(),
        ),
        **changes,
    }
    return AuthorisationOfApproach(kind="authorisation_of_approach", **parts)


def authorisation_of_entities(**changes: Any) -> AuthorisationOfEntities:
    """Two entities, of which another Party authorises one."""
    parts: dict[str, Any] = {
        **head(number="KEN-LAE-2026-0001"),
        **body(
            instrument=Instrument(identifier="KEN-AUTH-0014", version=1, authorises=("entities",)),
            unverified=(),
        ),
        **changes,
    }
    return AuthorisationOfEntities(kind="authorisation_of_entities", **parts)


def authorisation_of_outcomes() -> Authorisation:
    """Of outcomes alone."""
    instrument = Instrument(identifier="KEN-AUTH-0015", version=1, authorises=("outcomes",))
    return authorisation(number="KEN-LOA-2026-0008", instrument=instrument, unverified=())


def receipt(**changes: Any) -> Receipt:
    parts: dict[str, Any] = {
        **head(number="KEN-REC-2026-0021", signatories=_desk_officer()),
        "request": request_summary(),
        "application_version": 2,
        "application_sha256": "0f1e2d3c4b5a69788796a5b4c3d2e1f0" * 2,
        "documents": (
            ReceivedDocument(name="Design document", sha256="1234567890abcdef" * 4),
            ReceivedDocument(name="Minutes of the meeting of 3 December 2025", sha256="fedcba0987654321" * 4),
        ),
        "examined_by": date(2026, 3, 23),
        "follow_at": "https://letters.example/cases/KEN-2026-0031",
        **changes,
    }
    return Receipt(kind="receipt", **parts)


def clarification(**changes: Any) -> Clarification:
    parts: dict[str, Any] = {
        **head(number="KEN-CLA-2026-0002", signatories=_desk_officer()),
        "request": request_summary(),
        "questions": (
            AskedQuestion(
                number=1,
                path="activity.expected_tco2e",
                text="The expected mitigation of 2025 is four times that of 2024. On how many stoves does "
                "it rest?",
            ),
            AskedQuestion(number=2, text="Which county has agreed to the community development agreement?"),
        ),
        "answer_by": date(2026, 4, 9),
        "answer_at": "https://letters.example/cases/KEN-2026-0031",
        **changes,
    }
    return Clarification(kind="clarification", **parts)


def fee_notice(**changes: Any) -> FeeNotice:
    parts: dict[str, Any] = {
        **head(number="KEN-FEE-2026-0007", signatories=_desk_officer()),
        "request": request_summary(),
        "fees": (
            OwedFee(
                reference="KEN-2026-0031/F1",
                amount="12500.00",
                currency="KES",
                waits="review",
                basis="Climate Change (Carbon Markets) Regulations, second schedule",
                due_on=date(2026, 4, 9),
                pay_to="National Environment Management Authority\nAccount 01 2345 6789 00",
            ),
            OwedFee(reference="KEN-2026-0031/F2", amount="1500.50", currency="USD", waits="letter"),
        ),
        "prove_at": "https://letters.example/cases/KEN-2026-0031",
        **changes,
    }
    return FeeNotice(kind="fee_notice", **parts)


def lapse(**changes: Any) -> Lapse:
    parts: dict[str, Any] = {
        **head(number="KEN-LAP-2026-0001", date=date(2026, 4, 10), signatories=_desk_officer()),
        "request": request_summary(uses=(), by_vintage=(), outcomes_occur=None, last_use_on=None),
        "deadline": date(2026, 4, 9),
        "warned_on": (date(2026, 3, 26),),
        "unanswered": ("Name the methodology and its version, as registered with the standard.",),
        **changes,
    }
    return Lapse(kind="lapse", **parts)


def first_transfer(**changes: Any) -> FirstTransfer:
    parts: dict[str, Any] = {
        **head(number="KEN-SFT-2026-0003", date=date(2026, 9, 2)),
        "authorisation": "KEN-AUTH-0012",
        "authorisation_letter": "KEN-LOA-2026-0007",
        "activity_title": "Clean cooking in the counties of the Rift Valley",
        "cooperative_approach": "CA0012",
        "transferred_on": date(2026, 9, 1),
        "event": "First international transfer",
        "to_party": NORWAY,
        "rows": (
            TransferredVintage(
                vintage=2024, tonnes=11_000, kept=275, serial="GS1-1-KE-GS11677-16-2024-9001-1-11000"
            ),
            TransferredVintage(vintage=2025, tonnes=733, kept=19),
        ),
        "total": 11_733,
        "kept_total": 294,
        "registry": "registry of the Party",
        "evidence": "Transaction KEN01-2026-77 of the national registry",
        **changes,
    }
    return FirstTransfer(kind="first_transfer", **parts)


def jordanian_authorisation(**changes: Any) -> Authorisation:
    """Another authority: long and Arabic names, thirty vintages, all uses, empty lists, a total ceiling."""
    vintages = tuple(range(2021, 2051))
    parts: dict[str, Any] = {
        **head(
            number="JOR-LOA-2026-0001",
            case_reference="JOR-2026-0003",
            code="AAAA-BBBB-CCCC",
            check_url="https://letters.example/check/AAAA-BBBB-CCCC",
            party=JORDAN,
            authority=IssuingAuthority(
                name="Directorate of Climate Change of the Ministry of Environment "
                "of the Hashemite Kingdom of Jordan",
                legal_basis=("By-law on climate change No. 79 of 2019",),
            ),
            addressee=Addressee(
                name="شركة وادي الأردن للطاقة المتجددة المساهمة الخاصة المحدودة",
                name_latin="Jordan Valley Renewable Energy Private Shareholding Company Limited",
                country=Country(code="JOR", name="Jordan"),
            ),
            place=None,
            demonstration=False,
            signatories=(
                Signatory(
                    office_title="Minister of Environment", field_name="signer", person_name="د. ليلى الخطيب"
                ),
            ),
        ),
        **body(
            instrument=Instrument(
                identifier="JOR-AUTH-0001",
                version=2,
                authorises=("outcomes",),
                supersedes="JOR-LOA-2025-0009",
            ),
            cooperative_approach=CooperativeApproach(
                identifier="CA0417", name=None, parties=(JORDAN,), agreement=None
            ),
            activity=activity(
                title="Promotion of solar water pumping, drip irrigation and restoration of rangelands in "
                "the Jordan Valley and the eastern Badia by farmers' cooperatives and women's associations "
                "(second programme period, with components in six governorates)",
                expected=tuple(VintageVolume(vintage=year, tonnes=1_234_567 + year) for year in vintages),
                activity_type=StatedText(not_applicable="no official code fits"),
                ghgs=(),
                location=stated("Jordan"),
            ),
            uses=Uses(
                uses=("NDC", "IMP", "OP"),
                purpose_code="NDC and OIMP",
                imp_purposes=("CORSIA first phase 2024-2026", "CORSIA second phase 2027-2035"),
                op_purposes=("Any voluntary purpose",),
            ),
            first_transfer="Authorisation",
            ceilings=Ceilings(
                by_vintage=tuple(VintageVolume(vintage=year, tonnes=1_000_000) for year in vintages),
                total=TotalCeiling(tonnes=9_999_999, first_vintage=2021, last_vintage=2050),
            ),
            entities=(),
            periods=Periods(
                outcomes_occur=Period(first=date(2021, 1, 1), last=date(2050, 12, 31)),
                last_use_on=date(2052, 12, 31),
                last_issuance_on=date(2051, 12, 31),
                last_cancellation_on=date(2052, 12, 31),
            ),
            tracking=Tracking(
                registry=StatedText(not_applicable="the mechanism registry is decided later"),
                underlying_registry="VCS",
            ),
            conditions=(),
            unverified=(),
        ),
        **changes,
    }
    return Authorisation(kind="authorisation", **parts)


# -- acts about an authorisation -------------------------------------------------------------------


def act_lines(**changes: Any) -> ActLines:
    """Two vintages: of one something is gone and something issued is taken, of the other all is."""
    rows = (
        ActLine(vintage=2025, before=12000, after=11733, stands=11733, taken=267, uncovered=267),
        ActLine(vintage=2026, before=40000, after=0, stands=0, taken=40000, uncovered=0),
    )
    return ActLines(**{"capped": True, "rows": rows, **changes})


def untouched_lines() -> ActLines:
    rows = (ActLine(vintage=2025, before=12000, after=12000, stands=11733, taken=0, uncovered=0),)
    return ActLines(capped=True, rows=rows)


def act_parts(act: str, number: str, **changes: Any) -> dict[str, Any]:
    return {
        **head(number=number),
        "act": act,
        "identifier": "KEN-AUTH-2026-0007",
        "version": 2,
        "versions_letter": "KEN-LOA-2026-0007",
        "replaces": True,
        "authorises": ("approach", "outcomes", "entities"),
        "activity_title": "Efficient stoves in two valleys",
        "grounds": ("The monitoring report of 2026 was not handed in.",),
        "lines": untouched_lines(),
        "now": (
            Fact(label="Identifier of the cooperative approach", value="CA0044"),
            Fact(label="Uses", value="NDC"),
            Fact(label="Entities authorised", value="Stoves Ltd: seller\nAlpine Buyer: acquirer"),
            Fact(label="Changes and revocation", value=CHANGE_TERMS),
        ),
        "decided_on": date(2026, 10, 1),
        **changes,
    }


def addendum(**changes: Any) -> Addendum:
    parts = act_parts(
        "identifier_assigned",
        "KEN-ADD-2026-0001",
        terms=(ActTerm(label="Identifier of the cooperative approach", before=None, after="CA0044"),),
        grounds=(),
    )
    return Addendum(kind="addendum", **{**parts, **changes})


def clarifying_addendum() -> Addendum:
    text = (
        "Corresponding adjustments are applied for the outcomes as they are issued.\n\nNothing else changes."
    )
    return addendum(act="clarification", text=text, terms=())


def amendment(**changes: Any) -> Amendment:
    rows = (
        ActLine(vintage=2025, before=12000, after=12000, stands=11733, taken=0, uncovered=0),
        ActLine(vintage=2026, before=40000, after=30000, stands=0, taken=0, uncovered=0),
    )
    parts = act_parts("quantity_down", "KEN-AMD-2026-0001", lines=ActLines(capped=True, rows=rows))
    return Amendment(kind="amendment", **{**parts, **changes})


def notice(**changes: Any) -> Notice:
    parts = act_parts(
        "revocation",
        "KEN-NOT-2026-0001",
        whole=True,
        lines=act_lines(),
        taken=40267,
        signatories=_desk_officer(),
        decided_on=None,
        answer_by=date(2026, 11, 30),
        answer_at="https://letters.example/cases/KEN-2026-0044",
    )
    return Notice(kind="notice", **{**parts, **changes})


def suspension(**changes: Any) -> Suspension:
    return Suspension(
        kind="suspension", **{**act_parts("suspension", "KEN-SUS-2026-0001", replaces=False), **changes}
    )


def resumption(**changes: Any) -> Resumption:
    return Resumption(
        kind="resumption", **{**act_parts("resumption", "KEN-RES-2026-0001", replaces=False), **changes}
    )


def revocation(**changes: Any) -> Revocation:
    parts = act_parts("revocation", "KEN-REV-2026-0001", whole=True, lines=act_lines(), taken=40267)
    return Revocation(kind="revocation", **{**parts, **changes})


def surrender(**changes: Any) -> Surrender:
    parts = act_parts("surrender", "KEN-SUR-2026-0001", lines=act_lines(), taken=40267)
    parts["effective_on"] = date(2027, 1, 1)
    return Surrender(kind="surrender", **{**parts, **changes})


def discontinued(**changes: Any) -> Discontinued:
    parts: dict[str, Any] = {
        **head(number="KEN-DIS-2026-0001", signatories=_desk_officer()),
        "act": "suspension",
        "identifier": "KEN-AUTH-2026-0007",
        "activity_title": "Efficient stoves in two valleys",
        "told": True,
        "reasons": ("The report has come in and is complete.",),
        **changes,
    }
    return Discontinued(kind="discontinued", **parts)


# One letter of each kind, of two authorities; every test of all kinds walks these.
EVERY_KIND: Final[tuple[Callable[[], Letter], ...]] = (
    authorisation,
    partial_authorisation,
    refusal,
    request_for_completion,
    intent,
    no_objection,
    acknowledgement,
    appeal,
    authorisation_of_approach,
    authorisation_of_entities,
    receipt,
    clarification,
    fee_notice,
    lapse,
    first_transfer,
    addendum,
    amendment,
    notice,
    suspension,
    resumption,
    revocation,
    surrender,
    discontinued,
)
