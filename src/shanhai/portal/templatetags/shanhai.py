# SPDX-License-Identifier: Apache-2.0
"""How kernel values and page parts are shown to people. Every tag stands, in every state, on /style (tests/style)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, get_args

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from shanhai.base import formats
from shanhai.kernel import clock
from shanhai.kernel.actors import NOBODY
from shanhai.kernel.figures import Figure, FigureScope, Strength
from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Flow, Happening, Page, Proof, Shape, Status, Step
from shanhai.kernel.proofs import proof_address
from shanhai.kernel.registry import registries
from shanhai.kernel.shares import Share
from shanhai.kernel.units import UNITS, Quantity
from shanhai.portal.trail import Ahead, changes_ahead
from shanhai.registers.places import selectors as places

register = template.Library()

STRENGTHS = {
    Strength.VOUCHER: gettext_noop("凭证"),
    Strength.FORM: gettext_noop("报表"),
    Strength.PHOTO: gettext_noop("照片"),
    Strength.NEWS: gettext_noop("公开报道"),
    Strength.NONE: gettext_noop("没有依据"),
}
PROVENANCES = {"demo": gettext_noop("演示数据"), "public": gettext_noop("公开数字")}
STATUSES = get_args(Status)
MAP_CLASSES = range(6)


# Words


for words in (formats.say, formats.named, formats.unit_name, formats.number):
    register.filter(words.__name__, words)


@register.filter
def day(value: date | None, form: str = "iso") -> str:
    """A day: ``iso`` 2026-11-22, ``short`` 11月22日, ``long`` 2026年11月22日 星期日; nothing for no day."""
    if not value:
        return ""
    on = clock.local_date(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), formats.day(on, form))


@register.filter
def moment(value: datetime | None) -> str:
    """An instant as the wall clock in Shanghai shows it: 2026-11-22 10:00; nothing for no instant."""
    if not value:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), formats.moment(value))


# Values


@register.simple_tag
def money(amount: Money | None, unit: str = "", places: int = 2) -> SafeString:
    """An amount in 万元 or 亿元, exact on hover and in print; with ``unit`` the number alone, for columns."""
    if amount is None:
        return format_html('<span class="nothing">{}</span>', formats.NOTHING)
    words = formats.money(amount, UNITS[unit] if unit else None, places)
    exact, short = escape(words.exact), escape(words.number if unit else str(words))
    # Where the heads of columns are not shown, on a phone, the unit stands behind the number.
    apart = f' data-unit="{escape(words.unit)}"' if unit else ""
    return SafeString(
        f'<data class="money" value="{amount.yuan}" title="{exact}">'
        f'<span class="short"{apart}>{short}</span><span class="exact">{exact}</span></data>'
    )


@register.simple_tag
def cells(row: Sequence[tuple[str, str, Any]]) -> SafeString:
    """The cells of a row of a long table: of each the heading, made safe, its kind, and its value.

    A kind is "money" (in 万元), "day", "percent", "code", "text", "status" (with its word) or "nothing". As tags of
    their own they would be two thirds of such a page.
    """
    made = []
    for heading, kind, value in row:
        if kind == "nothing":
            made.append("<td></td>")
            continue
        numeric = ' class="num"' if kind in {"money", "percent", "code"} else ""
        if kind == "money":
            shown: str = money(value, "wan_yuan")
        elif kind == "status":
            shown = status(*value)
        elif kind == "day":
            shown = day(value)
        else:
            shown = conditional_escape(f"{value}%" if kind == "percent" else value)
        made.append(f'<td data-label="{heading}"{numeric}>{shown}</td>')
    # Every part is escaped where it is made.
    return SafeString("\n".join(made))


@register.simple_tag
def money_unit(unit: str) -> SafeString:
    """The unit of a column of ``money … unit=``; not on paper, where each amount is exact and says its own."""
    shown = gettext("（%(unit)s）") % {"unit": formats.unit_name(unit)}
    return format_html('<span class="money-unit"><span class="short">{}</span></span>', shown)


@register.simple_tag
def share(value: Share | None, places: int = 1) -> SafeString:
    """A share in percent, with the division it is on hover."""
    if value is None:
        return format_html('<span class="nothing">{}</span>', formats.NOTHING)
    words = formats.share(value, places)
    return format_html('<span class="share num" title="{}">{}</span>', words.exact, str(words))


@register.simple_tag
def measure(value: Money | Quantity | Share | None) -> SafeString:
    """Whatever a figure's value is, as it is written in a line of text or a cell."""
    if isinstance(value, Money):
        return money(value)
    if isinstance(value, Share):
        return share(value)
    return format_html('<span class="num">{}</span>', str(formats.measure(value)))


