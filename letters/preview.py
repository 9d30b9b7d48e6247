"""A letter as it would be drawn, shown before anybody decides: no number is taken and nothing is kept."""

from copy import copy
from datetime import date

from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from authorisation.models import Case, Decision
from letters.drafting import compose, draft

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
    context = {
        "content": content,
        "kind": drawn.kind,
        "crest": False,
        "created": on.isoformat(),
        "preview": stylesheet,
        "language": drawn.language,
    }
    with translation.override(drawn.language):
        direction = "rtl" if translation.get_language_bidi() else "ltr"
        return get_template(drawn.kind.template).render({**context, "direction": direction})


def styles() -> str:
    """The look of the letter on a screen: that of the letter, and what says that it is none."""
    return "\n".join(get_template(name).render({}) for name in ("letters/letter.css", "letters/preview.css"))
