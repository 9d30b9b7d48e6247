"""One form, one use-case, one page: asks, carries out, and says what was done or why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from workflow.refusals import Reason, Refused, Words


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """What stands around the form. `back` is where one came from, and goes to afterwards."""

    title: Words
    button: Words
    back: str
    back_label: Words
    lead: Sequence[Words] = ()


def one_form(
    request: HttpRequest,
    form: forms.Form,
    page: FormPage,
    carry_out: Callable[[dict[str, Any]], Words | HttpResponse],
) -> HttpResponse:
    """The page. What was sent is kept where the use-case refuses; every reason stands above the form.

    `carry_out` says what was done, or shows it on a page of its own.
    """
    if request.method == "POST" and form.is_valid():
        try:
            done = carry_out(form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, ValidationError(refusal.messages))
        except Refused as refusal:
            form.add_error(None, ValidationError([_sentences(reason) for reason in refusal.reasons]))
        else:
            if isinstance(done, HttpResponse):
                return done
            messages.success(request, str(done))
            return redirect(page.back)
    status = 422 if form.errors else 200
    return render(request, "desk/form_page.html", {"form": form, "page": page}, status=status)


def sent(request: HttpRequest) -> Any:
    """What was posted, or None: a form without fields is else never bound."""
    return request.POST if request.method == "POST" else None


def _sentences(reason: Reason) -> str:
    return f"{reason} {reason.mend_text}".strip()
