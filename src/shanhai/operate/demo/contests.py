# SPDX-License-Identifier: Apache-2.0
"""A contest that is over, one that is being judged, an inspection with a finding, honours: all made up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from shanhai.base.accounts.values import USER_REF
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting
from shanhai.planning.programmes.campaigns.selectors import list_groups
from shanhai.team.contests.honours.selectors import kinds_in_force
from shanhai.team.contests.honours.services import decide_honour, grant, nominate, set_honour_kind
from shanhai.team.contests.inspections.services import assign, define_sample_questions, record_inspection
from shanhai.team.contests.rounds.services.rounds import (
    close_round,
    define_sample_criteria,
    draft_round,
    freeze_round,
    open_round,
)
from shanhai.team.contests.rounds.services.votes import add_evidence, vote
from shanhai.team.contests.values import Answer, HonourKindFacts
from shanhai.team.secondments.selectors.roster import list_roster

SINCE = date(2021, 1, 1)
SAMPLE = "示例，不是真实规定"
# Yearly kinds, as the articles name them; quotas and days are samples.
KINDS = (
    ("先进个人", "Outstanding member", False, 10, 5),
    ("信息工作先进个人", "Outstanding information officer", False, 5, 5),
    ("信息工作先进集体", "Outstanding information team", True, 3, 5),
)
TEAMS = 4


def load_contests(*, by: Actor, at: datetime, programme: str) -> None:
    """Two rounds between four work groups, an inspection, three honours, one of them granted."""
    _rounds(at, programme)
    _inspection(at, programme)
    _honours(at, programme)


def _rounds(at: datetime, programme: str) -> None:
    office, today = acting(username="office", at=at), local_date(at)
    judges = [acting(username=one, at=at) for one in ("deputy", "information", "finance")]
    uuids = [UUID(one.ref.removeprefix(USER_REF)) for one in judges]
    groups = list_groups(viewer=office, programme=programme)[:TEAMS]
    define_sample_criteria(by=office, at=at, programme=programme, valid_from=SINCE)
    for title, first, last in (
        ("上一轮“五比”竞赛（演示）", today - timedelta(days=330), today),
        ("这一轮“五比”竞赛（演示）", today - timedelta(days=5), today + timedelta(days=20)),
    ):
        found = draft_round(
            by=office, at=at, programme=programme, title=title, opens_on=first, closes_on=last,
            teams=[one.uuid for one in groups], judges=uuids, provenance="demo",
        )  # fmt: skip
        open_round(by=office, at=at, round_=found.uuid)
        entries = list(found.entries.order_by("pk"))
        words = "带教徒弟、项目进度和公开报道，见各页。"
        add_evidence(
            by=office, at=at, round_=found.uuid, team=entries[0].uuid, criterion=2, words=words, source="/team/"
        )
        whole = last <= today
        for number, judge in enumerate(judges if whole else judges[:1]):
            for place, entry in enumerate(entries):
                scores = {position: 70 + (7 * place + 5 * number + 3 * position) % 28 for position in range(1, 6)}
                vote(by=judge, at=at, round_=found.uuid, team=entry.uuid, scores=scores)
        if whole:
            close_round(by=office, at=at, round_=found.uuid)
            freeze_round(by=office, at=at, round_=found.uuid)


def _inspection(at: datetime, programme: str) -> None:
    office, doctor = (acting(username=one, at=at) for one in ("office", "doctor"))
    today = local_date(at)
    define_sample_questions(by=office, at=at, programme=programme, valid_from=SINCE)
    group = list_groups(viewer=office, programme=programme)[0]
    answers = dict.fromkeys(range(1, 6), (Answer.YES, ""))
    answers[3] = (Answer.NO, "两人外出回来没有及时销假。")
    made = record_inspection(
        by=office, at=at, programme=programme, group=group.uuid, day=today, answers=answers, provenance="demo"
    )
    owner, due = UUID(doctor.ref.removeprefix(USER_REF)), today + timedelta(days=14)
    assign(by=office, at=at, finding=made.findings.get().uuid, owner=owner, due_on=due)


def _honours(at: datetime, programme: str) -> None:
    deputy, personnel = (acting(username=one, at=at) for one in ("deputy", "personnel"))
    today = local_date(at)
    for name, name_en, for_group, quota, days in KINDS:
        facts = HonourKindFacts(name, name_en, for_group, quota, days, SAMPLE, SINCE)
        set_honour_kind(by=deputy, at=at, programme=programme, facts=facts)
    kinds = list(kinds_in_force(programme=programme, on=today))
    people = list_roster(viewer=personnel, programme=programme, on=today, kind="medical_team")
    named = [
        nominate(
            by=personnel, at=at, programme=programme, kind=kinds[0].uuid, year=today.year, secondment=one.uuid,
            reason="带教徒弟，教会技术（演示）", provenance="demo",
        )
        for one in people[:2]
    ]  # fmt: skip
    decide_honour(by=deputy, at=at - timedelta(days=30), honour=named[0].uuid, passed=True)
    grant(by=deputy, at=at, honour=named[0].uuid)
    decide_honour(by=deputy, at=at, honour=named[1].uuid, passed=True)
    group = list_groups(viewer=personnel, programme=programme)[1]
    nominate(
        by=personnel, at=at, programme=programme, kind=kinds[2].uuid, year=today.year, group=group.uuid,
        reason="信息报送及时（演示）", provenance="demo",
    )  # fmt: skip
