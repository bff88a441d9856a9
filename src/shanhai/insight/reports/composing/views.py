# SPDX-License-Identifier: Apache-2.0
"""The bulletins of a programme, one to read, one to write, its figures, and its way through the hands."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, saved, status_of
from shanhai.insight.reports import labels
from shanhai.insight.reports.composing.forms import BulletinForm, FreezeForm, OpinionForm, ReturnForm, StartForm
from shanhai.insight.reports.composing.rules.kinds import OPENING, SECTIONS
from shanhai.insight.reports.composing.selectors import bulletins
from shanhai.insight.reports.composing.selectors.docx import docx_of
from shanhai.insight.reports.composing.selectors.pdf import pdf_of
from shanhai.insight.reports.composing.selectors.xlsx import write_xlsx
from shanhai.insight.reports.composing.services import signing, writing
from shanhai.insight.reports.composing.services.writing import Said
from shanhai.insight.reports.models import Bulletin
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.values import Block, BulletinKind, Content
from shanhai.kernel import clock, ids
from shanhai.kernel.figures import Figure
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Evidence, Page, Proof
from shanhai.kernel.proofs import proof_address
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE

BULLETINS = gettext_noop("报告")
SHOWN_FIRST = 6
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": CONTENT_TYPE,
}
# The steps of a bulletin by their names in the address: what is typed, the service, what is said then.
ACTS: dict[str, tuple[Callable[..., Form], Callable[..., Bulletin], str]] = {
    "take": (SavingForm, writing.take_figures, gettext_noop("已按现在的账重新取数。")),
    "submit": (SavingForm, signing.submit_bulletin, gettext_noop("已送审，数字是刚刚取的。")),
    "drop": (ReasonForm, writing.drop_bulletin, gettext_noop("这份报告不再写了。")),
    "check": (OpinionForm, signing.check_bulletin, gettext_noop("已审核，等审签。")),
    "approve": (OpinionForm, signing.approve_bulletin, gettext_noop("已批准，等定稿。")),
    "return": (ReturnForm, signing.return_bulletin, gettext_noop("已退回，起草人会看到您的意见。")),
    "freeze": (FreezeForm, signing.freeze_bulletin, gettext_noop("已定稿。正文和数字从此不再改动。")),
    "correct": (
        SavingForm,
        writing.start_correction,
        gettext_noop("新的一版已经建好，改好以后送审；原来的一版仍然留着。"),
    ),
}


@require_safe
def bulletin_list(request: Request) -> HttpResponse:
    """GET /bulletins/: the bulletins of a programme, and where the viewer may, beginning another."""
    return _list(request, request.GET)


@require_POST
def start(request: Request) -> HttpResponse:
    """POST /bulletins/start: begin a bulletin with its figures."""
    code = request.POST.get("programme", "")
    form = StartForm(request.POST, abouts=_abouts(request, code))

    def save(given: Mapping[str, Any]) -> Bulletin:
        return writing.start_bulletin(by=request.viewer, at=request.at, programme=code, **given)

    made = saved(request, form, save)
    if made is None:
        return _list(request, {"programme": code}, form)
    messages.success(request, gettext("草稿已建好，数字已经取来。请写正文。"))
    return redirect("bulletins:edit", uuid=made.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_page(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET /bulletins/<uuid>/: the document with its figures, and what may be done; POST /<act> below it: one step."""
    key, sent = ids.parse_id(uuid), act if request.method == "POST" else ""
    page = bulletins.get_bulletin(viewer=request.viewer, uuid=key)
    acts = {
        name: Act(form, partial(do, bulletin=key), said)
        for name, (form, do, said) in ACTS.items()
        if name in page.acts or name == sent
    }
    forms, went = answered(request, acts, sent, lambda made: _after(sent, made))
    if went:
        return went
    homeless = forms.pop(sent) if sent and sent not in page.acts else None
    found, figures = page.bulletin, page.taken.figures
    # The figures of the programme say nothing of one project or campaign.
    opening = OPENING if Block.TOTALS in dict(SECTIONS[BulletinKind(found.kind)]).values() else ()
    first = [(page.taken.ref_of(one), figures[one]) for one, _words in opening if one in figures]
    context = {
        "crumbs": _crumbs(found),
        "page": page,
        "bulletin": found,
        "programme": found.programme,
        "first": [one for one in first if one[1].value is not None][:SHOWN_FIRST],
        "turn": labels.TURNS[BulletinState(found.state)],
        "kind": labels.KINDS[BulletinKind(found.kind)],
        "moves": [(one, *labels.STATES[BulletinState(one.new)], page.names.get(one.by, one.by)) for one in page.moves],
        "checked": "check" in request.GET,
        "findings": bulletins.check_content(viewer=request.viewer, content=page.content)
        if "check" in request.GET
        else [],
        "acts": forms,
        "homeless": homeless,
    }
    return render(request, "bulletins/detail.html", context, status=status_of(*forms.values(), homeless))


