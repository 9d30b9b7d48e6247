"""What is asked of whoever plans an act. What stands against it the effect says, and the use-case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Unreadable

from accounts.names import country_codes, country_name, party_name
from authorisation import acts
from authorisation.acts import AnyPlan
from authorisation.consent import LISTS
from authorisation.first_transfer import Trigger
from desk.act_forms import ONE_PER_LINE, ActForm, DayInput, lines, long_text
from desk.changing.offered import Offered
from desk.values import of_code
from projects.content import APPLICANT, ROLES

_MOST_TONNES = 2**53 - 1
# What a person may be asked for besides the act itself.
FOR_HOLDER, DECLARED = "for_holder", "declared"


@dataclass(frozen=True, kw_only=True)
class About:
    """What a form needs to know of the authorisation, and of whoever fills it in.

    circumstances   by the type of act, when the letter's terms let it touch what is first transferred
    parties         the codes of the other Parties that take part
    consenting      of them, by the name of the term, whose consent a change or a revocation needs now
    on_paper   whether they may open it for the holder, who asked on paper
    declares   whether they are the holder, who declares that what they say is true
    """

    vintages: Sequence[int]
    entities: Sequence[str]
    circumstances: Mapping[str, Sequence[str]]
    parties: Sequence[str]
    consenting: Mapping[str, Sequence[str]]
    on_paper: bool
    declares: bool


def _tonnes(vintage: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=str(vintage),
        required=False,
        min_value=0,
        max_value=_MOST_TONNES,
        error_messages={"invalid": _("Give whole tonnes, in figures only.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput)


class PlanForm(ActForm):
    """An act of one type, with its grounds. `plan` is what was filled in, once it can be read."""

    step = "plan"
    # Asked for as a row of boxes under one label.
    boxes = ("roles", *LISTS)

    organisation = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, offered: Offered, about: About, **options: Any) -> None:
        super().__init__(data, **options)
        self.offered, self.about = offered, about
        self.plan: AnyPlan | None = None
        for name in offered.asks:
            if name == "volumes":
                self.fields |= {f"tonnes_{vintage}": _tonnes(vintage) for vintage in about.vintages}
            else:
                self.fields[name] = self._field(name)
        self._ask_of_touching(about.circumstances.get(offered.type, ()))
        self.fields["grounds"] = long_text(
            _("Grounds"),
            help_text=_("Why. Whoever is concerned reads them, and the letter says them."),
        )
        self.fields["effective_on"] = forms.DateField(
            label=_("From when it is to take effect"),
            required=False,
            widget=DayInput,
            help_text=_("Empty: with the last signature of its letter, and never before that."),
        )
        self.fields["consent"] = forms.CharField(
            label=_("Consent of the other Party"),
            required=False,
            max_length=500,
            help_text=_("The document that shows it, where the terms of the letter ask for consent."),
        )
        if about.on_paper and offered.by_holder and offered.by_authority:
            self.fields[FOR_HOLDER] = forms.BooleanField(
                label=_("The holder has asked for it on paper"), required=False
            )
        if about.declares:
            self.fields[DECLARED] = forms.BooleanField(
                label=_("I declare that what is said here is true"), required=False
            )
        self.dress()

    def _ask_of_touching(self, circumstances: Sequence[str]) -> None:
        """Whether it touches what is first transferred: asked only where the letter foresees that."""
        if not circumstances:
            return
        self.fields["circumstance"] = forms.ChoiceField(
            label=_("Does it touch what is first transferred already?"),
            required=False,
            choices=[("", _("No: all that stands")), *((one, one) for one in circumstances)],
            help_text=_("Only in a circumstance that the terms of the letter name, and never what is used."),
        )
        self.fields["check"] = long_text(
            _("How it was checked that nothing is counted twice"),
            rows=3,
            help_text=_("With whose records, and when. Needed where it touches what is first transferred."),
        )

    def _field(self, name: str) -> forms.Field:
        entities = [("", _("Choose")), *((one, one) for one in self.about.entities)]
        uses = [("", _("Choose")), ("NDC", "NDC"), ("IMP", "IMP"), ("OP", "OP")]
        language = get_language() or "en"
        countries = sorted(
            ((code, country_name(code, language)) for code in country_codes()), key=lambda c: c[1]
        )
        made: dict[str, forms.Field] = {
            "text": long_text(_("The text that the letter is to carry")),
            "ca_id": forms.CharField(
                label=_("Identifier"), required=False, max_length=6, help_text=_("CA and four digits.")
            ),
            "entity_name": forms.CharField(label=_("Name of the entity"), required=False, max_length=300),
            "country": forms.ChoiceField(
                label=_("Its country"), required=False, choices=[("", _("Choose")), *countries]
            ),
            "identification": forms.CharField(
                label=_("Its identification number there"), required=False, max_length=100
            ),
            "roles": forms.MultipleChoiceField(
                label=_("Roles"),
                required=False,
                choices=[(role, of_code(role)) for role in ROLES if role != APPLICANT],
                widget=forms.CheckboxSelectMultiple,
            ),
            "name": forms.ChoiceField(label=_("Entity"), required=False, choices=entities),
            "to": forms.CharField(
                label=_("New name") if self.offered.type == "entity_renamed" else _("The other holder"),
                required=False,
                max_length=300,
                help_text=_(
                    "Where all passes on, the authorisation itself does: its name as the authority knows it."
                )
                if self.offered.type == "transfer_of_holder"
                else "",
            ),
            "total": forms.IntegerField(
                label=_("Over all vintages together, in t CO₂ eq"),
                required=False,
                min_value=0,
                max_value=_MOST_TONNES,
                error_messages={"invalid": _("Give whole tonnes, in figures only.")},
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            ),
            "use": forms.ChoiceField(label=_("Use"), required=False, choices=uses),
            "imp": long_text(_("International mitigation purposes"), rows=2, help_text=ONE_PER_LINE),
            "op": forms.CharField(label=_("Other purpose"), required=False, max_length=300),
            "first_transfer_definition": forms.ChoiceField(
                label=_("What is the first transfer?"),
                required=False,
                choices=[
                    ("", _("As the letter says already")),
                    *((one.value, one.label) for one in Trigger if one != Trigger.INTERNATIONAL_TRANSFER),
                ],
            ),
            "outcomes_from": _day(_("Outcomes occur from")),
            "outcomes_to": _day(_("Outcomes occur until")),
            "last_issuance_on": _day(_("Last issuance")),
            "last_use_on": _day(_("Last day of use")),
            "last_cancellation_on": _day(_("Last cancellation")),
            "methodology": forms.CharField(label=_("Methodology"), required=False, max_length=300),
            "consent_to_changes": self._consenting(
                _("Parties whose consent a change needs"), "consent_to_changes", language
            ),
            "consent_to_revocation": self._consenting(
                _("Parties whose consent a revocation needs"), "consent_to_revocation", language
            ),
            "serial": forms.CharField(
                label=_("Serial of the units"),
                required=False,
                max_length=300,
                help_text=_("Empty: all that are held under the authorisation."),
            ),
        }
        return made[name]

    def _consenting(self, label: Any, name: str, language: str) -> forms.MultipleChoiceField:
        """The other Parties, ticked as the terms have it."""
        return forms.MultipleChoiceField(
            label=label,
            required=False,
            choices=[(code, party_name(code, language)) for code in self.about.parties],
            initial=list(self.about.consenting.get(name, ())),
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Parties that are named now, and those that you name, have to agree to this change.")
            if self.about.parties
            else _("No other Party takes part."),
        )

    @property
    def by_vintage(self) -> list[forms.BoundField]:
        """The fields of tonnes, in the order of vintages; none where the act has none."""
        return [self[name] for name in self.fields if name.startswith("tonnes_")]

    @property
    def particulars(self) -> list[forms.BoundField]:
        """What is asked of this type alone, besides tonnes by vintage."""
        return [self[name] for name in self.offered.asks if name != "volumes"]

    @property
    def of_touching(self) -> list[forms.BoundField]:
        """What is asked of first-transferred outcomes; nothing where the letter does not foresee it."""
        return [self[name] for name in ("circumstance", "check") if name in self.fields]

    @property
    def for_holder_box(self) -> forms.BoundField | None:
        """Whether the holder asked on paper; None where that is not asked."""
        return self[FOR_HOLDER] if FOR_HOLDER in self.fields else None

    @property
    def declared_box(self) -> forms.BoundField | None:
        """The holder's declaration; None where somebody else fills it in."""
        return self[DECLARED] if DECLARED in self.fields else None

    @property
    def for_holder(self) -> bool:
        """Whether an officer opens it for the holder: they said so, or nobody else can ask for it."""
        asked = bool(self.cleaned_data.get(FOR_HOLDER))
        return self.about.on_paper and (asked or not self.offered.by_authority)

    @property
    def declared(self) -> bool:
        """Whether the holder declares that it is true."""
        return bool(self.cleaned_data.get(DECLARED))

    def clean(self) -> dict[str, Any]:
        """With the plan, where what was filled in can be read as one."""
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.plan = acts.read(self._plan(given))
            except Unreadable as unreadable:
                for place in dict.fromkeys(self._place(error["loc"]) for error in unreadable.errors()):
                    self.add_error(place, ValidationError(_now("Say what is to be changed.")))
        return given

    def _plan(self, given: dict[str, Any]) -> dict[str, Any]:
        plan: dict[str, Any] = {
            "type": self.offered.type,
            "grounds": given["grounds"],
            "effective_on": given["effective_on"],
            "consent": given["consent"],
        }
        if given.get("circumstance"):
            plan["touching"] = {"circumstance": given["circumstance"], "check": given["check"]}
        for name in self.offered.asks:
            if name == "volumes":
                named = {
                    vintage: given[f"tonnes_{vintage}"]
                    for vintage in self.about.vintages
                    if given[f"tonnes_{vintage}"] is not None
                }
                # A revocation that names no vintage is of all.
                plan["volumes"] = named or (None if self.offered.kind in _OF_ALL else {})
            elif name == "entity_name":
                plan["entity"] = {
                    "name": given["entity_name"],
                    "country": given["country"] or None,
                    "identification": given["identification"] or None,
                    "roles": tuple(given["roles"]),
                }
            elif name in LISTS:
                # What is ticked as it was stays as it is, also where only the words of the letter say it.
                changed = set(given[name]) != set(self.about.consenting.get(name, ()))
                plan[name] = tuple(given[name]) if changed else None
            elif name == "imp":
                plan["imp"] = tuple(lines(given["imp"]))
            elif name not in ("country", "identification", "roles"):
                plan[name] = given[name] or (given[name] if name in ("text", "serial") else None)
        return plan

    def _place(self, location: tuple[Any, ...]) -> str | None:
        names = [str(part) for part in location]
        named = next((name for name in names if name in self.fields), None)
        # Of an entity that is not named the fault stands at the act itself.
        return named or ("entity_name" if "entity_name" in self.fields else None)

    def hidden_again(self) -> list[tuple[str, str]]:
        """Everything that was filled in, to be sent once more from a page that asks nothing."""
        return [
            (name, value)
            for name in self.fields
            for value in (self.data.getlist(name) if hasattr(self.data, "getlist") else [])
            if value and name != DECLARED
        ]


_OF_ALL = frozenset({"revocation", "surrender"})
