"""How a field of a form is written: with the look of the pages, and nothing in its place but itself."""

from django import forms, template
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString

register = template.Library()

_LOOKS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
)


@register.filter
def control(field: forms.BoundField) -> SafeString:
    """The control of a field. A text inside it that goes away when one types is no label, and is left out."""
    widget = field.field.widget
    widget.attrs.pop("placeholder", None)
    look = next((name for kind, name in _LOOKS if isinstance(widget, kind)), "form-control")
    return field.as_widget(attrs={"class": f"{look} is-wrong" if field.errors else look})


@register.filter
def choices(field: forms.BoundField) -> list[BoundWidget]:
    """What one of several is chosen from, or some: each with its own control and label."""
    field.field.widget.attrs["class"] = "form-check-input"
    return list(field.subwidgets)


@register.filter
def is_checkbox(field: forms.BoundField) -> bool:
    """Whether the field is a single box to tick."""
    return isinstance(field.field.widget, forms.CheckboxInput)
