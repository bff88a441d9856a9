# SPDX-License-Identifier: Apache-2.0
"""How a page answers its forms: saved, or shown again with what was typed, the files, and all that is wrong at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.forms.boundfield import BoundField
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.database.services import not_giving_way
from shanhai.base.formats import say
from shanhai.base.held import held, hold
from shanhai.kernel.corrections import plain
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop

if TYPE_CHECKING:
    from django.http import HttpResponse

    from shanhai.base.accounts.selectors import Request

# The field with which a form is sent again only to be shown in another language.
LANGUAGE = "set_language"
TICKET = "held-"


class SavingForm(forms.Form):
    """A form whose fields' ids begin with its name, so that several stand on one page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s", **kwargs})


class ReasonForm(SavingForm):
    """Why something is done."""

    because = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class FoldingForm(forms.Form):
    """Filters of which some, those of ``FURTHER``, wait folded until one of them is asked for."""

    FURTHER: ClassVar[tuple[str, ...]] = ()

    @property
    def asks_further(self) -> bool:
        """Whether one of the folded filters is set."""
        return any(self.data.get(name) for name in self.FURTHER)


class SeenField(forms.JSONField):
    """What stood when a form was shown, sent along unseen; what nobody can read is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "widget": forms.HiddenInput, **kwargs})

    def to_python(self, value: Any) -> Any:
        """What was sent. Raises ValidationError."""
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            # Django knows only of what is no JSON: not of what is too deep, or a number of thousands of digits.
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What is sent again."""
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class CorrectingForm(SavingForm):
    """A form that corrects what stands; it brings along what stood when it was shown, for ``kernel.corrections``."""

    seen = SeenField()

    def __init__(self, *args: Any, stood: Mapping[str, object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stood = {field: plain(value) for field, value in stood.items()}
        self.fields["seen"].initial = self.stood

    def clean_seen(self) -> Mapping[str, object]:
        """What was shown; of what was tampered with nothing."""
        seen = self.cleaned_data["seen"]
        return seen if isinstance(seen, dict) else {}

    def see_again(self) -> None:
        """Show what stands now, so that who was told what somebody else wrote can decide."""
        self.data = {**dict(self.data.items()), "seen": json.dumps(self.stood)}


class AnsweringForm(forms.Form):
    """A form with fields that answer a refusal: each is drawn once the service has refused with its code, or filled."""

    ANSWERS: ClassVar[Mapping[str, str]]

    def __iter__(self) -> Iterator[BoundField]:
        """The fields to draw; the others are read all the same."""
        for field in super().__iter__():
            code = self.ANSWERS.get(field.name)
            if code is None or self.data.get(field.name) or any(self.has_error(name, code) for name in self.errors):
                yield field


def saved(request: Request, form: forms.Form, save: Callable[[Mapping[str, Any]], object]) -> Any:
    """What ``save`` made of what was sent; None where that is not valid or was refused, which the form then says.

    A refused form keeps its files (``base.held``), and a change of the language on its page sends it again, when
    nothing is saved whatever it holds. NotVisible and NotAllowed go on to the page that says so.
    """
    tickets = _bring_back(request, form)
    speaks = LANGUAGE in request.POST
    # A file would stay on the disk whatever is rolled back.
    if form.is_valid() and not (speaks and form.files):
        try:
            if not speaks:
                return not_giving_way(lambda: save(form.cleaned_data))
            with transaction.atomic():
                save(form.cleaned_data)
                transaction.set_rollback(True)
        except (BadInput, Conflict, Refused) as error:
            tell(form, error)
    if speaks and not form.errors:
        messages.info(request, gettext("换了语言。您填的内容还在，还没有保存。"))
    keep(request, form, tickets)
    if isinstance(form, CorrectingForm):
        form.see_again()
    return None


def status_of(*shown: forms.Form | None) -> int:
    """Of a page that shows these forms: 422 where one was not saved, 409 where somebody else was first."""
    refusals = [getattr(form, "refusal", 422) for form in shown if form is not None and form.errors]
    return max(refusals, default=200) if 409 not in refusals else 409


def tell(form: forms.Form, error: DomainError) -> None:
    """Say a refusal in the form: each of its faults beside the field it is about, where the form has that field.

    ``TOLD_AS`` of a form says which of its fields a service is told under another name, "*" for all that it has not.
    """
    form.refusal, form.told = error.status, error  # type: ignore[attr-defined]
    told: Mapping[str, str] = getattr(form, "TOLD_AS", {})
    for one in (error, *error.others):
        name = told.get(one.field) or (one.field if one.field in form.fields else told.get("*", ""))
        form.add_error(name if name in form.fields else None, refused(one))


def refused(error: DomainError) -> forms.ValidationError:
    """The sentence of a refusal, with its code, as a form says it."""
    return forms.ValidationError(say(error.message), code=error.code)


def keep(request: Request, form: forms.Form, tickets: Mapping[str, str]) -> None:
    """Hold the files of a form that is shown again, and have the page send it again when its language changes."""
    sent = {name: values for name, values in request.POST.lists() if name not in ("csrfmiddlewaretoken", LANGUAGE)}
    for name, file in form.files.items():
        if name not in form.fields or name in form.errors or isinstance(file, list):
            continue
        ticket = tickets.get(name) or hold(file, by=request.viewer, at=request.at)
        if ticket:
            # What is there already is not asked for again; the component shows it with its ticket. The bound field has
            # read the form's initial values already, while it was validated.
            form[name].initial = file.name
            form.fields[name].held = (TICKET + name, ticket, str(file.name))  # type: ignore[attr-defined]
            sent[TICKET + name] = [ticket]
    request.again = [(name, str(value)) for name, values in sent.items() for value in values]


def _bring_back(request: Request, form: forms.Form) -> dict[str, str]:
    """Give the form the held files whose tickets came along, unless another was chosen; the tickets by field."""
    tickets = {}
    for name, field in form.fields.items():
        ticket = request.POST.get(TICKET + name, "") if isinstance(field, forms.FileField) else ""
        if ticket and name not in request.FILES and (file := held(ticket, by=request.viewer, at=request.at)):
            request.FILES[name] = file
            tickets[name] = ticket
    if tickets:
        form.files = request.FILES
    return tickets


@dataclass(frozen=True, slots=True)
class Act:
    """One of the forms of a page: made of what was sent or of None, saved by a service, and what is said then.

    ``said`` names fields of the form and words of the page.
    """

    form: Callable[[Any], forms.Form]
    save: Callable[..., object]
    said: str = ""


def answered(
    request: Request, acts: Mapping[str, Act], sent: str, then: Callable[[Any], HttpResponse], **words: object
) -> tuple[dict[str, Any], HttpResponse | None]:
    """The forms of a page by name, the ``sent`` one as it was filled; and where that leads ``then``, once it is saved.

    ``then`` is asked with what was saved. Raises NotVisible for a form that is none of theirs, and as ``saved`` does.
    """
    data = request.POST if request.method == "POST" else None
    if data is not None and sent not in acts:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    drawn = {name: act.form(data if name == sent else None) for name, act in acts.items()}
    if data is None:
        return drawn, None
    act, form = acts[sent], drawn[sent]
    made = saved(request, form, lambda given: act.save(by=request.viewer, at=request.at, **given))
    if made is None:
        return drawn, None
    if act.said:
        messages.success(request, gettext(act.said) % {**words, **form.cleaned_data})
    return drawn, then(made)


def offered(drawn: Mapping[str, Any], names: Collection[str], sent: str) -> tuple[dict[str, Any], Any]:
    """Of the forms of a page those that it offers; and the ``sent`` one where it is none of them, or None.

    An act that is offered no more is asked of its service all the same, which says why not: components/refused.html.
    """
    return {name: drawn[name] for name in drawn if name in names}, drawn[sent] if sent and sent not in names else None


def told_once(
    request: Request, acts: Mapping[str, Act], sent: str, *, giving: str, to: Callable[[], HttpResponse]
) -> tuple[dict[str, Any], HttpResponse | None, str]:
    """As ``answered``, for a page with one act, ``giving``, that answers a secret: the page itself tells it this once.

    The third is that secret, or "". Its form is drawn empty then: filled, it would invite to give another.
    """
    given: list[str] = []

    def then(made: Any) -> HttpResponse:
        if sent == giving:
            given.append(made)
        return to()

    drawn, went = answered(request, acts, sent, then)
    return ({**drawn, giving: acts[giving].form(None)}, None, given[0]) if given else (drawn, went, "")
