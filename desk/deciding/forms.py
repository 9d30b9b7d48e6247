"""What the deciding office writes: the terms it grants, conditions, and reasons."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.names import country_name, party_name
from authorisation.terms import EntityTerms, Terms
from desk.act_forms import ONE_PER_LINE, ActForm, DayInput, lines, long_text

_USES = {
    "NDC": _("towards nationally determined contributions (NDC)"),
    "IMP": _("for international mitigation purposes (IMP)"),
    "OP": _("for other purposes (OP)"),
}
_PERCENT = RegexValidator(
    r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?$", _("Give a percentage such as 5 or 2.5, between 0 and 100.")
)


class DecisionForm(ActForm):
    """What every decision can say."""

    def terms(self, asked: Terms) -> Terms | None:
        """The terms that this decision grants; None where it grants nothing."""
        return None

    def conditions(self) -> list[str]:
        """The conditions written, one by one."""
        return lines(self.cleaned_data.get("conditions", ""))

    def reasons(self) -> list[str]:
        """The reasons written, one by one."""
        return lines(self.cleaned_data.get("reasons", ""))


class ApproveForm(DecisionForm):
    """Approving all that was asked for, perhaps under conditions."""

    step = "approve"

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["conditions"] = long_text(
            _("Conditions, besides those of the request"), rows=3, help_text=ONE_PER_LINE
        )
        self.dress()

    def terms(self, asked: Terms) -> Terms | None:
        return asked


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

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["reasons"] = _written(_("What is to be reviewed again, and why"), "")
        self.dress()


class ApproveInPartForm(DecisionForm):
    """The terms granted, item by item, beginning with all that was asked for."""

    step = "approve_in_part"

    def __init__(self, data: Any = None, *, asked: Terms, language: str, **options: Any) -> None:
        self.asked = asked
        options["initial"] = {**_as_asked(asked), **options.get("initial", {})}
        super().__init__(data, **options)
        added: dict[str, forms.Field] = {}
        for vintage in sorted(asked.volumes or {}):
            added[f"volume_{vintage}"] = _tonnes(str(vintage))
        added["total"] = _tonnes(_("Ceiling over all vintages together"))
        added["uses"] = _boxes(_("Uses"), [(use, _USES.get(use, use)) for use in asked.uses])
        added["imp"] = _boxes(_("International mitigation purposes"), [(name, name) for name in asked.imp])
        added["parties"] = _boxes(
            _("Parties"), [(code, party_name(code, language)) for code in asked.parties]
        )
        for place, entity in enumerate(asked.entities):
            where = f" ({country_name(entity.country, language)})" if entity.country else ""
            added[f"entity_{place}"] = _boxes(
                f"{entity.name}{where}", [(role, role) for role in entity.roles]
            )
        for name, label in _DAYS:
            added[name] = forms.DateField(label=label, required=False, widget=DayInput())
        for name, label, hint in _SHARES:
            added[name] = forms.CharField(
                label=label,
                help_text=hint,
                required=False,
                max_length=8,
                validators=[_PERCENT],
                widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "6"}),
            )
        added["conditions"] = long_text(
            _("Conditions, besides those of the request"), rows=3, help_text=ONE_PER_LINE
        )
        added["reasons"] = _written(
            _("Reasons why less is granted"), _("One per line. They stand in the letter.")
        )
        self.fields.update(added)
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
        return [self[name] for name, _label, _hint in _SHARES]

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
            }
        )

    def _entities(self, asked: Sequence[EntityTerms]) -> Iterator[EntityTerms]:
        for place, entity in enumerate(asked):
            kept = self.cleaned_data[f"entity_{place}"]
            roles = tuple(role for role in entity.roles if role in kept)
            if roles:
                yield entity.model_copy(update={"roles": roles})


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


def _tonnes(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=2**53 - 1,
        error_messages={"invalid": _("Give whole tonnes, in figures only.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control number", "size": "14"}),
    )


def _boxes(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _written(label: Any, help_text: Any) -> forms.CharField:
    return long_text(label, help_text=help_text)
