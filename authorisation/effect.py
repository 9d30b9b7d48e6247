"""What an act about an authorisation would do, exactly, before anybody confirms it. Pure: no query, no write.

`effect_of(standing, plan)` answers, for how an authorisation stands (`taking_stock.standing_of`) and an act
that is planned (`authorisation.acts`): the new terms, every line and ceiling before and after, the letter
that would be written and which one it replaces, and what the rules say for and against. `Effect.forbidden`
holds every reason why it cannot be done at all; it is empty where the act may be opened. What is first
transferred moves only where the letter's own terms foresee it (rule A12), and what is retained by the host
never does. Volumes are whole t CO2 eq.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.names import party_name
from accounts.wording import Named, day, grouped
from authorisation import acts
from authorisation.acts import AnyPlan
from authorisation.changes import Changed, changed_by
from authorisation.consent import consent_needed
from authorisation.figures import LineFigures, Standing
from authorisation.kinds import Kind
from authorisation.lifecycle_of_authorisations import State
from authorisation.rules import Finding, Proposal, findings, findings_on_record, informing
from authorisation.rules_of_records import Changed as ChangeMade
from authorisation.rules_of_records import EntityRevoked, Revoked, Versioned
from authorisation.telling import Telling, whom_to_tell
from authorisation.terms import Terms
from authorisation.touching import against_touching, foreseen, touching_of
from workflow.refusals import Reason


@dataclass(frozen=True, kw_only=True)
class LineEffect:
    """One vintage before and after. `taken` is revoked or given up; of it `uncovered` was issued already.

    Of what is taken `touched` was first transferred, and of that `touched_issued` was issued.
    """

    vintage: int
    before: LineFigures
    after: LineFigures

    @property
    def difference(self) -> int:
        """By how much the ceiling moves, t CO2 eq; negative where it falls."""
        return self.after.held - self.before.held

    @property
    def taken(self) -> int:
        """What is revoked or given up of it, t CO2 eq."""
        return self.after.revoked - self.before.revoked

    @property
    def uncovered(self) -> int:
        """What is issued, not first transferred, and no longer covered, t CO2 eq."""
        return min(self._less_issued, max(0, self.before.issued - self.before.stands))

    @property
    def touched(self) -> int:
        """What was first transferred and is revoked, as the letter foresees, t CO2 eq."""
        return self.before.first_transferred - self.after.first_transferred

    @property
    def touched_issued(self) -> int:
        """What of it was issued, t CO2 eq; the rest was transferred ahead of any issuance."""
        return self._less_issued - self.uncovered

    @property
    def _less_issued(self) -> int:
        return self.before.issued - self.after.issued

    @property
    def moves(self) -> bool:
        """Whether anything on it moves."""
        return self.before != self.after


@dataclass(frozen=True, kw_only=True)
class CeilingEffect:
    """What is held under a ceiling above the lines, before and after; `tonnes` is what it allows."""

    scope: str
    vintage: int | None
    tonnes: int
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class TermEffect:
    """A term that changes: its name in `Terms`, or `methodology`, `ca_id`, `holder`; before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Everything that an act would do.

    version     the number of the version that it makes
    state       what the authorisation is afterwards
    letter      the kind of letter that says it (`letters.kinds`)
    supersedes  the letters that it replaces, by their opaque ids
    lines       every line, moved or not, ascending by vintage
    revoked     what is revoked or given up in all, t CO2 eq
    blocks_transfers   from the decision until its letter nothing can be first transferred: the figures hold
    speaks      what the rules say for and against
    against     other reasons why it cannot be done
    """

    plan: AnyPlan
    before: Standing
    terms: Terms
    state: str
    version: int
    letter: str
    supersedes: tuple[UUID, ...]
    lines: tuple[LineEffect, ...]
    ceilings: tuple[CeilingEffect, ...]
    changes: tuple[TermEffect, ...]
    revoked: int = 0
    ca_id: str | None = None
    methodology: str | None = None
    speaks: tuple[Finding, ...] = ()
    against: tuple[Reason, ...] = ()

    @property
    def forbidden(self) -> tuple[Reason, ...]:
        """Every reason why the act cannot be opened, nor decided; empty where it may be."""
        return (*self.against, *(finding.reason for finding in self.speaks if finding.blocks))

    def also_against(self, reasons: Iterable[Reason]) -> "Effect":
        """The same, with further reasons why it cannot be done."""
        return replace(self, against=(*self.against, *reasons))

    @property
    def stands(self) -> int:
        """What is first transferred or retained, and stays as it is, t CO2 eq."""
        return self.before.stands - self.touched

    @property
    def touched(self) -> int:
        """What was first transferred and is revoked, as the letter foresees, t CO2 eq."""
        return sum(line.touched for line in self.lines)

    @property
    def told(self) -> tuple[Telling, ...]:
        """Who outside the authority is told of it, once it takes effect."""
        before = self.before
        return whom_to_tell(self.terms, host=before.host, standard=before.standard, rules=before.telling)

    @property
    def moved(self) -> tuple[LineEffect, ...]:
        """The lines on which something moves."""
        return tuple(line for line in self.lines if line.moves)

    @property
    def takes_away(self) -> bool:
        """Whether any line or ceiling falls: once it is decided, first transfers wait for its letter."""
        falls = any(line.difference < 0 or line.uncovered for line in self.lines)
        return falls or self.revoked > 0 or self.state in (State.REVOKED, State.SURRENDERED)


def effect_of(standing: Standing, plan: AnyPlan) -> Effect:
    """The whole consequence of an act."""
    changed = changed_by(standing, plan)
    lines = tuple(
        LineEffect(
            vintage=vintage,
            before=standing.lines.get(vintage, LineFigures(capped=changed.terms.volumes is not None)),
            after=after,
        )
        for vintage, after in sorted(changed.lines.items())
    )
    drafted = Effect(
        plan=plan,
        before=standing,
        terms=changed.terms,
        state=changed.ends_in,
        version=standing.version + 1,
        letter=letter_of(plan),
        supersedes=tuple(_superseded(standing, plan)),
        lines=lines,
        ceilings=tuple(_ceilings(standing, changed.terms, lines)),
        changes=tuple(_term_changes(standing, changed)),
        revoked=changed.revoked,
        ca_id=changed.ca_id,
        methodology=changed.methodology,
    )
    against = [
        *_against_state(standing, plan),
        *changed.against,
        *against_touching(plan, touched=changed.touched),
        *_against_consent(standing, plan),
        *_against_window(plan),
    ]
    return replace(drafted, against=tuple(against), speaks=tuple(_rules(drafted, changed)))


def _superseded(standing: Standing, plan: AnyPlan) -> Iterable[UUID]:
    """The letter that says what is authorised; and where a suspension ends with the act, that of it."""
    if standing.letter is not None and replaces_letter(plan):
        yield standing.letter
    if standing.holding is not None and plan.type in ("resumption", "revocation", "surrender"):
        yield standing.holding


def letter_of(plan: AnyPlan) -> str:
    """The kind of letter that an act of this type is written in once it is granted."""
    kind = acts.kind_of(plan)
    if plan.type in acts.AMENDING:
        return "amendment"
    if kind in (Kind.CHANGE, Kind.TRANSFER_OF_HOLDER):
        return "addendum"
    return kind.value


def replaces_letter(plan: AnyPlan) -> bool:
    """Whether the letter of the act takes the place of the one before. A suspension leaves it as it is."""
    return plan.type not in ("suspension", "resumption")


# -- ceilings and terms, before and after ----------------------------------------------------------


def held_under(terms: Terms, lines: Mapping[int, LineFigures], scope: str, vintage: int | None) -> int:
    """What these terms and lines hold under a ceiling above the lines, t CO2 eq.

    Under that of a vintage, its line; under any other, the volume over all vintages, or what is taken up
    where the terms set none.
    """
    if scope == "vintage":
        line = lines.get(vintage or 0)
        return line.held if line is not None else 0
    return terms.volume if terms.volume is not None else sum(line.drawn for line in lines.values())


def _ceilings(standing: Standing, terms: Terms, lines: Sequence[LineEffect]) -> Iterable[CeilingEffect]:
    after_lines = {line.vintage: line.after for line in lines}
    for one in standing.above:
        before = held_under(standing.terms, standing.lines, one.scope, one.vintage)
        after = held_under(terms, after_lines, one.scope, one.vintage)
        yield CeilingEffect(
            scope=one.scope,
            vintage=one.vintage,
            tonnes=one.tonnes,
            before=one.held,
            after=one.held + after - before,
        )


def _term_changes(standing: Standing, made: Changed) -> Iterable[TermEffect]:
    before, after = standing.terms.as_json(), made.terms.as_json()
    for name in after:
        if name in ("volumes", "parts") or before.get(name) == after[name]:
            continue
        yield TermEffect(name=name, before=_in_words(before.get(name)), after=_in_words(after[name]))
    for name, old, new in (
        ("ca_id", standing.ca_id, made.ca_id),
        ("methodology", standing.methodology, made.methodology),
    ):
        if old != new:
            yield TermEffect(name=name, before=old or "", after=new or "")
    if made.holder:
        whole = made.holder_of_all and standing.holder
        held_by = standing.holder if whole else "; ".join(sorted(standing.holders))
        yield TermEffect(name="holder", before=held_by, after=made.holder)


def _in_words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(
            f"{one['name']} ({', '.join(one['roles'])})" if isinstance(one, dict) else str(one)
            for one in value
        )
    return str(grouped(value)) if isinstance(value, int) else str(value)


# -- what the rules say ----------------------------------------------------------------------------


def _rules(effect: Effect, made: Changed) -> Iterable[Finding]:
    standing, plan = effect.before, effect.plan
    if made.touched:
        touching, clause = touching_of(plan), foreseen(standing.terms, plan)
        checked = touching is not None and bool(touching.check)
        change = ChangeMade(
            first_transferred=made.touched, used=made.touched_used, clause=clause, checked=checked
        )
        yield from findings_on_record(change)
        if plan.type == "revocation":
            yield from findings_on_record(Revoked(first_transferred=made.touched, clause=clause))
        if touching is not None and effect.touched:
            yield informing("A12", _what_is_touched(effect.touched, touching.circumstance))
    if effect.stands and effect.takes_away and not (made.touched and not effect.touched):
        yield informing("A12", _what_stands(effect.stands))
    if isinstance(plan, acts.EntityRemoved):
        moved = sum(abs(line.difference) for line in effect.lines)
        yield from findings_on_record(EntityRevoked(entity=plan.name, moved=moved))
        yield informing(
            "A14",
            Reason(
                code="A14",
                words=_("“%(entity)s” is no longer authorised; the outcomes stay authorised (rule A14)."),
                values={"entity": plan.name},
            ),
        )
    versioned = Versioned(
        identifier=standing.identifier,
        keeps=standing.identifier,
        before=standing.version,
        after=effect.version,
        superseded=bool(effect.supersedes) or not replaces_letter(plan) or standing.letter is None,
    )
    yield from findings_on_record(versioned)
    yield informing(
        "A13",
        Reason(
            code="A13",
            words=_(
                "It becomes version %(version)s of %(identifier)s, and is reported as a change (rule A13)."
            ),
            values={"version": effect.version, "identifier": standing.identifier},
        ),
    )
    yield from _of_terms(standing, effect)


def _of_terms(standing: Standing, effect: Effect) -> Iterable[Finding]:
    """What the rules of terms say of the new ones and did not say of the old."""
    if effect.terms == standing.terms:
        return
    said = {_key(finding) for finding in findings(_proposal(standing, standing.terms))}
    for finding in findings(_proposal(standing, effect.terms)):
        if _key(finding) not in said and not (
            finding.rule == "A3" and not _grows(standing.terms, effect.terms)
        ):
            yield finding
    for ceiling in effect.ceilings:
        if ceiling.after > max(ceiling.tonnes, ceiling.before) and ceiling.scope in ("sector", "national"):
            yield _over(ceiling)


def _grows(before: Terms, after: Terms) -> bool:
    """Whether more is wanted of any vintage, or in all: only then can a ceiling be passed."""
    if after.volume is not None and (before.volume is None or after.volume > before.volume):
        return True
    old = before.volumes or {}
    return any(tonnes > old.get(vintage, 0) for vintage, tonnes in (after.volumes or {}).items())


def _proposal(standing: Standing, terms: Terms) -> Proposal:
    """The terms with what others hold of the activity: what the authorisation holds itself does not count."""
    taken: dict[int, int] = {}
    taken_total = 0
    for one in standing.above:
        own = held_under(standing.terms, standing.lines, one.scope, one.vintage)
        if one.scope == "vintage" and one.vintage is not None:
            taken[one.vintage] = max(0, one.held - own)
        elif one.scope == "activity":
            taken_total = max(0, one.held - own)
    # Of what is revoked or gone out of the period only vintages that still hold something are judged.
    volumes = terms.volumes
    if volumes is not None:
        volumes = {vintage: tonnes for vintage, tonnes in volumes.items() if tonnes}
    return Proposal(
        terms=terms.model_copy(update={"volumes": volumes}),
        # Where nothing is said to be expected, nothing is free: as the ceilings of the activity have it.
        expected=standing.expected or dict.fromkeys(volumes or (), 0),
        taken=taken,
        taken_total=taken_total,
        first_year=standing.first_year,
        last_year=standing.last_year,
    )


def _key(finding: Finding) -> tuple[Any, ...]:
    values = {name: str(value) for name, value in finding.reason.values.items()}
    return finding.rule, finding.reason.code, str(finding.reason.words), tuple(sorted(values.items()))


# -- reasons ---------------------------------------------------------------------------------------


def _against_state(standing: Standing, plan: AnyPlan) -> Iterable[Reason]:
    state = State(standing.state)
    allowed = {
        "suspension": (State.IN_FORCE,),
        "resumption": (State.SUSPENDED,),
    }.get(plan.type, (State.IN_FORCE, State.SUSPENDED))
    if state not in allowed:
        yield Reason(
            code="authorisation-state",
            words=_("The authorisation is “%(state)s”, so this act has nothing to act on."),
            values={"state": Named(state.value, state.label)},
            mend=_("Look at the authorisation as it stands, and choose another act."),
        )
    if standing.awaiting:
        yield Reason(
            code="another-act-decided",
            words=_("Another act about this authorisation is decided and awaits its letter: %(case)s."),
            values={"case": standing.awaiting},
            mend=_("Wait until that letter is issued: what it says would no longer be so."),
        )


def _against_consent(standing: Standing, plan: AnyPlan) -> Iterable[Reason]:
    """Where the letter's own terms ask for the consent of the other Party, it is shown before the act.

    So it is before the act that names other Parties, of these and of those named until now.
    """
    needed = consent_needed(standing.terms, plan)
    if plan.consent or not needed:
        return
    words = _("The terms of the letter ask for the consent of %(parties)s, and none is shown.")
    if isinstance(plan, acts.ConsentChanged) and needed.parties:
        words = _(
            "Whose consent is needed changes only with the consent of those named until now and of those to "
            "be named: %(parties)s. None is shown."
        )
        if needed.by_words:
            words = _(
                "Whose consent is needed changes only with the consent of the other Party, for which the "
                "terms of the letter ask in words, and of those to be named: %(parties)s. None is shown."
            )
    elif needed.by_words:
        words = _("The terms of the letter ask for the consent of the other Party, and none is shown.")
    yield Reason(
        code="consent-missing",
        words=words,
        values={"parties": ", ".join(party_name(code, get_language() or "en") for code in needed.parties)},
        mend=_("Obtain the consent, and name the document that shows it."),
    )


def _against_window(plan: AnyPlan) -> Iterable[Reason]:
    """What the holder may still mend does not take effect before the time for it is over."""
    if not isinstance(plan, acts.WithWindow) or plan.earliest is None or plan.effective_on is None:
        return
    if plan.effective_on < plan.earliest:
        yield Reason(
            code="within-window",
            words=_("It would take effect on %(day)s, and the holder may mend until %(until)s."),
            values={"day": day(plan.effective_on), "until": day(plan.earliest - timedelta(days=1))},
            mend=_("Give a later day, or none."),
        )


def _what_stands(tonnes: int) -> Reason:
    return Reason(
        code="A12",
        words=_("%(tonnes)s t are first transferred or retained, and stand as they are (rule A12)."),
        values={"tonnes": tonnes},
    )


def _what_is_touched(tonnes: int, circumstance: str) -> Reason:
    return Reason(
        code="A12",
        words=_(
            "%(tonnes)s t that are first transferred are revoked, as the terms of the letter foresee it: "
            "“%(circumstance)s” (rule A12)."
        ),
        values={"tonnes": tonnes, "circumstance": circumstance},
    )


def _over(ceiling: CeilingEffect) -> Finding:
    return Finding(
        rule="A3",
        reason=Reason(
            code="ceiling",
            words=_("%(after)s t would be held under a ceiling of %(tonnes)s t: “%(scope)s”."),
            values={"after": ceiling.after, "tonnes": ceiling.tonnes, "scope": ceiling.scope},
            mend=_("Lower the volume."),
        ),
        blocks=True,
    )
