# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of warnings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.formats import say
from shanhai.planning.warnings.labels import ACTIONS, SEVERITIES, STATES
from shanhai.planning.warnings.rules.catalogue import CATALOGUE
from shanhai.planning.warnings.services import MOST_WORDS
from shanhai.planning.warnings.states import Action
from shanhai.registers.tables.forms import offer

ALL = ("", _("全部"))


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    severity = forms.ChoiceField(
        label=_("程度"), required=False, choices=[ALL, *((one.value, words) for one, (_s, words) in SEVERITIES.items())]
    )
    rule = forms.ChoiceField(label=_("规则"), required=False)
    place = forms.ChoiceField(label=_("县（市）"), required=False)
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("没有关闭的")), *((one.value, words) for one, (_s, words) in STATES.items())],
    )

    def __init__(self, *args: Any, counties: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [(rule.key, say(rule.said["title"])) for rule in CATALOGUE.values()]
        for name, choices in (("rule", rules), ("place", counties)):
            offer(self, name, [ALL, *choices])

    def filters(self) -> dict[str, str]:
        """The filters that were understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ActForm(forms.Form):
    """What was done about a warning; ``seen`` is how many actions the person had seen."""

    action = forms.ChoiceField(label=_("做了什么"))
    words = forms.CharField(
        label=_("写明办了什么、打算怎么办"), max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def __init__(self, *args: Any, actions: Iterable[Action], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "action", [(action.value, ACTIONS[action]) for action in actions])
