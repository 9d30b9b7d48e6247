"""What the public may know of authorisations: what stands in the letters that were issued, and no more.

Nothing here reads a case: an application that was not granted leaves no trace in the register.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.names import country_name, in_language, party_name
from audit.trail import events_of
from authorisation.application import USES
from authorisation.earlier import stood_so
from authorisation.held_back import unmet_conditions
from authorisation.lifecycle_of_authorisations import State
from authorisation.models import Announcement, Authorisation, AuthorisationVersion, EarlierLetter
from authorisation.models.earlier_letters import Unknown
from authorisation.recipients import Recipient
from authorisation.terms import EntityTerms, Terms
from letters.content import AuthorisationBody, parse
from letters.kinds import kind_of
from letters.models import Letter
from letters.permissions import issued
from projects.models import CooperativeApproach
from workflow.clock import Clock, today
from workflow.refusals import Words

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for; empty for anything."""

    text: str = ""
    party: str = ""
    use: str = ""
    state: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether everything is asked for."""
        return not (self.text or self.party or self.use or self.state)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One authorisation in the register."""

    identifier: str
    title: str
    party: str
    state: State
    uses: tuple[str, ...]
    volume: int | None
    effective_on: date
    # Of an authorisation that was brought in, where no more is known.
    only_its_year: bool
    demonstration: bool


