# SPDX-License-Identifier: Apache-2.0
"""What a table of projects leaves to the person, and what the gates of the stages say to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from shanhai.kernel.imports import Choice, Question
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.numerals import same_code
from shanhai.planning.projects.dossier.rules.gates import GateFacts, gate
from shanhai.planning.projects.imports.rules.fields import STAGES
from shanhai.planning.projects.imports.rules.known import Known
from shanhai.planning.projects.imports.rules.matching import Candidate
from shanhai.planning.projects.imports.rules.naming import OWN_YEAR
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import STATIONS
from shanhai.registers.tables.rules.table import Table

YES, APART, LEAVE = "yes", "apart", "leave"
_NAMED = 5


def ask(table: Table, candidates: Sequence[Candidate], known: Known, answers: Mapping[str, str]) -> None:
    """Put every question that the rows raise to the table, with the answer that was given."""
    _ask_year(table, candidates, known, answers)
    _ask_taken_over(table, candidates, answers)
    _ask_twins(table, known, answers)
    _ask_money(table, candidates, known, answers)


def leave_money(table: Table, known: Known, answers: Mapping[str, str]) -> None:
    """Read no money columns for who may not post, when the person wants the rest taken over without them."""
    if not known.may_post and answers.get("money") == LEAVE:
        for row in table.rows:
            for name in STATIONS:
                row.values.pop(name, None)


def moving(candidates: Collection[Candidate]) -> list[Candidate]:
    """The rows that move a known project to another stage, one a project."""
    return list({one.facts.code: one for one in candidates if one.known is not None and one.steps}.values())


def check_gates(
    table: Table,
    candidates: Sequence[Candidate],
    facts: Mapping[int, tuple[GateFacts, frozenset[str]]],
) -> None:
    """Hold each move against the gate before it; ``facts`` are those of the projects that move, by their keys.

    A table moves a project one step at a time, as the board does. What the same row brings counts: its progress, and
    the money that arrives.
    """
    for candidate in candidates:
        if candidate.known is None or not candidate.steps:
            continue
        old, to = candidate.known.standing.stage, candidate.steps[0]
        found, waived = facts[candidate.known.pk]
        brings = GateFacts(
            delivery=candidate.facts.delivery,
            capital=candidate.facts.capital,
            papers=found.papers,
            has_contract=found.has_contract,
            arrived_fen=max(found.arrived_fen, candidate.funds.arrived),
            planned_fen=found.planned_fen,
            progress_percent=candidate.standing.progress_percent,
            accounts_approved=found.accounts_approved,
            surplus_fen=found.surplus_fen,
            surplus_returned=found.surplus_returned,
            assets_transferred=found.assets_transferred,
        )
        shut = [asked.requirement for asked in gate(to, brings, old=old, waived=waived) if asked.open]
        words = {"old": _word(old), "next": _word(to), "new": _word(candidate.standing.stage)}
        if len(candidate.steps) > 1:
            asks = shut[0].asks if shut else message(gettext_noop("没有别的要求。"))
            text = gettext_noop("从“%(old)s”到“%(new)s”隔着几步，一次只能走一步。下一步是“%(next)s”，要先有：%(asks)s")
            table.problem(candidate.row, "stage", "stage_skips", message(text, **words, asks=asks))
        elif shut:
            text = gettext_noop("进入“%(next)s”还差 %(count)s 项，头一项是：%(asks)s")
            said = message(text, next=words["next"], count=len(shut), asks=shut[0].asks)
            table.problem(candidate.row, "stage", "gate_shut", said)


def _word(stage: Stage) -> Message:
    return message(next(word for word, one in STAGES.items() if one is stage))


def _ask_year(table: Table, candidates: Sequence[Candidate], known: Known, answers: Mapping[str, str]) -> None:
    undated = [one for one in candidates if one.undated]
    if not undated:
        return
    text = gettext_noop("表里没有写年度，而有 %(count)s 个项目（%(codes)s）的安排在别的年度。这张表说的是哪一年的钱？")
    choices = [Choice(OWN_YEAR, message(gettext_noop("各项目自己的年度")))]
    years = {known.year} | {year for one in undated if one.known for year in one.known.years}
    label = gettext_noop("%(year)s 年的计划")
    choices += [Choice(str(year), message(label, year=str(year))) for year in sorted(years)]
    said = message(text, count=len(undated), codes=_codes([one.facts.code for one in undated]))
    table.ask(_question("year", said, choices, answers))


def _ask_taken_over(table: Table, candidates: Sequence[Candidate], answers: Mapping[str, str]) -> None:
    later = [one for one in candidates if one.known is None and one.standing.stage is not Stage.PREPARATION]
    if not later:
        return
    text = gettext_noop(
        "有 %(count)s 个新项目（%(codes)s）一来就在“前期准备”以后的阶段，没有经过各道关口。"
        "只有接管以前建的项目才能这样登记，登记后标明“接管”。"
    )
    codes = list(dict.fromkeys(one.facts.code for one in later))
    choices = [Choice(YES, message(gettext_noop("是接管的项目，照表里的阶段登记")))]
    table.ask(_question("taken_over", message(text, count=len(codes), codes=_codes(codes)), choices, answers))


def _ask_twins(table: Table, known: Known, answers: Mapping[str, str]) -> None:
    """Codes that differ only in case, width, blanks or leading noughts, from each other or from stored ones."""
    spelled: dict[str, dict[str, None]] = defaultdict(dict)
    for row in table.rows:
        code = row.values.get("code")
        if code is not None:
            spelled[same_code(code)][code] = None
    pairs = []
    for form, codes in spelled.items():
        stored = known.codes.get(form, ())
        fresh = [code for code in codes if code not in stored]
        alike = list(dict.fromkeys((*stored, *codes)))
        if fresh and len(alike) > 1:
            pairs.append(" = ".join(alike))
    if not pairs:
        return
    text = gettext_noop("有 %(count)s 组编号只差大小写、全半角、空格或前面的零，像是同一个项目：%(pairs)s。")
    named = "；".join(pairs[:_NAMED]) + ("……" if len(pairs) > _NAMED else "")
    choices = [Choice(APART, message(gettext_noop("确实是不同的项目，分别登记")))]
    table.ask(_question("twins", message(text, count=len(pairs), pairs=named), choices, answers))


def _ask_money(table: Table, candidates: Sequence[Candidate], known: Known, answers: Mapping[str, str]) -> None:
    if known.may_post:
        return
    left = answers.get("money") == LEAVE
    posting = [one for one in candidates if _moves_money(one)]
    if not posting and not left:
        return
    text = gettext_noop("您的岗位不记账：表里的到位、核拨、支付不能由您导入（有 %(count)s 行会记账）。")
    choices = [Choice(LEAVE, message(gettext_noop("不读这几列，其余照常导入；账由财务另记")))]
    table.ask(_question("money", message(text, count=len(posting)), choices, answers))


def _moves_money(candidate: Candidate) -> bool:
    old = candidate.known_line.funds if candidate.known_line else None
    return any(getattr(candidate.funds, name) > (getattr(old, name) if old else 0) for name in STATIONS)


def _question(key: str, text: Message, choices: Sequence[Choice], answers: Mapping[str, str]) -> Question:
    answer = answers.get(key, "")
    return Question(key, text, tuple(choices), answer if any(answer == choice.key for choice in choices) else "")


def _codes(codes: Sequence[str]) -> str:
    return "、".join(codes[:_NAMED]) + ("……" if len(codes) > _NAMED else "")
