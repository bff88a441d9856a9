# SPDX-License-Identifier: Apache-2.0
"""What was published, what was honoured, and the cases: lists, one of each, and what may be done with it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, status_of
from shanhai.insight.reports import labels
from shanhai.insight.reports.models import Case
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.recognition import selectors, services
from shanhai.insight.reports.recognition.forms import AcceptForm, CaseForm, CaseReturnForm, MentionForm
from shanhai.insight.reports.states import CaseState
from shanhai.insight.reports.values import HONOURS, TEMPLATE, MediaLevel, MentionKind
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.kernel.proofs import some_figures
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.documents.selectors import list_proofs

PUBLICITY, RECOGNITIONS, CASES = gettext_noop("宣传"), gettext_noop("批示和表彰"), gettext_noop("案例库")
BULLETINS = gettext_noop("报告")
# What a list is of: its title, its kinds, and how the keys of its figures begin.
LISTS = {
    "publicity": (PUBLICITY, (MentionKind.REPORT,), "publicity:"),
    "recognitions": (RECOGNITIONS, HONOURS, "recognition:"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def mention_list(request: Request, of: str) -> HttpResponse:
    """GET /bulletins/publicity/ and /recognitions/: what was recorded, counted; POST records another."""
    title, kinds, prefix = LISTS[of]
    asked = request.POST if request.method == "POST" else request.GET
    scope = scope_from(viewer=request.viewer, asked={"programme": asked.get("programme", "")}, at=request.at)
    context: dict[str, Any] = {"crumbs": _crumbs(Crumb(message(title))), "title": title, "of": of}
    if scope is None:
        return render(request, "bulletins/mentions.html", context)
    code = scope.programme
    save = partial(services.record_mention, programme=code)
    files = request.FILES if request.method == "POST" else None
    act = Act(partial(MentionForm, files=files, kinds=kinds), save, gettext_noop("已登记。"))
    back = f"{request.path}?programme={code}"
    forms, went = answered(request, {"form": act}, "form" if request.method == "POST" else "", lambda _: redirect(back))
    if went:
        return went
    level, text = request.GET.get("level", ""), request.GET.get("q", "")[:100]
    found = selectors.list_mentions(
        viewer=request.viewer,
        programme=code,
        kinds=kinds,
        level=MediaLevel(level) if level in set(MediaLevel) else None,
        text=text,
    )
    page = Page.of(found, request.GET.get("page", ""), 20)
    figures = some_figures(request.viewer, scope, ["mentions"])
    context |= {
        "programme": programmes.get_programme(viewer=request.viewer, code=code),
        "scope": scope,
        "page": page,
        "rows": [
            (one, labels.MENTIONS[MentionKind(one.kind)], labels.LEVELS[MediaLevel(one.level)]) for one in page.rows
        ],
        "figures": [one for key, one in figures.items() if key.startswith(prefix) and one.value is not None],
        "levels": [(one.value, word) for one, word in labels.LEVELS.items()],
        "chosen": level,
        "text": text,
        "form": forms["form"] if request.viewer.may(ReportsPermission.WRITE, programme=code) else None,
    }
    return render(request, "bulletins/mentions.html", context, status=status_of(forms["form"]))


@require_http_methods(["GET", "HEAD", "POST"])
def mention_page(request: Request, uuid: str) -> HttpResponse:
    """GET /bulletins/mentions/<uuid>/: what was recorded; POST takes it back for a reason."""
    found, may_withdraw = selectors.get_mention(viewer=request.viewer, uuid=ids.parse_id(uuid))
    of = "publicity" if found.kind == MentionKind.REPORT else "recognitions"
    act = Act(ReasonForm, partial(services.withdraw_mention, mention=found.uuid), gettext_noop("已撤回，不再计数。"))
    sent = "form" if request.method == "POST" else ""
    forms, went = answered(request, {"form": act}, sent, lambda _: redirect("bulletins:mention", uuid=uuid))
    if went:
        return went
    back = f"{reverse(f'bulletins:{of}')}?programme={found.programme.code}"
    context = {
        "crumbs": _crumbs(Crumb(message(LISTS[of][0]), back), Crumb(found.title)),
        "mention": found,
        "kind": labels.MENTIONS[MentionKind(found.kind)],
        "proofs": list_proofs(viewer=request.viewer, subject_type=found.subject_type, subject_id=found.uuid),
        "level": labels.LEVELS[MediaLevel(found.level)],
        "form": forms["form"] if may_withdraw or sent else None,
    }
    return render(request, "bulletins/mention.html", context, status=status_of(forms["form"]))


@require_safe
def case_list(request: Request) -> HttpResponse:
    """GET /bulletins/cases/: the cases of a programme."""
    return _cases(request, request.GET.get("programme", ""), {})


@require_http_methods(["POST"])
def case_start(request: Request) -> HttpResponse:
    """POST /bulletins/cases/start: write another case."""
    code = request.POST.get("programme", "")
    forms, went = answered(request, {"form": _writing(code)}, "form", lambda made: _to(made))
    return went or _cases(request, code, forms)


@require_http_methods(["GET", "HEAD", "POST"])
def case_page(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET /bulletins/cases/<uuid>/: a case; POST /<act> below it: written, submitted, returned, accepted, revised."""
    key, sent = ids.parse_id(uuid), act if request.method == "POST" else ""
    found, moves, names, offered = selectors.get_case(viewer=request.viewer, uuid=key)
    known = {
        "write": _writing(found.programme.code, found),
        "submit": Act(SavingForm, partial(services.submit_case, case=key), gettext_noop("已送审。")),
        "accept": Act(AcceptForm, partial(services.accept_case, case=key), gettext_noop("已入库。")),
        "return": Act(
            CaseReturnForm, partial(services.return_case, case=key), gettext_noop("已退回，起草人会看到您的意见。")
        ),
        "revise": Act(
            SavingForm, partial(services.revise_case, case=key), gettext_noop("新的一版已经建好；原来的一版仍然留着。")
        ),
    }
    acts = {name: one for name, one in known.items() if name in offered or name == sent}
    forms, went = answered(request, acts, sent, _to)
    if went:
        return went
    homeless = forms.pop(sent) if sent and sent not in offered else None
    back = f"{reverse('bulletins:cases')}?programme={found.programme.code}"
    context = {
        "crumbs": _crumbs(Crumb(message(CASES), back), Crumb(found.title)),
        "case": found,
        "texts": [(words, getattr(found, name)) for name, words in TEMPLATE.items()],
        "moves": [(one, *labels.CASE_STATES[CaseState(one.new)], names.get(one.by, one.by)) for one in moves],
        "writer": names.get(found.written_by, ""),
        "acts": forms,
        "homeless": homeless,
    }
    return render(request, "bulletins/case.html", context, status=status_of(*forms.values(), homeless))


