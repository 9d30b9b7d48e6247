"""Invented letters for the tests of letters: every kind, two authorities, long and empty variants."""

from datetime import date
from typing import Any

from letters.content import (
    Activity,
    Addressee,
    Agreement,
    Authorisation,
    Ceilings,
    ComparedTerm,
    ComparedVintage,
    ComparedVolume,
    Confidential,
    CooperativeApproach,
    Country,
    Entity,
    Instrument,
    IssuingAuthority,
    MissingItem,
    PartialAuthorisation,
    Party,
    Period,
    Periods,
    Refusal,
    RequestedAndGranted,
    RequestForCompletion,
    RequestSummary,
    Signatory,
    StatedPeriod,
    StatedText,
    TotalCeiling,
    Tracking,
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
