# SPDX-License-Identifier: Apache-2.0
"""The reports of the demo: one month frozen, the next one submitted, a quarter begun; and made-up publicity and cases.

All of it is made up and marked so; what was published stands among the statements of the programmes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from shanhai.insight.reports.composing.services.signing import approve_bulletin, freeze_bulletin, submit_bulletin
from shanhai.insight.reports.composing.services.writing import Said, save_bulletin, start_bulletin
from shanhai.insight.reports.recognition.services import accept_case, record_mention, submit_case, write_case
from shanhai.insight.reports.values import TEMPLATE, Block, BulletinKind, MediaLevel, MentionKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.operate.demo.accounts import acting

if TYPE_CHECKING:
    from shanhai.insight.reports.models import Bulletin

UNIT = "前方指挥部办公室"
MENTIONS = (
    (MentionKind.REPORT, MediaLevel.CENTRAL, "（演示）高原上的新校舍", "某中央媒体", 12),
    (MentionKind.REPORT, MediaLevel.PROVINCIAL, "（演示）牦牛合作社的账本", "某省报", 20),
    (MentionKind.REPORT, MediaLevel.PREFECTURE, "（演示）县医院来了新医生", "某州报", 26),
    (MentionKind.REPORT, MediaLevel.OWN, "（演示）本月工作动态", "指挥部公众号", 33),
    (MentionKind.REPORT, MediaLevel.OWN, "（演示）项目开工速递", "指挥部公众号", 47),
    (MentionKind.PRAISE, MediaLevel.PROVINCIAL, "（演示）对资金监管做法的肯定", "省对口办", 60),
    (MentionKind.CHOSEN_CASE, MediaLevel.PROVINCIAL, "（演示）一县一所中心校", "省对口办", 75),
)
CASES = (("（演示）冬季停工期的材料储备", True), ("（演示）组团式医疗帮扶的排班", False))
PROBLEMS = "个别高海拔项目受季节影响，开工较晚。下步按施工季节倒排工期，抓紧支付已到位的{到位资金}。"


def load_reports(*, by: Actor, at: datetime, programme: str) -> None:
    """Fill the reports of one programme."""
    office, deputy = acting(username="office", at=at), acting(username="deputy", at=at)
    today = local_date(at)
    for kind, level, title, outlet, days in MENTIONS:
        record_mention(
            by=office, at=at, programme=programme, kind=kind, level=level, title=title, outlet=outlet,
            on=today - timedelta(days=days), provenance="demo",
        )  # fmt: skip
    for title, accepted in CASES:
        texts = {name: f"（演示）{words}的文字。" for name, words in TEMPLATE.items()}
        case = write_case(by=office, at=at, programme=programme, title=title, texts=texts, provenance="demo")
        submit_case(by=office, at=at, case=case.uuid)
        if accepted:
            accept_case(by=deputy, at=at, case=case.uuid, because="同意入库")
    last = today.replace(day=1) - timedelta(days=1)
    before = last.replace(day=1) - timedelta(days=1)
    frozen = _month(office, at, programme, before)
    submit_bulletin(by=office, at=at, bulletin=frozen.uuid)
    approve_bulletin(by=deputy, at=at, bulletin=frozen.uuid, because="同意")
    freeze_bulletin(by=office, at=at, bulletin=frozen.uuid)
    submit_bulletin(by=office, at=at, bulletin=_month(office, at, programme, last).uuid)
    quarter = last.month // 3 or 4  # The last one that has ended.
    year = last.year if quarter < 4 or last.month > 9 else last.year - 1
    start_bulletin(
        by=office, at=at, programme=programme, kind=BulletinKind.QUARTER, year=year, number=quarter, cut_off=last,
        unit=UNIT, provenance="demo",
    )  # fmt: skip


def _month(by: Actor, at: datetime, programme: str, last: date) -> Bulletin:
    made = start_bulletin(
        by=by, at=at, programme=programme, kind=BulletinKind.MONTH, year=last.year, number=last.month, cut_off=last,
        unit=UNIT, provenance="demo",
    )  # fmt: skip
    said = [Said(one.heading, one.text, Block(one.block)) for one in made.sections.order_by("position")]
    said[-1] = Said(said[-1].heading, PROBLEMS)
    return save_bulletin(
        by=by, at=at, bulletin=made.uuid, revision=made.revision, title=made.title, unit=UNIT, sections=said
    )
