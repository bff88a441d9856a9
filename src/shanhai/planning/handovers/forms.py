# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of hand-overs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import ReasonForm, SavingForm
from shanhai.planning.handovers import labels
from shanhai.planning.handovers.services import MOST_RECEIVER
from shanhai.planning.handovers.values import Responsible, ResponsibleKind
from shanhai.registers.tables.forms import DayField, offer

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Batch


class OpenForm(forms.Form):
    """Which batch leaves, and when."""

    batch = forms.ChoiceField(label=_("批次"))
    due_on = DayField(
        label=_("离任日期"),
        help_text=_("到这一天应当办完的事都会列进清单。"),
    )

    def __init__(self, *args: Any, batches: Sequence[Batch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "batch", [(str(one.uuid), _batch_words(one)) for one in batches])


class PaperForm(SavingForm):
    """A file that is kept with the hand-over."""

    file = forms.FileField(label=_("文件"), help_text=_("签好的交接清单等：PDF、图片、Word 或表格。"))


class WaiveForm(ReasonForm):
    """Why chosen items may be left undone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].label = gettext("为什么可以不办就离任，交给谁接着办")


class ReceiverForm(SavingForm):
    """Who takes chosen items over; nobody takes the word back."""

    receiver = forms.CharField(label=_("接收人（岗位、组或姓名）"), required=False, max_length=MOST_RECEIVER)


class FilterForm(forms.Form):
    """The filters above the items. What cannot be understood filters nothing."""

    state = forms.ChoiceField(label=_("状态"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False)
    who = forms.CharField(required=False, max_length=250, widget=forms.HiddenInput)

    def __init__(self, asked: Mapping[str, str]) -> None:
        super().__init__(asked)
        choices = {
            "state": [(state.value, gettext(words)) for state, (_status, words) in labels.ITEM_STATES.items()],
            "kind": [(kind.value, gettext(words)) for kind, words in labels.KINDS.items()],
        }
        for name, known in choices.items():
            offer(self, name, [("", gettext("全部")), *known])

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        known = {name: self.cleaned_data[name] for name in ("state", "kind") if self.cleaned_data.get(name)}
        return {**known, "responsible": responsible_from(self.cleaned_data.get("who", ""))}


def responsible_from(text: str) -> Responsible | None:
    """Who ``text`` of an address means ("group:产业组", "office:"), or None."""
    kind, colon, name = text.replace("\x00", "").partition(":")
    known = {one.value for one in ResponsibleKind}
    return Responsible(ResponsibleKind(kind), name) if colon and kind in known else None


def as_asked(responsible: Responsible) -> str:
    """The same the other way round."""
    return f"{responsible.kind.value}:{responsible.name}"


def _batch_words(batch: Batch) -> str:
    return gettext("第 %(number)s 批（%(starts_on)s 至 %(ends_on)s）") % {
        "number": batch.number,
        "starts_on": batch.starts_on.isoformat(),
        "ends_on": batch.ends_on.isoformat(),
    }
