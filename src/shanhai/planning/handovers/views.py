# SPDX-License-Identifier: Apache-2.0
"""The hand-overs of a programme, the pack of one batch, its list to sign and its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.kernel import ids
from shanhai.kernel.errors import Conflict, DomainError, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, page_number
from shanhai.planning.handovers import labels, services
from shanhai.planning.handovers.forms import FilterForm, OpenForm, PaperForm, ReceiverForm, WaiveForm, as_asked
from shanhai.planning.handovers.models import HandoverItem
from shanhai.planning.handovers.permissions import HandoverPermission
from shanhai.planning.handovers.selectors.packs import (
    Pack,
    get_pack,
    list_batches_without,
    list_handovers,
    pack_archive,
    pack_workbook,
)
from shanhai.planning.handovers.states import HandoverState, ItemState
from shanhai.planning.handovers.values import Responsible, ResponsibleKind
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.registers.documents.selectors import list_proofs
from shanhai.registers.tables.selectors.writing import CONTENT_TYPE

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Batch

SIZE = 50
HANDOVERS = gettext_noop("交接")


@require_safe
def handover_list(request: Request) -> HttpResponse:
    """GET /handovers/: the hand-overs of a programme, and where the viewer may, opening another."""
    return _list(request)


@require_POST
def open_new(request: Request) -> HttpResponse:
    """POST /handovers/open: collect what is open for a batch that leaves."""
    code = request.POST.get("programme", "")
    batches = list_batches_without(viewer=request.viewer, programme=code)
    form = OpenForm(request.POST, batches=batches)
    make = partial(services.open_handover, by=request.viewer, at=request.at, programme=code)
    opened = saved(
        request,
        form,
        lambda given: make(batch=ids.parse_id(given["batch"]), due_on=given["due_on"]),
    )
    if opened is None:
        return _list(request, programme=code, form=form)
    messages.success(request, gettext("交接清单已建好，未办的事项都在这里。"))
    return redirect("handovers:detail", uuid=opened.uuid)


@require_safe
def page(request: Request, uuid: str) -> HttpResponse:
    """GET /handovers/<uuid>/: who owes how much, and the items, fifty a page."""
    return _pack_page(request, uuid, request.GET)


def _pack_page(
    request: Request,
    uuid: str,
    asked_for: Mapping[str, str],
    refused: DomainError | None = None,
    acting: WaiveForm | ReceiverForm | None = None,
    paper: PaperForm | None = None,
) -> HttpResponse:
    form, number = FilterForm(asked_for), page_number(request.GET.get("page", ""))
    filters = form.filters()
    pack = get_pack(viewer=request.viewer, uuid=ids.parse_id(uuid), **filters, offset=(number - 1) * SIZE, limit=SIZE)
    asked = {name: asked_for[name] for name in form.fields if asked_for.get(name)}
    context = {
        "crumbs": _crumbs(pack),
        "pack": pack,
        "programme": pack.handover.programme,
        "groups": [
            (_heading(who, name), counts, f"?{urlencode({'who': as_asked(who)})}", who == filters["responsible"])
            for who, name, counts in pack.groups
        ],
        "kinds": [(labels.KINDS[kind], number) for kind, number in pack.kinds],
        "owed": _owed(pack.items),
        "ticks": pack.may_waive or (pack.may_manage and pack.handover.state == HandoverState.OPEN),
        "form": form,
        "filtered": bool(asked),
        "query": f"?{urlencode(asked)}" if asked else "",
        "page": Page(rows=pack.items, count=pack.found, number=number, size=SIZE),
        "refused": refused.message if refused else "",
        "acting": acting,
        "waiving": acting if isinstance(acting, WaiveForm) else WaiveForm(initial=request.POST.dict()),
        "receiving": acting if isinstance(acting, ReceiverForm) else ReceiverForm(initial=request.POST.dict()),
        "paper_form": paper or (PaperForm() if pack.may_manage else None),
        "proofs": list_proofs(
            viewer=request.viewer, subject_type=pack.handover.subject().type, subject_id=pack.handover.uuid
        ),
        "chosen": request.POST.getlist("item"),
    }
    return render(
        request, "handovers/detail.html", context, status=refused.status if refused else status_of(acting, paper)
    )


@require_safe
def signing_list(request: Request, uuid: str) -> HttpResponse:
    """GET /handovers/<uuid>/sign: everything that matches, on paper, with room for signatures."""
    pack = get_pack(viewer=request.viewer, uuid=ids.parse_id(uuid), **FilterForm(request.GET).filters())
    context = {"crumbs": (*_crumbs(pack), Crumb(message(gettext_noop("签字清单")))), "pack": pack}
    context |= {"programme": pack.handover.programme, "owed": _owed(pack.items)}
    return render(request, "handovers/sign.html", context)


@require_safe
def export(request: Request, uuid: str) -> HttpResponse:
    """GET /handovers/<uuid>/pack.xlsx: everything that matches, as a table."""
    filters = FilterForm(request.GET).filters()
    content = pack_workbook(viewer=request.viewer, uuid=ids.parse_id(uuid), **filters)
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="handover.xlsx"'
    return answer


@require_safe
def archive(request: Request, uuid: str) -> FileResponse:
    """GET /handovers/<uuid>/pack.zip: everything that matches, with the papers themselves."""
    filters = FilterForm(request.GET).filters()
    packed = pack_archive(viewer=request.viewer, uuid=ids.parse_id(uuid), **filters)
    return FileResponse(packed, as_attachment=True, filename="handover.zip", content_type="application/zip")


@require_POST
def refresh_now(request: Request, uuid: str) -> HttpResponse:
    """POST /handovers/<uuid>/refresh, asked once the page is open: what it is now, where that has changed."""
    changed = services.keep_fresh(by=request.viewer, at=request.at, handover=ids.parse_id(uuid))
    return _pack_page(request, uuid, request.GET) if changed else HttpResponse(status=204)


@require_POST
def act_on_items(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /handovers/<uuid>/waive and /receiver: let the chosen items go and say why, or say who takes them over."""
    items = {ids.parse_id(one) for one in request.POST.getlist("item")}
    take: Callable[..., int] = services.waive_together
    form: WaiveForm | ReceiverForm = WaiveForm(request.POST)
    said = gettext("已放行 %(count)s 项。理由会一直留在这里。")
    if act != "waive":
        take, form = partial(services.name_receiver, handover=ids.parse_id(uuid)), ReceiverForm(request.POST)
        said = gettext("已记下 %(count)s 项的接收人。")
    count = saved(request, form, lambda given: take(by=request.viewer, at=request.at, items=items, **given))
    if count is None:
        return _pack_page(request, uuid, {"state": ItemState.OPEN.value}, acting=form)
    messages.success(request, said % {"count": count})
    # What is left to do, not the page of what is done.
    return redirect(f"{reverse('handovers:detail', args=[uuid])}?state={ItemState.OPEN.value}")