@register.inclusion_tag("components/percent_bar.html")
def percent_bar(value: Share | Decimal | int | None, floor: int | None = None, label: str = "") -> dict[str, Any]:
    """A bar of 0 to 100 % with the number beside it; ``floor`` draws the line below which it warns."""
    percent = value.percent(1) if isinstance(value, Share) else (None if value is None else Decimal(value))
    places = 1 if isinstance(value, Share) else None
    words = formats.NOTHING if percent is None else f"{formats.number(percent, places)}%"
    return {
        "width": 0 if percent is None else float(min(max(percent, Decimal(0)), Decimal(100))),
        "words": words,
        "floor": floor,
        "below": floor is not None and percent is not None and percent < floor,
        "label": label,
        "gap": percent is None,
    }


# States and marks


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture beside words, silent by itself: a symbol of static/shanhai/icons.svg."""
    turns = " icon-turns" if name in {"next", "back"} else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', turns, static("shanhai/icons.svg"), name
    )


@register.simple_tag
def status(kind: str, text: Message | str) -> SafeString:
    """A state by word and shape, colour last: ok, late, wait, rest, stop, done; blue to red, the levels of a hazard."""
    if kind not in STATUSES:
        raise template.TemplateSyntaxError(f"a status is one of {STATUSES}, not {kind!r}")
    return format_html('<span class="status {}">{}</span>', kind, formats.say(text))


@register.filter
def scope_words(grant: Any) -> str:
    """Where a role is held, by the names of its programme and its place."""
    programmes, divisions = registries.scopes.get("programme"), registries.things.get("places.division")
    names = []
    if grant.programme:
        names.append(dict(programmes.list_choices() if programmes else ()).get(grant.programme, grant.programme))
    if grant.place:
        found = divisions.named(viewer=NOBODY, ids=[grant.place]) if divisions else {}
        names.append(found[grant.place].label if grant.place in found else grant.place)
    return " · ".join(names) or gettext("全部")


@register.simple_tag(takes_context=True)
def programme_name(context: Context, code: str) -> str:
    """What a programme of that code is called, of those in the frame; of another the code itself."""
    found = (one for one in getattr(context.get("frame"), "programmes", ()) if one.code == code)
    return next((formats.named(one) for one in found), code)


@register.simple_tag
def strength(value: Strength) -> SafeString:
    """How strong the evidence is: a disc that is fuller the stronger it is, and the word."""
    return format_html('<span class="strength {}">{}</span>', value.value, gettext(STRENGTHS[value]))


@register.simple_tag
def provenance(value: str) -> SafeString:
    """The mark of made-up (demo) and of published (public) data; nothing for our own."""
    if value not in PROVENANCES:
        return SafeString("")
    return format_html('<span class="tag {}">{}</span>', value, gettext(PROVENANCES[value]))


# Figures


@register.inclusion_tag("components/figure.html")
def figure(fig: Figure, scope: FigureScope | None = None, proof_url: str = "") -> dict[str, Any]:
    """A figure with its base, its doubts and the way to its proof, found by the ``scope`` it was asked for."""
    return {
        "figure": fig,
        "words": formats.measure(fig.value),
        "base": formats.division(fig.value) if isinstance(fig.value, Share) else "",
        "proof_url": proof_url or (f"{reverse('proof')}?{proof_address(scope, fig.key)}" if scope else ""),
        "strength": fig.strength,
        "state": "gap" if fig.gap else "warn" if fig.below_floor or fig.flags else "",
    }


@register.inclusion_tag("portal/_proof_panel.html", takes_context=True)
def proof_panel(context: Context, proof: Proof) -> dict[str, Any]:
    """How a figure is made: the division, the other bases, the rows, the public sources, the doubts."""
    fig = proof.figure
    ours = fig.value if isinstance(fig.value, Share) else None
    headroom = ours.headroom(fig.floor_percent) if ours and fig.floor_percent else None
    request: HttpRequest | None = context.get("request")
    return {
        "request": request,
        "target": "#drawer-body" if getattr(request, "htmx", False) else "",
        "proof": proof,
        "figure": fig,
        "words": formats.measure(fig.value),
        "share": ours,
        "bases": (ours, *fig.other_bases) if ours else (),
        "headroom": headroom,
        "missing": -headroom if headroom is not None and headroom.fen < 0 else None,
        "asked": request.GET.urlencode() if request else "",
    }


# Parts of pages


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[Step]) -> dict[str, Any]:
    """The stages of a way, with the one it is at."""
    return {"steps": steps}


@register.inclusion_tag("components/flow_chart.html")
def flow_chart(stages: Sequence[Flow], label: str = "") -> dict[str, Any]:
    """Where the money is: a stream that narrows from stage to stage, and in pale what has stayed behind."""
    tallest = max((stage.amount.fen for stage in stages), default=0)
    tops = [100 - _percent(stage.amount.fen, tallest) for stage in stages]
    amounts = [stage.amount for stage in stages]
    held = [None, *(before - after if before.fen > after.fen else None for before, after in pairwise(amounts))]
    return {
        "label": label,
        "columns": list(zip(stages, held, strict=False)),
        "width": len(stages) * 100,
        "stream": _stream(tops),
        "left_behind": [
            (at * 100 + 70, top, following - top)
            for at, (top, following) in enumerate(pairwise(tops))
            if following > top
        ],
    }


def _percent(part: int, whole: int) -> float:
    return part / whole * 100 if whole > 0 else 0.0


def _stream(tops: Sequence[float]) -> str:
    """The outline of the stream as SVG path data: level for most of a stage, then bending to the next."""
    path = "M0 100"
    for at, top in enumerate(tops):
        start, bend = at * 100, at * 100 + 70
        path += (
            f"L{start} {top:.2f}"
            if at == 0
            else f"C{start - 15} {tops[at - 1]:.2f} {start - 15} {top:.2f} {start} {top:.2f}"
        )
        path += f"L{bend if at + 1 < len(tops) else start + 100} {top:.2f}"
    return f"{path}V100Z"


@register.inclusion_tag("components/small_map.html")
def small_map(shapes: Sequence[Shape], label: str, width: int = 320, height: int = 240) -> dict[str, Any]:
    """Areas by class of value, each a link, with the same in words for who cannot see it."""
    return {"shapes": shapes, "label": label, "width": width, "height": height}


@register.inclusion_tag("components/map_legend.html")
def map_legend(*classes: Message | str, none: Message | str = "") -> dict[str, Any]:
    """What the classes of a small map mean, from class 0 up; ``none`` names areas without a value."""
    return {"classes": list(zip(MAP_CLASSES, classes, strict=False)), "none": none}


@register.inclusion_tag("components/web_maps.html")
def web_maps(lon: float, lat: float, name: str) -> dict[str, Any]:
    """Links that open a place (WGS 84) in a Chinese web map; nothing is sent until somebody follows one."""
    return {"maps": places.web_maps(lon, lat, name)}


@register.inclusion_tag("components/changes.html", takes_context=True)
def changes(context: Context, acts: Sequence[Mapping[str, Any]], action: str, programme: str) -> dict[str, Any]:
    """What becomes of things, as the trail says it: of each its ``name``, ``url``, ``changes``, whether ``new``."""
    request: Any = context.get("request")
    viewer = getattr(request, "viewer", NOBODY)
    said = changes_ahead(viewer, [Ahead(action, programme, act["changes"]) for act in acts])
    return {"acts": list(zip(acts, said, strict=True))}


@register.inclusion_tag("components/empty.html")
def empty(title: Message | str, hint: Message | str = "", url: str = "", action: Message | str = "") -> dict[str, Any]:
    """There is nothing here yet: what it would be, and what to do next."""
    return {"title": title, "hint": hint, "url": url, "action": action}


@register.inclusion_tag("components/callout.html")
def callout(
    kind: str, title: Message | str, text: Message | str = "", url: str = "", action: str = ""
) -> dict[str, Any]:
    """A remark in the page: finding (something is wrong), doubt (perhaps), note."""
    return {"kind": kind, "title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/timeline.html")
def timeline(happenings: Sequence[Happening]) -> dict[str, Any]:
    """What happened, newest first."""
    return {"happenings": happenings}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: Page, target: str = "") -> dict[str, Any]:
    """共 N 条 and the other pages, filters kept; ``target`` swaps only that element where scripts run."""
    request: HttpRequest | None = context.get("request")
    links = [(number, _with(request, page.parameter, number)) for number in page.around]
    return {
        "page": page,
        "links": links,
        "previous": _with(request, page.parameter, page.number - 1) if page.number > 1 else "",
        "next": _with(request, page.parameter, page.number + 1) if page.number < page.pages else "",
        "target": target,
    }


def _with(request: HttpRequest | None, parameter: str, value: int) -> str:
    if request is None:
        return f"?{parameter}={value}"
    query = request.GET.copy()
    query[parameter] = str(value)
    return f"{request.path}?{query.urlencode()}"


@register.inclusion_tag("components/form_field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """A field with its label, its help and what is wrong with it."""
    group = field.widget_type in {"radioselect", "checkboxselectmultiple"}
    held = getattr(field.field, "held", None)
    return {"field": field, "choice": field.widget_type == "checkbox", "group": group, "held": held}
