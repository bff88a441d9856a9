# SPDX-License-Identifier: Apache-2.0
"""What moving money would do to the two 80 % shares. Everything stands in the address; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import DomainError
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.units import WAN_YUAN, YUAN
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.labels import LEVELS
from shanhai.planning.projects.shares.selectors import what_if as shares
from shanhai.planning.projects.states import Level
from shanhai.registers.tables.forms import read_amount

CRUMBS = (
    TODAY,
    Crumb(message(gettext_noop("资金")), "/funds/"),
    Crumb(message(gettext_noop("调一调看"))),
)
UNITS = {"wan_yuan": WAN_YUAN, "yuan": YUAN}
NEW = "new"


class WhatIfForm(forms.Form):
    """From which line, to which one or to a new one with which tags, and how much."""

    source = forms.ChoiceField(label=_("从哪一笔转出"))
    target = forms.ChoiceField(label=_("转到哪一笔"))
    percent = forms.IntegerField(label=_("新安排的民生比例（%）"), min_value=0, max_value=100, initial=0)
    level = forms.ChoiceField(label=_("新安排的受益层级"), choices=[(one.value, name) for one, name in LEVELS.items()])
    amount = forms.CharField(label=_("金额"), max_length=30, help_text=_("例如 312.5；也可以写 312.5万元。"))
    unit = forms.ChoiceField(label=_("单位"), choices=[("wan_yuan", _("万元")), ("yuan", _("元"))])

    def __init__(self, *args: Any, lines: Sequence[shares.MovableLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(line.uuid), _words(line)) for line in lines]
        for name, first in (("source", []), ("target", [(NEW, gettext("一笔新的安排"))])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*first, *choices]
        for name in ("percent", "level"):
            self.fields[name].required = self.data.get("target") == NEW

    def clean_amount(self) -> Money:
        """The amount in its unit."""
        return read_amount(self.cleaned_data["amount"], UNITS.get(self.data.get("unit", ""), YUAN))


@require_safe
def what_if(request: Request) -> HttpResponse:
    """GET /funds/what-if/: head-room as it is; with a line and an amount, both shares before and after."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "portal/what_if.html", {"crumbs": CRUMBS})
    if not shares.may_ask(viewer=request.viewer, programme=scope.programme):
        request.viewer.require(ProgrammePermission.MANAGE, programme=scope.programme)
    text = request.GET.get("text", "").replace("\x00", "")[:100]
    count, lines = shares.list_movable(
        viewer=request.viewer, programme=scope.programme, place=scope.place, year=scope.year, text=text
    )
    asked = "source" in request.GET
    form = WhatIfForm(request.GET if asked else None, lines=lines)
    found = _found(request, scope, form) if asked and form.is_valid() else None
    context = {
        "crumbs": (CRUMBS[0], Crumb(CRUMBS[1].label, f"{reverse('funds')}?programme={scope.programme}"), CRUMBS[2]),
        "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
        "scope": scope,
        "years": [one.year for one in plans.list_yearly_plans(viewer=request.viewer, programme=scope.programme)],
        "text": text,
        "count": count,
        "lines": lines,
        "form": form,
        "found": found,
        "rooms": () if found else shares.head_rooms(**_of(request, scope)),
    }
    return render(request, "portal/what_if.html", context)


def _found(request: Request, scope: FigureScope, form: WhatIfForm) -> shares.WhatIf | None:
    given = form.cleaned_data
    target = (
        shares.new_line(livelihood_percent=given["percent"], beneficiary_level=Level(given["level"]))
        if given["target"] == NEW
        else ids.parse_id(given["target"])
    )
    try:
        return shares.what_if(
            **_of(request, scope), fen=given["amount"].fen, source=ids.parse_id(given["source"]), target=target
        )
    except DomainError as error:
        form.add_error("amount", formats.say(error.message))
        return None


def _of(request: Request, scope: FigureScope) -> dict[str, Any]:
    return {
        "viewer": request.viewer,
        "programme": scope.programme,
        "as_of": scope.as_of,
        "place": scope.place,
        "year": scope.year,
    }


def _words(line: shares.MovableLine) -> str:
    amount = formats.money(line.amount)
    return f"{line.code} {line.name} · {line.year} · {line.fund_source} · {amount}"