@require_POST
def add_paper(request: Request, uuid: str) -> HttpResponse:
    """POST /handovers/<uuid>/papers: one file that is kept with the hand-over and comes with its pack."""
    form, handover = PaperForm(request.POST, request.FILES), ids.parse_id(uuid)
    save = partial(services.add_paper, by=request.viewer, at=request.at, handover=handover)
    if not saved(request, form, lambda given: save(file=given["file"])):
        return _pack_page(request, uuid, request.GET, paper=form)
    messages.success(request, gettext("已存下“%(name)s”。") % {"name": form.cleaned_data["file"].name})
    return redirect("handovers:detail", uuid=uuid)


@require_POST
def release_batch(request: Request, uuid: str) -> HttpResponse:
    """POST /handovers/<uuid>/release: let the batch leave; where something holds it back, the page with what does."""
    try:
        services.release(by=request.viewer, at=request.at, handover=ids.parse_id(uuid))
    except (Refused, Conflict) as error:
        return _pack_page(request, uuid, {"state": ItemState.OPEN.value}, error)
    messages.success(request, gettext("已准予离任。清单从此不再变动。"))
    return redirect("handovers:detail", uuid=uuid)


def _list(request: Request, *, programme: str = "", form: OpenForm | None = None) -> HttpResponse:
    asked = {"programme": programme} if programme else request.GET
    scope = scope_from(viewer=request.viewer, asked=asked, at=request.at)
    context: dict[str, Any] = {"crumbs": (TODAY, Crumb(message(HANDOVERS)))}
    if scope is not None:
        context |= {
            "programme": programmes.get_programme(viewer=request.viewer, code=scope.programme),
            "rows": list_handovers(viewer=request.viewer, programme=scope.programme),
        }
        if request.viewer.may(HandoverPermission.MANAGE, programme=scope.programme):
            batches = list_batches_without(viewer=request.viewer, programme=scope.programme)
            context["form"] = form or (
                OpenForm(initial=_leaving(batches, scope.as_of), batches=batches) if batches else None
            )
            context["may_manage"] = True
    return render(request, "handovers/list.html", context, status=status_of(form))


def _leaving(batches: Sequence[Batch], today: date) -> dict[str, Any]:
    """The batch that is here now, or else the last one, with its last day."""
    here = next((one for one in batches if one.starts_on <= today <= one.ends_on), batches[-1])
    return {"batch": str(here.uuid), "due_on": here.ends_on}


def _crumbs(pack: Pack) -> tuple[Crumb, ...]:
    name = message(gettext_noop("第 %(number)s 批"), number=pack.handover.batch.number)
    return (
        TODAY,
        Crumb(message(HANDOVERS), reverse("handovers:list")),
        Crumb(name, reverse("handovers:detail", args=[pack.handover.uuid])),
    )


def _heading(who: Responsible, name: str) -> Message:
    kind = message(labels.RESPONSIBLE_KINDS[who.kind])
    if who.kind is ResponsibleKind.OFFICE:
        return kind
    return message(gettext_noop("%(kind)s · %(name)s"), kind=kind, name=name)


def _owed(rows: Sequence[HandoverItem]) -> list[tuple[Message, list[HandoverItem]]]:
    """Items of one who answers for them, under their name."""
    groups = [list(found) for _, found in groupby(rows, key=attrgetter("answers"))]
    return [(_heading(found[0].answers, found[0].name), found) for found in groups]
