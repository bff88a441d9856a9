# SPDX-License-Identifier: Apache-2.0
"""What is wrong with a table as a whole, and what it leaves to the person to decide."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from shanhai.kernel.imports import Choice, Question
from shanhai.kernel.messages import Message, first_of, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.numerals import same_code
from shanhai.planning.imports.rules.words import OWN_YEAR, Ground
from shanhai.planning.projects.bulk.values import Novel, Stated
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import STATIONS, Funds
from shanhai.registers.tables.rules.table import Table

TAGS = ("beneficiary_level", "implementer_level")
ROW_FACTOR = 1_000
PLAN_FACTOR = 100


def check_whole(table: Table, rows: Sequence[Stated], ground: Ground) -> None:
    """Everything that only shows when all rows are looked at."""
    _check_names(table, rows)
    _check_units(table, ground)
    _check_totals(table, ground)
    for year in years_to_plan(rows, ground):
        text = gettext_noop("%(year)s 年还没有年度计划。导入时将建立，按项目逐笔下达。")
        table.problem(None, "year", "plan_missing", message(text, year=str(year)), blocking=False)
    for name in TAGS if any(row.brings is Novel.NEW for row in rows) else ():
        if not table.has(name):
            text = gettext_noop("没有“%(column)s”一列，新项目按县级计。")
            table.problem(None, name, "tag_missing", message(text, column=table.header_of(name)), blocking=False)


def check_counties(table: Table, rows: Sequence[Stated], ground: Ground, may: Callable[[str, str], bool]) -> None:
    """Refuse what the person may not bring: rows of other counties, of which nothing is told, and money to arrange.

    ``may(permission, place)`` is what they may do in a county.
    """
    for row in rows:
        if not may(ProjectPermission.IMPORT, row.facts.place):
            text = gettext_noop("%(place)s不是您负责的地方，这一行不能由您导入。请删去这一行，或请指挥部办公室导入。")
            place = ground.place_names.get(row.facts.place, row.facts.place)
            table.problem(row.row, "place", "place_of_others", message(text, place=place))
        elif row.facts.code in ground.stored.hidden or not may(ProjectPermission.MANAGE, row.facts.place):
            known = row.known_line
            if row.known is None:
                text = gettext_noop("您负责的项目里没有编号“%(code)s”。请核对编号；新项目由指挥部办公室登记。")
                table.problem(row.row, "code", "code_of_others", message(text, code=row.facts.code))
            elif known is None or known.facts != row.line:
                text = gettext_noop("这一行要改资金安排。安排由指挥部办公室改，请照库里的填，或提出调整。")
                table.problem(row.row, "amount", "line_of_others", message(text))


def years_to_plan(rows: Collection[Stated], ground: Ground) -> tuple[int, ...]:
    """The years that the rows give money from and that have no plan yet."""
    return tuple(sorted({row.line.year for row in rows} - set(ground.stored.plans)))


def _check_names(table: Table, rows: Sequence[Stated]) -> None:
    for row in rows:
        old = row.known.facts if row.known else row.facts
        if old.name == row.facts.name:
            continue
        if old.place != row.facts.place:
            text = gettext_noop("编号“%(code)s”在库里是另一个项目“%(name)s”。请核对编号。")
            table.problem(row.row, "code", "code_of_another", message(text, code=old.code, name=old.name))
        else:
            text = gettext_noop("库里的名称是“%(name)s”，导入后改为表里的名称。请核对编号没有填错。")
            table.problem(row.row, "name", "name_changed", message(text, name=old.name), blocking=False)


def _check_units(table: Table, ground: Ground) -> None:
    text = gettext_noop("%(amount)s 是其他项目一般数额的一千倍以上，像是把元当成了万元。请核对单位。")
    for name in ("amount", "total_investment"):
        by_year: dict[int, dict[int, int]] = defaultdict(dict)
        for row in table.rows:
            if name in row.values:
                by_year[row.values.get("year", ground.year)][row.row] = row.values[name].fen
        for year, amounts in by_year.items():
            for number in rows_in_wrong_unit(amounts, ground.stored.others.get(year, ()) if name == "amount" else ()):
                amount = Money(amounts[number], ground.stored.currency)
                table.problem(number, name, "wrong_unit", message(text, amount=amount))


def _check_totals(table: Table, ground: Ground) -> None:
    sums: dict[int, int] = defaultdict(int)
    for row in table.rows:
        if "amount" in row.values:
            sums[row.values.get("year", ground.year)] += row.values["amount"].fen
    for year, total in sums.items():
        amounts = ground.stored.plans[year].amounts if year in ground.stored.plans else {}
        plan = sum(amounts.values()) or ground.five_year_plan
        if total_in_wrong_unit(total, plan):
            text = gettext_noop(
                "%(year)s 年合计 %(total)s，是计划 %(plan)s 的一百倍以上，像是把元当成了万元。请核对单位。"
            )
            params = {"total": Money(total, ground.stored.currency), "plan": Money(plan, ground.stored.currency)}
            table.problem(None, "amount", "wrong_unit", message(text, year=str(year), **params))


def rows_in_wrong_unit(amounts: Mapping[int, int], usual: Sequence[int] = ()) -> tuple[int, ...]:
    """The keys of ``amounts`` (fen by row) that are at least a thousand times the median of the other amounts.

    ``usual`` are amounts of the same plan that are already stored; zeros say nothing and are left out. With fewer
    than two other amounts there is nothing to compare with, and nothing is found.
    """
    known = sorted(amount for amount in (*amounts.values(), *usual) if amount > 0)
    if len(known) < 3:
        return ()
    return tuple(
        key
        for key, amount in amounts.items()
        if amount > 0 and 2 * amount >= ROW_FACTOR * _twice_median_without(known, bisect_left(known, amount))
    )


def total_in_wrong_unit(total: int, plan: int) -> bool:
    """Whether a sheet's total is at least a hundred times the yearly plan it belongs to; no plan, no question."""
    return plan > 0 and total >= PLAN_FACTOR * plan


