"""A letter as it would be drawn, shown before anybody decides: no number is taken and nothing is kept."""

from copy import copy
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from authorisation.models import Case, Decision
from letters.drafting import compose, draft
from letters.fonts import undrawable
from letters.rendering import context_of

CODE = "PREVIEW"


class CannotPreview(ValueError):
    """The letter cannot be drawn up as things stand; the sentences say why."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(sentences))


def preview(case: Case, kind_code: str, *, decision: Decision, on: date, stylesheet: str) -> str:
    """The HTML of the letter that this decision would draw, in the letter's language.

    `decision` is not stored; `stylesheet` is the address of its look (`STYLES`). Raises Refused where a
    signing office is empty, and CannotPreview where the letter cannot say what it must.
    """
    shown = copy(case)
    drawn = draft(shown, kind_code, on=on, decision=decision)
    with translation.override(drawn.language):
        shown.identifier = case.identifier or _("given on approval")
        number = _("given on approval")
    try:
        content = compose(drawn, number=number, code=CODE)
    except ValidationError as error:
        raise CannotPreview(
            [f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()]
        ) from error
    context: dict[str, Any] = {**context_of(content), "preview": stylesheet, "language": drawn.language}
    # A browser keeps directions apart by itself.
    context["content"] = content
    with translation.override(drawn.language):
        direction = "rtl" if translation.get_language_bidi() else "ltr"
        template = get_template(drawn.kind.template)
        shown_as = template.render({**context, "direction": direction})
        if signs := undrawable(shown_as, settings.LETTER_FONT_DIR):
            # Said before anybody decides or signs; the letter itself would only fail.
            said = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs[:10])
            shown_as = template.render({**context, "direction": direction, "undrawable": said})
        return shown_as


def styles() -> str:
    """The look of the letter on a screen: that of the letter, and what says that it is none."""
    return "\n".join(get_template(name).render({}) for name in ("letters/letter.css", "letters/preview.css"))
