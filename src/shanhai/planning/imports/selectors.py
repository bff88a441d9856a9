# SPDX-License-Identifier: Apache-2.0
"""What a table of projects would change, the empty table, and the tables that were imported."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.imports import TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Progress
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.imports.rules.matching import match_rows
from shanhai.planning.imports.rules.whole_table import ask, check_counties, check_whole, leave_money
from shanhai.planning.imports.rules.words import Ground
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_fund_sources
from shanhai.planning.programmes.money.selectors import list_categories
from shanhai.planning.projects.bulk.selectors import objections, stored_projects
from shanhai.planning.projects.bulk.values import Stated
from shanhai.planning.projects.core.selectors import codes_today
from shanhai.planning.projects.labels.tables import FIELDS, PROJECTS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.places.selectors import PlaceWords, find_divisions, list_counties_of, list_divisions
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.rules.table import Table
from shanhai.registers.tables.selectors.writing import write_template

CHUNK = 500
_SUMS = ("amount", "arrived", "allotted", "paid", "total_investment", "completed_investment")
QUIET: Progress = lambda done, total: None  # noqa: E731 - the least that can be told
TITLE = "项目表 · 单位见列名 · 带 * 的必填 · 第 4 行是示例，导入时跳过"
NOTES = (
    ("项目编号", "编号在本对口支援项目内不重复，按文本填写，长数字不会丢失后几位。"),
    ("一行", "一个项目一行；有几个年度或几个资金来源的，一笔安排一行，其余各格写得一样。"),
    ("县(市)", "填全称，或国家标准 GB/T 2260 的六位代码。必须在受援地之内。"),
    ("金额", "单位万元，最多六位小数（精确到分）。到位、核拨、支付、完成投资都填累计数，不填当月数。"),
    ("减少", "累计数比账上少时不能导入：请先在资金页冲正多记的账。"),
    ("阶段", "一次只能往前走一步，要过的关口和看板上一样。没有这一列时，按实际开工、实际完工、验收日期判断。"),
    ("日期", "写成 2026-03-01。实际日期不能晚于今天。"),
    ("民生比例", "0 到 100 的整数；空着时按类别的默认比例。"),
    ("受益层级、实施层级", "州、县、乡、村。空着时新项目按县级计。"),
    ("年度", "资金出自哪一年的计划；空着时按今年。"),
    ("合计行", "可以有。导入时只核对，不当作项目。"),
    ("重复导入", "同一份表导入两次，第二次什么都不变。"),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A table compared with what is stored: the rows that may be taken over, and what they were compared with.

    ``count`` is how many were read, ``bare`` how many of them say of a project without money only what is known;
    ``totals`` are sums over all rows, in fen.
    """

    table: Table
    rows: tuple[Stated, ...]
    count: int
    bare: int
    totals: dict[str, int]
    ground: Ground


def check_table(
    *,
    viewer: Actor,
    programme: str,
    file: TableFile,
    answers: Mapping[str, str],
    today: date,
    progress: Progress = QUIET,
) -> Checked:
    """Read the table and compare it with the programme's projects; ``answers`` are what the person decided.

    ``progress`` is told after each row how many of how many have been compared.
    Raises NotVisible for the programme, and what opening the file raises.
    """
    table = read_table(PROJECTS, file.sheets, answers)
    _bring_up_to_date(table, viewer, programme)
    codes = {row.values["code"] for row in table.rows if "code" in row.values}
    words = {row.values["place"] for row in table.rows if "place" in row.values}
    ground = _load_ground(viewer, programme, codes, words, today)
    leave_money(table, ground, answers)
    matched = match_rows(table, ground, year=answers.get("year", ""), progress=progress)
    check_counties(
        table, matched.rows, ground, lambda permission, place: viewer.may(permission, programme=programme, place=place)
    )
    rows = [row for row in matched.rows if row.row not in table.faulty]
    check_whole(table, rows, ground)
    for against in objections(viewer=viewer, rows=matched.rows, stored=ground.stored):
        table.problem(against.row, against.field, against.code, against.said, blocking=against.blocking)
    kept = tuple(row for row in rows if row.row not in table.faulty)
    ask(table, kept, [row for row in matched.undated if row.row not in table.faulty], ground, answers)
    count = len(table.rows)
    totals = {f"{name}_fen": sum(row.values[name].fen for row in table.rows if name in row.values) for name in _SUMS}
    # The rows have said what they have to say: of a large table they take more memory than all else.
    table.rows.clear()
    return Checked(table, kept, count, matched.bare, totals, ground)


