"""What the deciding office writes: the terms it grants, conditions, and reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.names import country_name, party_name
from authorisation.host_share import bounds_of, with_share
from authorisation.models import Case
from authorisation.procedures.shape import Handling
from authorisation.publication import Unpublished
from authorisation.requirements import Requirement
from authorisation.terms import EntityTerms, Form, Part, Terms
from desk.act_forms import ONE_PER_LINE, ActForm, DayInput, lines, long_text
from desk.deciding.asking import Asking, asking_in
from desk.values import of_code

_USES = {
    "NDC": _("towards nationally determined contributions (NDC)"),
    "IMP": _("for international mitigation purposes (IMP)"),
    "OP": _("for other purposes (OP)"),
}
_PERCENT = RegexValidator(
    r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?$", _("Give a percentage such as 5 or 2.5, between 0 and 100.")
)


# Terms that say without whose consent nothing is changed, or revoked.
CONSENTS: Mapping[str, Any] = {
    "consent_to_changes": _("Parties whose consent a change needs"),
    "consent_to_revocation": _("Parties whose consent a revocation needs"),
}


# Terms that say when an act may touch what is first transferred already.
TOUCHING: Mapping[str, Any] = {
    "revocable_after_transfer": _("When a revocation may touch what is first transferred already"),
    "reducible_after_transfer": _(
        "When a reduction of the volume may touch what is first transferred already"
    ),
}
_EMPTY_IF_NEVER = _("One circumstance per line. Empty: never, as is usual.")


def circumstances(first: Terms) -> dict[str, forms.Field]:
    """A field for each, as the terms first say it."""
    made: dict[str, forms.Field] = {}
    for name, label in TOUCHING.items():
        made[name] = long_text(label, rows=2, help_text=_EMPTY_IF_NEVER)
        made[name].initial = "\n".join(getattr(first, name) or ())
    return made


@dataclass(frozen=True, kw_only=True)
class Consenting:
    """The Parties that can be named, with their names, and the terms as the page first shows them."""

    parties: Sequence[tuple[str, str]]
    first: Terms

    def fields(self) -> dict[str, forms.Field]:
        """A row of boxes for each; none where no other Party takes part."""
        made: dict[str, forms.Field] = {}
        for name, label in CONSENTS.items() if self.parties else ():
            made[name] = _boxes(label, self.parties)
            made[name].initial = list(getattr(self.first, name) or ())
        return made | circumstances(self.first)


def consented(form: forms.Form, asked: Terms) -> dict[str, Any]:
    """What was ticked and written. Nothing ticked where nothing was asked: the words of the terms say it."""
    written = {
        name: tuple(lines(form.cleaned_data[name])) or None for name in TOUCHING if name in form.fields
    }
    return written | {
        name: tuple(form.cleaned_data[name]) or (() if getattr(asked, name) is not None else None)
        for name in CONSENTS
        if name in form.fields
    }


class DecisionForm(ActForm):
    """What every decision can say. `asking`: the rows of what it asks of the holder, where it can ask."""

    asking: Asking | None = None

    def terms(self, asked: Terms) -> Terms | None:
        """The terms that this decision grants; None where it grants nothing."""
        return None

    def conditions(self) -> list[str]:
        """The conditions written, one by one."""
        return lines(self.cleaned_data.get("conditions", ""))

    def reasons(self) -> list[str]:
        """The reasons written, one by one."""
        return lines(self.cleaned_data.get("reasons", ""))

    def unpublished(self) -> dict[str, str]:
        """What the public is not told, each with the basis written."""
        basis = str(self.cleaned_data.get("unpublished_basis", "")).strip()
        return dict.fromkeys(self.cleaned_data.get("unpublished") or (), basis)

    def share_reason(self) -> str:
        """Why the host keeps another share than its procedure sets, where that is said."""
        return str(self.cleaned_data.get("share_reason", "")).strip()

    def ask(self, case: Case, data: Any) -> None:
        """Adds the rows of what is asked of the holder, where a decision on the case can ask anything."""
        self.asking = asking_in(case, data, place=self.step)
        if self.asking is not None and self.asking.standing:
            self.fields["asking_reason"] = long_text(
                _("Why this holder is asked otherwise than the procedure asks every holder"),
                rows=2,
                help_text=_("Only where it is so. It stands with the reasons of the decision."),
            )
            self.dress()

    def is_valid(self) -> bool:
        """With the rows of what is asked."""
        return super().is_valid() and (self.asking is None or self.asking.holds())

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Every mistake, also in the rows of what is asked."""
        return [*super().mistakes, *(self.asking.mistakes() if self.asking is not None else ())]

    def requirements(self) -> list[Requirement]:
        """What is asked of the holder besides what the procedure asks, or otherwise."""
        return self.asking.requirements() if self.asking is not None else []

    def left_out(self) -> list[str]:
        """What the procedure asks and this decision does not, by its codes."""
        return self.asking.left_out() if self.asking is not None else []

    def asking_reason(self) -> str:
        """Why the decision asks otherwise than its procedure, where that is said."""
        return str(self.cleaned_data.get("asking_reason", "")).strip()

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The visible fields but for what stands beside the rows."""
        return [field for field in self.visible_fields() if field.name != "asking_reason"]


def _publication() -> dict[str, forms.Field]:
    """What the public copy of the letter leaves out, and why."""
    return {
        "unpublished": forms.MultipleChoiceField(
            label=_("Not made public"),
            help_text=_("The letter says it; its public copy leaves it out, and says on which basis."),
            choices=Unpublished.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "unpublished_basis": forms.CharField(
            label=_("Basis on which it is confidential"), required=False, max_length=300
        ),
    }


class ApproveForm(DecisionForm):
    """Approving all that was asked for, perhaps under conditions."""

    step = "approve"

    def __init__(
        self, data: Any = None, *, handling: Handling, consent: Consenting | None = None, **options: Any
    ) -> None:
        bounds = bounds_of(handling)
        if bounds is not None:
            options["initial"] = {
                "host_retention_percent": f"{bounds[0].normalize():f}",
                **options.get("initial", {}),
            }
        super().__init__(data, **options)
        if bounds is not None:
            name, label, hint = _SHARES[0]
            self.fields[name] = _share(label, hint)
            self.fields["share_reason"] = _share_reason()
        self.fields["conditions"] = long_text(
            _("Conditions, besides those of the request"), rows=3, help_text=ONE_PER_LINE
        )
        if consent is not None:
            self.fields |= consent.fields()
        self.fields |= _publication()
        self.dress()

    def terms(self, asked: Terms) -> Terms | None:
        update = consented(self, asked)
        if "host_retention_percent" in self.fields:
            update["host_retention_percent"] = self.cleaned_data["host_retention_percent"] or None
        return asked.model_copy(update=update) if update else asked


class RefuseForm(DecisionForm):
    """Refusing, with reasons."""

    step = "refuse"

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["reasons"] = _written(
            _("Reasons"), _("One per line. They stand in the letter of refusal.")
        )
        self.dress()


class SendBackForm(DecisionForm):
    """Sending back to review, with reasons."""

    step = "send_back"

    def __init__(self, data: Any = None, *, bodies: Sequence[tuple[str, Any]] = (), **options: Any) -> None:
        options["initial"] = {"bodies": [code for code, _name in bodies], **options.get("initial", {})}
        super().__init__(data, **options)
        if len(bodies) > 1:
            self.fields["bodies"] = forms.MultipleChoiceField(
                label=_("Which bodies review it anew"),
                help_text=_("What these said becomes history; the opinions of the others stand."),
                choices=list(bodies),
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Choose at least one body.")},
            )
        self.fields["reasons"] = _written(_("What is to be reviewed again, and why"), "")
        self.dress()

    def bodies(self) -> list[str] | None:
        """The codes of those chosen; None where there is no choice, and all are meant."""
        return self.cleaned_data.get("bodies")


class ApproveActInPartForm(DecisionForm):
    """Granting an act about an authorisation for less volume than it asks for."""

    step = "approve_in_part"
    of_act = True

    def __init__(self, data: Any = None, *, vintages: Mapping[int, int | None], **options: Any) -> None:
        super().__init__(data, **options)
        self.vintages = vintages
        for vintage, asked in vintages.items():
            self.fields[f"volume_{vintage}"] = _tonnes(str(vintage))
            self.fields[f"volume_{vintage}"].initial = asked
        self.fields["reasons"] = _written(
            _("Reasons why less is granted"), _("One per line. They stand in the letter.")
        )
        self.dress()

    def volumes(self) -> dict[int, int]:
        """The tonnes granted, by vintage; of a change the new ceilings."""
        given = {vintage: self.cleaned_data[f"volume_{vintage}"] for vintage in self.vintages}
        return {vintage: tonnes for vintage, tonnes in given.items() if tonnes is not None}

    @property
    def by_vintage(self) -> list[forms.BoundField]:
        """The fields of tonnes, in the order of vintages."""
        return [self[f"volume_{vintage}"] for vintage in self.vintages]


class ApproveInPartForm(DecisionForm):
    """The terms granted, item by item, beginning with all that was asked for."""

    step = "approve_in_part"

    def __init__(
        self,
        data: Any = None,
        *,
        asked: Terms,
        handling: Handling,
        language: str,
        consent: Consenting | None = None,
        **options: Any,
    ) -> None:
        self.asked, self.bounds = asked, bounds_of(handling)
        options["initial"] = {**_as_asked(with_share(asked, handling)), **options.get("initial", {})}
        super().__init__(data, **options)
        added: dict[str, forms.Field] = {}
        for vintage in sorted(asked.volumes or {}):
            added[f"volume_{vintage}"] = _tonnes(str(vintage))
        added["total"] = _tonnes(_("Ceiling over all vintages together"))
        added |= _fields_of_parts(asked)
        added["uses"] = _boxes(_("Uses"), [(use, _USES.get(use, use)) for use in asked.uses])
        added["imp"] = _boxes(_("International mitigation purposes"), [(name, name) for name in asked.imp])
        added["parties"] = _boxes(
            _("Parties"), [(code, party_name(code, language)) for code in asked.parties]
        )
        for place, entity in enumerate(asked.entities):
            where = f" ({country_name(entity.country, language)})" if entity.country else ""
            added[f"entity_{place}"] = _boxes(
                f"{entity.name}{where}", [(role, of_code(role)) for role in entity.roles]
            )
        for name, label in _DAYS:
            added[name] = forms.DateField(label=label, required=False, widget=DayInput())
        for name, label, hint in _SHARES:
            added[name] = _share(label, hint)
        if self.bounds is not None:
            added["share_reason"] = _share_reason()
        if consent is not None:
            added |= consent.fields()
        added["conditions"] = long_text(
            _("Conditions, besides those of the request"), rows=3, help_text=ONE_PER_LINE
        )
        added["reasons"] = _written(
            _("Reasons why less is granted"), _("One per line. They stand in the letter.")
        )
        self.fields.update(added | _publication())
        self.dress()

    def volumes(self) -> list[tuple[int, forms.BoundField, int]]:
        """The field of each vintage, with what was asked for."""
        return [
            (vintage, self[f"volume_{vintage}"], tonnes)
            for vintage, tonnes in sorted((self.asked.volumes or {}).items())
        ]

    def boxes(self) -> Iterator[forms.BoundField]:
        """What may be left out, point by point: uses, purposes and Parties; only those asked for."""
        for name in ("uses", "imp", "parties"):
            if getattr(self.asked, name):
                yield self[name]

    def entity_boxes(self) -> list[forms.BoundField]:
        """For each entity, the roles in which it would be authorised."""
        return [self[f"entity_{place}"] for place, _entity in enumerate(self.asked.entities)]

    def days(self) -> list[forms.BoundField]:
        """The first and last days."""
        return [self[name] for name, _label in _DAYS]

    def shares(self) -> list[forms.BoundField]:
        """The shares of outcomes."""
        shares = [self[name] for name, _label, _hint in _SHARES]
        return [shares[0], self["share_reason"], *shares[1:]] if self.bounds is not None else shares

    def part_fields(self) -> list[forms.BoundField]:
        """The forms in which the part is given, and what each needs."""
        return [self[name] for name in PART_FIELDS if name in self.fields]

    def consents(self) -> list[forms.BoundField]:
        """Whose consent a change and a revocation are to need."""
        return [self[name] for name in CONSENTS if name in self.fields]

    def _parts(self) -> Iterator[Part]:
        """The forms named, each with what it needs; what it lacks the rule says, with the rest."""
        given = self.cleaned_data
        for form in given["parts"]:
            needs = {}
            if form == Form.PROJECT_CAP:
                needs = {"cap": given["project_cap"]}
            elif form == Form.TRANCHE:
                needs = {
                    "vintage": int(given["tranche_vintage"]) if given.get("tranche_vintage") else None,
                    "first": given.get("tranche_first"),
                    "last": given.get("tranche_last"),
                }
            yield Part(form=Form(form), **needs)

    def terms(self, asked: Terms) -> Terms | None:
        """The terms as filled in; what the form does not hold stays as it was asked for."""
        given = self.cleaned_data
        volumes = None
        if asked.volumes is not None:
            filled = {vintage: given.get(f"volume_{vintage}") for vintage in asked.volumes}
            volumes = {vintage: tonnes for vintage, tonnes in filled.items() if tonnes is not None}
        uses = tuple(use for use in asked.uses if use in given["uses"])
        return asked.model_copy(
            update={
                "volumes": volumes,
                "total": given["total"],
                "uses": uses,
                "imp": tuple(name for name in asked.imp if name in given["imp"]) if "IMP" in uses else (),
                "op": asked.op if "OP" in uses else None,
                "first_transfer_definition": asked.first_transfer_definition
                if {"IMP", "OP"} & set(uses)
                else None,
                "parties": tuple(code for code in asked.parties if code in given["parties"]),
                "entities": tuple(self._entities(asked.entities)),
                **{name: given[name] for name, _label in _DAYS},
                **{name: given[name] or None for name, _label, _hint in _SHARES},
                "parts": tuple(self._parts()),
                **consented(self, asked),
            }
        )

    def _entities(self, asked: Sequence[EntityTerms]) -> Iterator[EntityTerms]:
        for place, entity in enumerate(asked):
            kept = self.cleaned_data[f"entity_{place}"]
            roles = tuple(role for role in entity.roles if role in kept)
            if roles:
                yield entity.model_copy(update={"roles": roles})


PART_FIELDS = ("parts", "project_cap", "tranche_vintage", "tranche_first", "tranche_last")


def _fields_of_parts(asked: Terms) -> dict[str, forms.Field]:
    """The forms in which a part can be given of what was asked for."""
    by_vintage = bool(asked.volumes)
    left_out = set() if by_vintage else {Form.TRANCHE, Form.MECHANISM_SPLIT}
    if asked.tracking_registry != "mechanism":
        left_out.add(Form.MECHANISM_SPLIT)
    choices = [(form.value, form.label) for form in Form if form not in left_out]
    added: dict[str, forms.Field] = {
        "parts": _boxes(_("In which form the part is given"), choices),
        "project_cap": _tonnes(_("Cap of the project, where it has one")),
    }
    added["parts"].help_text = _(
        "The letter shows the arithmetic of each. Shares and ceilings are filled in beside."
    )
    if by_vintage:
        vintages = [(str(vintage), str(vintage)) for vintage in sorted(asked.volumes or {})]
        added["tranche_vintage"] = forms.ChoiceField(
            label=_("Vintage of the tranche"), choices=[("", "–"), *vintages], required=False
        )
        added["tranche_first"] = _tonnes(_("Tranche from tonne"), least=1)
        added["tranche_last"] = _tonnes(_("Tranche to tonne"), least=1)
    return added


_DAYS = (
    ("outcomes_from", _("Outcomes occur from")),
    ("outcomes_to", _("Outcomes occur until")),
    ("last_issuance_on", _("Last issuance")),
    ("last_use_on", _("Last use")),
    ("last_cancellation_on", _("Last cancellation")),
)
_SHARES = (
    (
        "host_retention_percent",
        _("Share kept by the host, in per cent"),
        _("Of each transfer, rounded up to the next whole tonne. Empty for none."),
    ),
    (
        "omge_percent",
        _("Share cancelled for overall mitigation, in per cent"),
        _("Of what is issued in each vintage, rounded up to the next whole tonne. Empty for none."),
    ),
)


def _as_asked(asked: Terms) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "total": asked.total,
        "uses": list(asked.uses),
        "imp": list(asked.imp),
        "parties": list(asked.parties),
        **{name: getattr(asked, name) for name, _label in _DAYS},
        **{name: getattr(asked, name) or "" for name, _label, _hint in _SHARES},
    }
    initial |= {f"volume_{vintage}": tonnes for vintage, tonnes in (asked.volumes or {}).items()}
    return initial | {f"entity_{place}": list(entity.roles) for place, entity in enumerate(asked.entities)}


def _tonnes(label: Any, *, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=2**53 - 1,
        error_messages={"invalid": _("Give whole tonnes, in figures only.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control number", "size": "14"}),
    )


def _share(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=8,
        validators=[_PERCENT],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "6"}),
    )


def _share_reason() -> forms.CharField:
    return long_text(
        _("Why the host keeps another share than its procedure sets"),
        rows=2,
        help_text=_("Only where it does. It stands with the reasons of the decision."),
    )


def _boxes(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _written(label: Any, help_text: Any) -> forms.CharField:
    return long_text(label, help_text=help_text)