def _writing(programme: str, case: Case | None = None) -> Act:
    initial = {name: getattr(case, name) for name in ("title", *TEMPLATE)} if case else {}
    save = partial(services.write_case, programme=programme, case=case.uuid if case else None)
    return Act(partial(CaseForm, initial=initial), save, gettext_noop("案例已保存。"))


def _to(made: Case) -> HttpResponse:
    return redirect("bulletins:case", uuid=made.uuid)


def _cases(request: Request, code: str, forms: dict[str, Any]) -> HttpResponse:
    scope = scope_from(viewer=request.viewer, asked={"programme": code}, at=request.at)
    context: dict[str, Any] = {"crumbs": _crumbs(Crumb(message(CASES)))}
    if scope is not None:
        text = request.GET.get("q", "")[:100]
        found = selectors.list_cases(viewer=request.viewer, programme=scope.programme, text=text)
        page = Page.of(found, request.GET.get("page", ""), 20)
        may_write = request.viewer.may(ReportsPermission.WRITE, programme=scope.programme)
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "page": page,
            "rows": [(one, *one.status) for one in page.rows],
            "text": text,
            "form": (forms.get("form") or CaseForm()) if may_write else None,
        }
    return render(request, "bulletins/cases.html", context, status=status_of(*forms.values()))


def _crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return TODAY, Crumb(message(BULLETINS), reverse("bulletins:list")), *more