def _twice_median_without(known: Sequence[int], left_out: int) -> int:
    count = len(known) - 1
    low, high = (count - 1) // 2, count // 2
    return sum(known[place + (place >= left_out)] for place in (low, high))


YES, APART, LEAVE = "yes", "apart", "leave"
_NAMED = 5


def ask(
    table: Table, rows: Sequence[Stated], undated: Sequence[Stated], ground: Ground, answers: Mapping[str, str]
) -> None:
    """Put every question that the rows raise to the table, with the answer that was given."""
    _ask_year(table, undated, ground, answers)
    _ask_taken_over(table, rows, answers)
    _ask_twins(table, ground, answers)
    _ask_money(table, rows, ground, answers)


def leave_money(table: Table, ground: Ground, answers: Mapping[str, str]) -> None:
    """Read no money columns for who may not post, when the person wants the rest taken over without them."""
    if not ground.may_post and answers.get("money") == LEAVE:
        for row in table.rows:
            for name in STATIONS:
                row.values.pop(name, None)


def _ask_year(table: Table, undated: Sequence[Stated], ground: Ground, answers: Mapping[str, str]) -> None:
    if not undated:
        return
    text = gettext_noop("表里没有写年度，而有 %(count)s 个项目（%(codes)s）的安排在别的年度。这张表说的是哪一年的钱？")
    choices = [Choice(OWN_YEAR, message(gettext_noop("各项目自己的年度")))]
    years = {ground.year} | {year for one in undated if one.known for year in one.known.years}
    label = gettext_noop("%(year)s 年的计划")
    choices += [Choice(str(year), message(label, year=str(year))) for year in sorted(years)]
    said = message(text, count=len(undated), codes=first_of([one.facts.code for one in undated], _NAMED))
    table.ask(_question("year", said, choices, answers))


def _ask_taken_over(table: Table, rows: Sequence[Stated], answers: Mapping[str, str]) -> None:
    later = [one for one in rows if one.known is None and one.standing.stage is not Stage.PREPARATION]
    if not later:
        return
    text = gettext_noop(
        "有 %(count)s 个新项目（%(codes)s）一来就在“前期准备”以后的阶段，没有经过各道关口。"
        "只有接管以前建的项目才能这样登记，登记后标明“接管”。"
    )
    codes = list(dict.fromkeys(one.facts.code for one in later))
    choices = [Choice(YES, message(gettext_noop("是接管的项目，照表里的阶段登记")))]
    table.ask(_question("taken_over", message(text, count=len(codes), codes=first_of(codes, _NAMED)), choices, answers))


def _ask_twins(table: Table, ground: Ground, answers: Mapping[str, str]) -> None:
    """Codes that differ only in case, width, blanks or leading noughts, from each other or from stored ones."""
    spelled: dict[str, dict[str, None]] = defaultdict(dict)
    for row in table.rows:
        code = row.values.get("code")
        if code is not None:
            spelled[same_code(code)][code] = None
    pairs = []
    for form, codes in spelled.items():
        stored = ground.stored.codes.get(form, ())
        fresh = [code for code in codes if code not in stored]
        alike = list(dict.fromkeys((*stored, *codes)))
        if fresh and len(alike) > 1:
            pairs.append(" = ".join(alike))
    if not pairs:
        return
    text = gettext_noop("有 %(count)s 组编号只差大小写、全半角、空格或前面的零，像是同一个项目：%(pairs)s。")
    choices = [Choice(APART, message(gettext_noop("确实是不同的项目，分别登记")))]
    table.ask(_question("twins", message(text, count=len(pairs), pairs=first_of(pairs, _NAMED)), choices, answers))


def _ask_money(table: Table, rows: Sequence[Stated], ground: Ground, answers: Mapping[str, str]) -> None:
    if ground.may_post:
        return
    left = answers.get("money") == LEAVE
    posting = [one for one in rows if moved_money(one)]
    if not posting and not left:
        return
    text = gettext_noop("您的岗位不记账：表里的到位、核拨、支付不能由您导入（有 %(count)s 行会记账）。")
    if left:
        text = gettext_noop("您的岗位不记账：表里的到位、核拨、支付没有读。")
    choices = [Choice(LEAVE, message(gettext_noop("不读这几列，其余照常导入；账由财务另记")))]
    table.ask(_question("money", message(text, count=len(posting)), choices, answers))


def moved_money(row: Stated) -> dict[str, list[int]]:
    """What a row says to have arrived, been allotted or paid beyond what is known: before and after, in fen."""
    old = row.known_line.funds if row.known_line else Funds()
    pairs = {name: [getattr(old, name), getattr(row.funds, name)] for name in STATIONS}
    return {name: pair for name, pair in pairs.items() if pair[1] > pair[0]}


def _question(key: str, text: Message, choices: Sequence[Choice], answers: Mapping[str, str]) -> Question:
    answer = answers.get(key, "")
    return Question(key, text, tuple(choices), answer if any(answer == choice.key for choice in choices) else "")