def _after(act: str, made: Bulletin) -> HttpResponse:
    if act == "drop":
        return redirect(f"{reverse('bulletins:list')}?programme={made.programme.code}")
    return redirect("bulletins:edit" if act == "correct" else "bulletins:detail", uuid=made.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, uuid: str) -> HttpResponse:
    """GET /bulletins/<uuid>/edit: head and sections to be written; POST saves them, and with ``submit`` hands in."""
    page = bulletins.get_bulletin(viewer=request.viewer, uuid=ids.parse_id(uuid))
    found, submits = page.bulletin, "submit" in request.POST
    names = ("title", "unit", "document_number", "revision")
    form = BulletinForm(
        request.POST if request.method == "POST" else None,
        sections=[Said(one.heading, one.text, Block(one.block)) for one in page.sections],
        initial={name: getattr(found, name) for name in names},
    )

    def save(given: Mapping[str, Any]) -> Bulletin:
        asked: dict[str, Any] = {"by": request.viewer, "at": request.at, "bulletin": found.uuid}
        head = {name: given[name] for name in names}
        written = writing.save_bulletin(**asked, **head, sections=form.said())
        return signing.submit_bulletin(**asked) if submits else written

    if request.method == "POST" and saved(request, form, save):
        messages.success(request, gettext(ACTS["submit"][2]) if submits else gettext("草稿已保存。"))
        return redirect("bulletins:detail", uuid=uuid)
    if request.method != "POST" and "submit" not in page.acts:
        return redirect("bulletins:detail", uuid=uuid)
    context = {
        "crumbs": (*_crumbs(found), Crumb(message(gettext_noop("修改")))),
        "page": page,
        "bulletin": found,
        "form": form,
        "figures": _citable(page.taken.figures.values()),
    }
    return render(request, "bulletins/edit.html", context, status=status_of(form))


def _citable(figures: Iterable[Figure]) -> list[tuple[Figure, str, str]]:
    """Figures with a value, each with what is written in braces for it, and its name where that says another."""
    known = [one for one in figures if one.value is not None]
    often = Counter(str(one.label) for one in known)
    marked = [(one, str(one.label) if often[str(one.label)] == 1 else one.key) for one in known]
    return [(one, marker, "" if say(one.label) == marker else say(one.label)) for one, marker in marked]


@require_safe
def figure(request: Request, uuid: str, ref: str) -> HttpResponse:
    """GET /bulletins/<uuid>/figures/<ref>/: one figure of a bulletin, as it is kept, with the rows behind it."""
    found = bulletins.get_figure(viewer=request.viewer, uuid=ids.parse_id(uuid), ref=ref)
    evidence = tuple(
        Evidence(part, page, Page(page.rows, len(page.rows), size=max(len(page.rows), 1), parameter=f"{part}_page"))
        for part, page in found.pages.items()
    )
    cut = [(page.title, len(page.rows), page.count) for page in found.pages.values() if page.count > len(page.rows)]
    of_registry = found.figure.key if ref.isdigit() else ""
    context = {
        "crumbs": (*_crumbs(found.bulletin), Crumb(found.figure.label)),
        "bulletin": found.bulletin,
        "found": found,
        "proof": Proof(found.figure, (found.bulletin.title,), evidence),
        "cut": cut,
        "live": of_registry and f"{reverse('proof')}?{proof_address(found.bulletin.scope, of_registry)}",
    }
    return render(request, "bulletins/figure.html", context)


@require_safe
def today(request: Request, uuid: str) -> HttpResponse:
    """GET /bulletins/<uuid>/today, asked once the page is open: figures that are others today as of the same day."""
    others = bulletins.list_differing(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return render(request, "bulletins/_today.html", {"others": others, "uuid": uuid})


@require_safe
def download(request: Request, uuid: str, kind: str) -> HttpResponse:
    """GET /bulletins/<uuid>.docx, .pdf and .xlsx: the document."""
    page = bulletins.get_bulletin(viewer=request.viewer, uuid=ids.parse_id(uuid))
    made = _made(page.content, kind, request)
    answer = HttpResponse(made, content_type=TYPES[kind])
    name = f"{page.bulletin.title}.{kind}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _made(content: Content, kind: str, request: Request) -> bytes:
    if kind == "pdf":
        return pdf_of(content=content)
    if kind == "docx":
        return docx_of(content=content, at=request.at)
    target = io.BytesIO()
    write_xlsx(content=content, target=target)
    return target.getvalue()


def _list(request: Request, asked: Mapping[str, str], form: StartForm | None = None) -> HttpResponse:
    scope = scope_from(viewer=request.viewer, asked=asked, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, Crumb(message(BULLETINS)))}
    if scope is not None:
        code, kind = scope.programme, request.GET.get("kind", "")
        found = bulletins.list_bulletins(
            viewer=request.viewer,
            programme=code,
            kind=BulletinKind(kind) if kind in set(BulletinKind) else None,
            text=request.GET.get("q", "")[:100],
        )
        page = Page.of(found, request.GET.get("page", ""), 20)
        may_write = request.viewer.may(ReportsPermission.WRITE, programme=code)
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=code),
            "page": page,
            "rows": [(one, *one.status, labels.KINDS[BulletinKind(one.kind)]) for one in page.rows],
            "kinds": [(one.value, word) for one, word in labels.KINDS.items()],
            "chosen": kind,
            "text": request.GET.get("q", ""),
            "turns": labels.TURNS,
        }
        if may_write:
            days = _usual(clock.local_date(request.at))
            context["form"] = form or StartForm(initial=days, abouts=_abouts(request, code))
    return render(request, "bulletins/list.html", context, status=status_of(form))


def _abouts(request: Request, code: str) -> list[tuple[str, str, str]]:
    return bulletins.list_abouts(viewer=request.viewer, programme=code, on=clock.local_date(request.at))


def _usual(today: date) -> dict[str, Any]:
    """Last month, as of its last day."""
    last = date.fromordinal(today.replace(day=1).toordinal() - 1)
    return {"kind": BulletinKind.MONTH.value, "year": last.year, "number": last.month, "cut_off": last}


def _crumbs(found: Bulletin) -> tuple[Crumb, ...]:
    back = f"{reverse('bulletins:list')}?programme={found.programme.code}"
    return TODAY, Crumb(message(BULLETINS), back), Crumb(found.title, reverse("bulletins:detail", args=[found.uuid]))