@dataclass(frozen=True, kw_only=True)
class Register:
    """One page of the register, newest first, and the authorisation from which the next one goes on."""

    rows: tuple[Row, ...]
    found: int
    further: str
    began_later: bool


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An entity authorised, the name of its country, and its roles."""

    name: str
    country: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version, its dates, and its letter; `kind` is what that letter is called.

    replaced_by   the number and the code of the letter that took its place; empty while none did
    submission    its submission to the UN platform; None where its procedure asks for none
    """

    number: int
    decided_on: date
    signed_on: date
    effective_on: date
    letter_number: str
    letter_code: str
    letter_date: date
    current: bool
    kind: Words
    replaced_by: str
    replaced_by_code: str
    submission: Announcement | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An authorisation as its page tells it.

    state_since   the day of law since which it stands so: of one in force sometimes only the year is known,
                  of one that was brought in as suspended or ended sometimes nothing (`stood_so`)
    """

    identifier: str
    title: str
    state: State
    state_since: date | None
    only_its_year: bool
    as_of: date
    authority: str
    party: str
    holder: str
    standard: str
    registry_id: str
    sector: str
    approach: str
    ca_id: str
    parties: tuple[str, ...]
    terms: Terms
    entities: tuple[Entity, ...]
    versions: tuple[Version, ...]
    demonstration: bool
    of_the_state: bool
    held_back: bool
    # The original of its first version, where it was given before this register was kept.
    earlier: EarlierLetter | None
    stood_so: bool
    scan_sha256: str

    @property
    def sum_by_vintage(self) -> int | None:
        """Of the ceilings by vintage, t CO2 eq; None where there are none."""
        return sum(self.terms.volumes.values()) if self.terms.volumes is not None else None


def register(search: Search, *, language: str, after: str = "") -> Register:
    """The authorisations that answer a search, in a constant number of queries."""
    found = _answering(search)
    edge = Authorisation.objects.filter(identifier=after).values_list("pk", flat=True).first()
    on_page = found.filter(pk__lt=edge) if edge is not None else found
    listed = list(on_page.order_by("-pk")[: PAGE + 1])
    return Register(
        rows=tuple(_row(one, language) for one in listed[:PAGE]),
        found=found.count(),
        further=listed[PAGE - 1].identifier if len(listed) > PAGE else "",
        began_later=edge is not None,
    )


def _current() -> QuerySet[AuthorisationVersion]:
    return AuthorisationVersion.objects.filter(
        authorisation=OuterRef("pk"), number=OuterRef("current_version")
    )


def _answering(search: Search) -> QuerySet[Authorisation]:
    found = Authorisation.objects.select_related("authority__party", "activity").annotate(
        current_terms=Subquery(_current().values("terms")[:1]),
        effective_on=Subquery(_current().values("effective_on")[:1]),
        simulated=Subquery(_current().values("case__simulated")[:1]),
        unknown=Subquery(_current().values("earlier_letter__unknown")[:1]),
    )
    for word in search.text.split():
        found = found.filter(
            Q(identifier__icontains=word)
            | Q(activity__title__icontains=word)
            | Q(activity__registry_id__icontains=word)
            | Q(holder__name__icontains=word)
            | Q(approach__name__icontains=word)
            | Q(approach__ca_id__icontains=word)
        )
    if search.party:
        found = found.filter(
            Q(authority__party__code=search.party)
            | Q(approach__in=CooperativeApproach.objects.filter(parties__code=search.party))
        )
    if search.use in USES:
        # The terms are canonical JSON: the list of uses stands in them in exactly one way.
        found = found.filter(current_terms__regex=rf'"uses":\[[^\]]*"{search.use}"')
    if search.state:
        found = found.filter(state=search.state)
    return found


def _row(one: Authorisation, language: str) -> Row:
    terms = Terms.model_validate_json(one.current_terms)  # type: ignore[attr-defined]
    return Row(
        identifier=one.identifier,
        title=one.activity.title,
        party=party_name(one.authority.party.code, language),
        state=State(one.state),
        uses=terms.uses,
        volume=terms.volume,
        effective_on=one.effective_on,  # type: ignore[attr-defined]
        only_its_year=Unknown.DAYS in (one.unknown or ()),  # type: ignore[attr-defined]
        demonstration=bool(one.simulated),  # type: ignore[attr-defined]
    )


def parties_of_the_register(language: str) -> list[tuple[str, str]]:
    """The Parties that can be searched for: codes and names, those of the authorisations alone."""
    codes = set(Authorisation.objects.order_by().values_list("authority__party__code", flat=True).distinct())
    codes |= {
        code
        for code in Authorisation.objects.order_by()
        .values_list("approach__parties__code", flat=True)
        .distinct()
        if code
    }
    return sorted(((code, party_name(code, language)) for code in codes), key=lambda pair: pair[1])


def entry(identifier: str, *, clock: Clock, language: str) -> Entry | None:
    """The page of an authorisation; None where there is none."""
    found = (
        Authorisation.objects.select_related("authority__party", "activity", "approach", "holder")
        .filter(identifier=identifier)
        .first()
    )
    if found is None:
        return None
    versions = list(found.versions.select_related("case", "earlier_letter__document"))
    current = next(one for one in versions if one.number == found.current_version)
    letters = {
        letter.public_id: letter
        for letter in issued(
            Letter.objects.filter(public_id__in=[one.letter for one in versions])
        ).select_related("superseded_by")
    }
    # Of one case several acts may be told; that of its version came first.
    to_platform = found.announcements.filter(recipient=Recipient.PLATFORM).order_by("-pk")
    submissions = {one.case_id: one for one in to_platform}
    terms = Terms.model_validate_json(current.terms)
    said = _said(letters.get(current.letter))
    activity, approach = found.activity, found.approach
    earlier: EarlierLetter | None = getattr(versions[0], "earlier_letter", None)
    changed_on, stood = _changed_on(found), stood_so(found)
    return Entry(
        identifier=found.identifier,
        title=activity.title,
        state=State(found.state),
        state_since=stood.since if stood is not None else changed_on or versions[0].effective_on,
        only_its_year=changed_on is None and earlier is not None and earlier.only_its_year,
        as_of=today(found.authority, clock),
        authority=in_language(found.authority.name, language),
        party=party_name(found.authority.party.code, language),
        holder=found.holder.name,
        standard=activity.standard,
        registry_id=activity.registry_id,
        sector=activity.sector,
        approach=approach.name,
        ca_id=approach.ca_id or "",
        parties=_names(said, terms.parties or approach.parties.values_list("code", flat=True), language),
        terms=terms,
        entities=tuple(_entity(one, language) for one in terms.entities),
        versions=tuple(
            _version(one, letters[one.letter], submissions.get(one.case_id), current=one is current)
            for one in versions
            if one.letter in letters
        ),
        demonstration=current.case.simulated,
        held_back=bool(unmet_conditions(found)),
        of_the_state=said is not None and said.applicant_of_the_state,
        earlier=earlier,
        stood_so=stood is not None,
        scan_sha256=_scan_of(earlier),
    )


def _scan_of(earlier: EarlierLetter | None) -> str:
    """The SHA-256 of the scan; of a confidential one nothing is told."""
    document = earlier.document if earlier is not None else None
    public = document is not None and document.confidentiality != document.Confidentiality.CONFIDENTIAL
    return document.sha256 if document is not None and public else ""


def _changed_on(found: Authorisation) -> date | None:
    """The day on which it came into its state; None for one that never left force."""
    changed = events_of(found.trail_stream).exclude(from_state="").exclude(from_state=F("to_state"))
    last = changed.order_by("-sequence").values_list("time", flat=True).first()
    return found.authority.legal_date(last) if last is not None else None


def _said(letter: Letter | None) -> AuthorisationBody | None:
    content = parse(letter.content.encode()) if letter is not None else None
    return content if isinstance(content, AuthorisationBody) else None


def _names(said: AuthorisationBody | None, codes: Iterable[str], language: str) -> tuple[str, ...]:
    """The Parties that the letter names; the registered ones where no letter can be read."""
    named: Sequence[str] = (
        [party.code for party in said.cooperative_approach.parties] if said is not None else sorted(codes)
    )
    return tuple(party_name(code, language) for code in named)


def _entity(entity: EntityTerms, language: str) -> Entity:
    return Entity(
        name=entity.name,
        country=country_name(entity.country, language) if entity.country else "",
        roles=entity.roles,
    )


def _version(
    version: AuthorisationVersion, letter: Letter, submission: Announcement | None, *, current: bool
) -> Version:
    return Version(
        number=version.number,
        decided_on=version.decided_on,
        signed_on=version.signed_on,
        effective_on=version.effective_on,
        letter_number=letter.number,
        letter_code=letter.code,
        letter_date=letter.dated,
        current=current,
        kind=kind_of(letter.kind).title,
        replaced_by=letter.superseded_by.number if letter.superseded_by is not None else "",
        replaced_by_code=letter.superseded_by.code if letter.superseded_by is not None else "",
        submission=submission,
    )