def _bring_up_to_date(table: Table, viewer: Actor, programme: str) -> None:
    """Read a code that a project had before as the one that it has now, and say so."""
    given = {row.values["code"] for row in table.rows if "code" in row.values}
    today = codes_today(viewer=viewer, programme=programme, codes=given)
    for row in table.rows if today else ():
        if (code := row.values.get("code")) in today:
            row.values["code"] = today[code]
            said = message(
                gettext_noop("编号“%(old)s”后来更正为“%(code)s”，按现在的编号读。"), old=code, code=today[code]
            )
            table.problem(row.row, "code", "code_corrected", said, blocking=False)


def _load_ground(viewer: Actor, programme: str, codes: Collection[str], words: Collection[str], today: date) -> Ground:
    found = get_programme(viewer=viewer, code=programme)
    sources = list_fund_sources(viewer=viewer, programme=programme)
    known_words = PlaceWords(found.recipient)
    places = {word: known_words.find(word) for word in words}
    categories = list_categories(viewer=viewer, on=today)
    return Ground(
        stored=stored_projects(viewer=viewer, programme=programme, currency=found.currency, codes=codes, today=today),
        recipient_name=found.recipient.name,
        first_year=found.starts_on.year,
        last_year=found.ends_on.year,
        year=min(max(today.year, found.starts_on.year), found.ends_on.year),
        places=places,
        place_names=known_words.names,
        former=frozenset(word for word in words if known_words.is_former(word)),
        elsewhere=_elsewhere({word for word in words if not places[word]}),
        categories={
            word: (item.code, item.livelihood_percent)
            for item in categories
            for word in (item.name_en, item.name, item.code)
            if word
        },
        sources={word: one.code for one in sources for word in (one.name_en, one.name, one.code) if word},
        five_year_plan=found.five_year_plan_fen,
        may_post=viewer.may(FundPermission.POST, programme=programme),
    )


def _elsewhere(strange: Collection[str]) -> dict[str, str]:
    codes = {word for word in strange if word.isdigit() and len(word) == 6}
    named = {code: division.name for code, division in find_divisions(codes).items()}
    names = (
        list_divisions(ended=True).filter(name__in=sorted(set(strange) - codes)[:CHUNK]) if set(strange) - codes else ()
    )
    return named | {division.name: division.name for division in names}


def get_batch(*, viewer: Actor, uuid: UUID) -> ImportBatch:
    """A batch with its programme and document. Raises NotVisible."""
    rows = ImportBatch.objects.visible_to(viewer).select_related("programme", "document")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这一批导入，或者您的岗位看不到它。"), "projects.batch_not_found")
    return found


def list_batches(*, viewer: Actor, programme: str, limit: int = 50) -> tuple[ImportBatch, ...]:
    """The latest batches of a programme, newest first. One query."""
    rows = ImportBatch.objects.visible_to(viewer).filter(programme__code=programme)
    return tuple(rows.order_by("-at", "-pk")[:limit])


# As many as a person looks through.
MOST_SHOWN = 100


def acts_of(*, batch: ImportBatch) -> tuple[Mapping[str, Any], ...]:
    """What the first rows of a batch made or changed, of each its project and the changes as the trail has them.

    Without an address are those that went with the batch when it was undone. One query.
    """
    found = []
    for row in batch.rows.order_by("row")[:MOST_SHOWN]:
        after = {**row.after, **row.line_after}
        before = {**(row.before or {}), **(row.line_before or {})}
        if row.before is None:
            changes: dict[str, Any] = {name: after[name] for name in ("place", "stage", "amount_fen") if name in after}
        else:
            changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
        if changes:
            url = "" if row.before is None and batch.undone_at else f"/projects/{row.project}/"
            name = f"{row.after['code']} {row.after['name']}"
            found.append({"name": name, "new": row.before is None, "url": url, "changes": changes})
    return tuple(found)


def import_template(*, viewer: Actor, programme: str) -> bytes:
    """A workbook for the programme's projects, with its counties, categories and fund sources to choose from.

    Raises NotVisible for a programme the viewer may not see.
    """
    found = get_programme(viewer=viewer, code=programme)
    counties = [division.name for division in list_counties_of(found.recipient.code)]
    categories = [item.name for item in list_categories(viewer=viewer, on=found.ends_on)]
    sources = [source.name for source in list_fund_sources(viewer=viewer, programme=programme)]
    years = [str(number) for number in range(found.starts_on.year, found.ends_on.year + 1)]
    own = {"place": counties, "category": categories, "fund_source": sources, "year": years}
    fields = [replace(one, choices=own.get(one.key, one.choices)) for one in FIELDS]
    fields = [replace(one, example=one.choices[0]) if one.choices and one.example is None else one for one in fields]
    return write_template(tab="项目", title=TITLE, fields=fields, notes=NOTES)
