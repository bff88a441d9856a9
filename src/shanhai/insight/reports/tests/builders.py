# SPDX-License-Identifier: Apache-2.0
"""Builders of bulletins, mentions and cases: keywords, sensible defaults, nothing random."""

from __future__ import annotations

from datetime import date
from typing import Any

from shanhai.insight.reports.composing.services import signing, writing
from shanhai.insight.reports.composing.services.writing import Said
from shanhai.insight.reports.models import Bulletin, Case, Mention
from shanhai.insight.reports.recognition import services as recognition
from shanhai.insight.reports.states import BulletinState, CaseState
from shanhai.insight.reports.values import TEMPLATE, Block, BulletinKind, MediaLevel, MentionKind
from shanhai.kernel.actors import Actor
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from tests.cast import AT, DEPUTY, OFFICE, actor

CHECKER = actor("information_officer")
TEXT = "截至10月31日，到位资金{到位资金}，到位率{arrival_rate}。"


def some_ledger() -> AllocationLine:
    """The programme with one school in Kangding: 1,000 yuan planned, 600 arrived, 400 allotted, 300 paid."""
    a_programme()
    line = a_line(project=a_project(), yuan=1000)
    for act, yuan in (("arrive", 600), ("allot", 400), ("pay", 300)):
        some_money(act, line, yuan)
    return line


def a_bulletin(*, by: Actor = OFFICE, month: int = 10, text: str = TEXT, **kw: Any) -> Bulletin:
    """The draft of a month of 2026 as of its last day, with ``text`` in its first section."""
    last = date(2026, month + 1, 1).toordinal() - 1
    facts = {"kind": BulletinKind.MONTH, "year": 2026, "number": month, "cut_off": date.fromordinal(last), **kw}
    made = writing.start_bulletin(by=by, at=AT, programme="zj-ganzi", **facts)
    return written(made, text, by=by) if text else made


def written(bulletin: Bulletin, text: str, *, by: Actor = OFFICE) -> Bulletin:
    """The bulletin with another text in its first section."""
    said = [Said(one.heading, one.text, Block(one.block)) for one in bulletin.sections.order_by("position")]
    said[0] = Said(said[0].heading, text, said[0].block)
    bulletin.refresh_from_db()
    return writing.save_bulletin(
        by=by, at=AT, bulletin=bulletin.uuid, revision=bulletin.revision, title=bulletin.title, sections=said
    )


def brought_to(state: BulletinState, bulletin: Bulletin | None = None) -> Bulletin:
    """A bulletin at ``state``: written by Office, checked by the information officer only there, judged by Deputy."""
    found = bulletin or a_bulletin()
    asked: dict[str, Any] = {"at": AT, "bulletin": found.uuid}
    if state is not BulletinState.DRAFT:
        signing.submit_bulletin(by=OFFICE, **asked)
    if state is BulletinState.CHECKED:
        signing.check_bulletin(by=CHECKER, **asked)
    if state is BulletinState.RETURNED:
        signing.return_bulletin(by=DEPUTY, because="写明金额", **asked)
    if state in (BulletinState.APPROVED, BulletinState.FROZEN):
        signing.approve_bulletin(by=DEPUTY, because="同意", **asked)
    if state is BulletinState.FROZEN:
        signing.freeze_bulletin(by=OFFICE, **asked)
    return Bulletin.objects.get(pk=found.pk)


def a_mention(**kw: Any) -> Mention:
    """A report of a central paper on 5 October 2026."""
    facts = {
        "by": OFFICE, "kind": MentionKind.REPORT, "level": MediaLevel.CENTRAL, "title": "高原新校", "outlet": "某报",
        "on": date(2026, 10, 5), **kw,
    }  # fmt: skip
    return recognition.record_mention(at=AT, programme="zj-ganzi", **facts)


def a_case(*, title: str = "牦牛集群", **texts: str) -> Case:
    """The draft of a case with all its parts."""
    said = {**dict.fromkeys(TEMPLATE, "有"), **texts}
    return recognition.write_case(by=OFFICE, at=AT, programme="zj-ganzi", title=title, texts=said)


def a_case_in(state: CaseState) -> Case:
    """A case handed in by Office and, where it goes on, judged by Deputy."""
    found = a_case()
    recognition.submit_case(by=OFFICE, at=AT, case=found.uuid)
    if state is CaseState.RETURNED:
        recognition.return_case(by=DEPUTY, at=AT, case=found.uuid, because="写明成效")
    return Case.objects.get(pk=found.pk)
