# SPDX-License-Identifier: Apache-2.0
"""The way of the money (资金流向) as nodes and links that are conserved to the fen, and how they are drawn.

The drawing is made here and not by a script from elsewhere (d3-sankey and the four packages under it): fixed columns
need no solver, and so the picture prints, needs no script, and stands in the page that its table stands in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

SOURCE, GROUP = "source:", "group:"
# The column each node stands in, and its place there; sources and groups come in the order they are met.
COLUMNS = (
    (SOURCE, "from_reserve", "beyond"),
    ("plan", "draft", "extra", "reserve", "unassigned"),
    ("arrived", "missing"),
    (GROUP,),
    ("paid", "returned", "unpaid", "unallotted", "awaited"),
)
# Nodes that stand for something that has not happened.
GAPS = frozenset({"from_reserve", "unassigned", "missing", "unpaid", "unallotted", "awaited"})
WAYS = ("category", "county", "delivery")

# In units of the drawing. A name and an amount stand in the room between bars, one above the other.
WIDTH, LABELS, BAR, ROOM, INK = 1120, 200, 12, 34, 240


@dataclass(frozen=True, slots=True)
class Sums:
    """Fen of lines added up. ``both`` adds each line's lesser of plan and arrived, ``reached`` its greater of arrived
    and allotted, ``whole`` its greatest of the three: what a line's part of the picture is as wide as. What was given
    back is still counted where it lay: ``back_unpaid`` among what is allotted, ``back_unallotted`` among what arrived.
    """

    planned: int = 0
    arrived: int = 0
    allotted: int = 0
    paid: int = 0
    both: int = 0
    reached: int = 0
    whole: int = 0
    back_unpaid: int = 0
    back_unallotted: int = 0

    def plus(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Sums)))


@dataclass(frozen=True, slots=True)
class Cell:
    """The sums of the lines of one fund source and one group; ``issued`` whether their yearly plan was."""

    fund_source: str
    group: str
    issued: bool
    sums: Sums


@dataclass(frozen=True, slots=True)
class Link:
    """Money that goes from one node to another, in fen, always more than nothing."""

    source: str
    target: str
    fen: int

    @property
    def gap(self) -> bool:
        """Whether this is money that is still missing somewhere."""
        return self.target in GAPS or self.source in GAPS


@dataclass(frozen=True, slots=True)
class Node:
    """A node as a bar: the greater of what goes in and out of it, its column, and where it is drawn."""

    key: str
    column: int
    fen: int
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """The nodes by column, each link with its ribbon as SVG path data, and the height; the width is ``WIDTH``."""

    nodes: tuple[Node, ...]
    ribbons: tuple[tuple[Link, str], ...]
    height: float


def sums_of(
    planned: int, arrived: int, allotted: int, paid: int, back_unpaid: int = 0, back_unallotted: int = 0
) -> Sums:
    """The sums of one line. More may have been paid than allotted by a past day's books: that counts as allotted.

    No more was given back than was there.
    """
    arrived, paid = max(arrived, 0), max(paid, 0)
    allotted = max(allotted, paid)
    reached = max(arrived, allotted)
    return Sums(
        planned, arrived, allotted, paid, min(planned, arrived), reached, max(planned, reached),
        min(back_unpaid, allotted - paid), min(back_unallotted, reached - allotted),
    )  # fmt: skip


def way_of(text: str) -> str:
    """By what spending is grouped: "category" unless asked otherwise. Raises BadInput."""
    if text and text not in WAYS:
        raise BadInput(
            gettext_noop("不能按“%(text)s”分。可以按类别、县（市）或建设方式分。"),
            "projects.flow.way_not_known",
            text=text[:20],
        )
    return text or WAYS[0]


def links_of(cells: Iterable[Cell], plans: Mapping[str, tuple[int, int]] | None = None) -> tuple[Link, ...]:
    """What goes from where to where. Into every node between goes what goes out of it.

    ``plans`` gives by fund source what issued plans take from it and how much of that lies in reserve; without them the
    plan is what its lines add up to. The reserve stays whole until an act takes from it: lines beyond the rest come
    "from_reserve" as far as it reaches, and what the plan did not foresee at all from "beyond": lines beyond its
    amount, and arrivals and allotments beyond a line.
    """
    found: Counter[tuple[str, str]] = Counter()

    def flows(source: str, target: str, fen: int) -> None:
        found[source, target] += fen

    planned: Counter[str] = Counter()
    for cell in cells:
        sums, source, group = cell.sums, SOURCE + cell.fund_source, GROUP + cell.group
        plan = "plan" if cell.issued else "draft"
        if cell.issued:
            planned[cell.fund_source] += sums.planned
        else:
            flows(source, plan, sums.planned)
        flows("beyond", "extra", sums.whole - sums.planned)
        flows(plan, "arrived", sums.both)
        flows(plan, "missing", sums.planned - sums.both)
        flows("extra", "arrived", sums.arrived - sums.both)
        flows("extra", "missing", sums.whole - sums.planned - sums.arrived + sums.both)
        flows("arrived", group, sums.arrived)
        flows("missing", group, sums.whole - sums.arrived)
        flows(group, "paid", sums.paid)
        flows(group, "returned", sums.back_unpaid + sums.back_unallotted)
        flows(group, "unpaid", sums.allotted - sums.paid - sums.back_unpaid)
        flows(group, "unallotted", sums.reached - sums.allotted - sums.back_unallotted)
        flows(group, "awaited", sums.whole - sums.reached)
    for code in [*planned, *(code for code in plans or {} if code not in planned)]:
        given = planned[code]
        amount, reserve = (plans or {}).get(code, (0, 0)) if plans is not None else (given, 0)
        usable = max(amount - reserve, 0)
        foreseen = min(given, usable)
        wanting = min(given - foreseen, reserve)
        flows(SOURCE + code, "plan", foreseen)
        flows("from_reserve", "plan", wanting)
        flows("beyond", "plan", given - foreseen - wanting)
        flows(SOURCE + code, "reserve", reserve)
        flows(SOURCE + code, "unassigned", usable - foreseen)
    return tuple(Link(source, target, fen) for (source, target), fen in found.items() if fen)


def picture(links: Sequence[Link], order: Sequence[str] = ()) -> Picture:
    """The links drawn to scale; ``order`` is that of sources and groups from top to bottom."""
    rank = {key: number for number, key in enumerate(order)}
    gone_out, gone_in = _added(links, "source"), _added(links, "target")
    keys = sorted({**gone_out, **gone_in}, key=lambda key: (*_place(key), rank.get(key, len(rank)), key))
    columns = [(number, list(group)) for number, group in groupby(keys, key=lambda key: _place(key)[0])]
    fen = {key: max(gone_out[key], gone_in[key]) for key in keys}
    most = max((len(group) for _, group in columns), default=0)
    height = most * ROOM + INK
    scale = INK / max((sum(fen[key] for key in group) for _, group in columns), default=1)
    nodes: dict[str, Node] = {}
    for number, group in columns:
        y = ROOM / 2
        for key in group:
            nodes[key] = Node(key, number, fen[key], column_x(number), y, fen[key] * scale)
            y += fen[key] * scale + ROOM
    return Picture(tuple(nodes.values()), _ribbons(links, nodes, scale), height)


def column_x(number: int) -> float:
    """Where a column of nodes begins."""
    return number * (WIDTH - LABELS - BAR) / (len(COLUMNS) - 1)


def _ribbons(links: Sequence[Link], nodes: Mapping[str, Node], scale: float) -> tuple[tuple[Link, str], ...]:
    """Each link as a band as high as its amount, from the first free place of one node to that of the other."""
    place = {key: number for number, key in enumerate(nodes)}
    leaves, enters = ({key: node.y for key, node in nodes.items()} for _ in range(2))
    ribbons = []
    for link in sorted(links, key=lambda link: (place[link.source], place[link.target])):
        high, start, end = link.fen * scale, leaves[link.source], enters[link.target]
        leaves[link.source] += high
        enters[link.target] += high
        x0, x1 = nodes[link.source].x + BAR, nodes[link.target].x
        mid = (x0 + x1) / 2
        there = f"M{x0:.1f} {start:.2f}C{mid:.1f} {start:.2f} {mid:.1f} {end:.2f} {x1:.1f} {end:.2f}"
        back = f"C{mid:.1f} {end + high:.2f} {mid:.1f} {start + high:.2f} {x0:.1f} {start + high:.2f}"
        ribbons.append((link, f"{there}V{end + high:.2f}{back}Z"))
    return tuple(ribbons)


def _added(links: Iterable[Link], side: str) -> Counter[str]:
    sums: Counter[str] = Counter()
    for link in links:
        sums[getattr(link, side)] += link.fen
    return sums


def _place(key: str) -> tuple[int, int]:
    kind = next((kind for kind in (SOURCE, GROUP) if key.startswith(kind)), key)
    return next((number, kinds.index(kind)) for number, kinds in enumerate(COLUMNS) if kind in kinds)
