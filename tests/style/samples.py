# SPDX-License-Identifier: Apache-2.0
"""Invented values for the style page: one of every state a component can be in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, Source, Strength
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Evidence, Flow, Happening, Page, Proof, Shape, Step
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import PERCENT, PERSON_TIME, PROJECT, YUAN, Quantity

AS_OF = date(2026, 11, 22)
STRENGTHS = tuple(Strength)
AT = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def yuan(amount: str) -> Money:
    """A round sum of yuan."""
    return Money.from_yuan(amount)


PLAN = Base("plan", message(gettext_noop("年度计划")))
ARRIVED = Base("arrived", message(gettext_noop("到位资金")))
ALLOTTED = Base("allotted", message(gettext_noop("核拨资金")))
STARTABLE = Base("startable", message(gettext_noop("计划新建")))

ARRIVAL_RATE = Figure(
    key="arrival_rate",
    label=message(gettext_noop("资金到位率")),
    value=Share(yuan("648000000"), yuan("720000000"), PLAN),
    unit=PERCENT,
    formula=message(gettext_noop("到位资金 ÷ 年度计划")),
    as_of=AS_OF,
    strength=Strength.VOUCHER,
    provenance="demo",
    computed_at=AT,
)
PAYMENT_RATE = Figure(
    key="payment_rate",
    label=message(gettext_noop("支付率")),
    value=Share(yuan("432000000"), yuan("648000000"), ARRIVED),
    unit=PERCENT,
    formula=message(gettext_noop("实际支付 ÷ 到位资金")),
    as_of=AS_OF,
    strength=Strength.VOUCHER,
    other_bases=(
        Share(yuan("432000000"), yuan("551000000"), ALLOTTED),
        Share(yuan("432000000"), yuan("720000000"), PLAN),
    ),
    flags=(message(gettext_noop("公开报道的比率按年度计划计算，与本页的基数不同。")),),
    sources=(Source("工作简报第 31 期", note="第 2 段 · 已人工核对"),),
    provenance="demo",
    computed_at=AT,
)
GRASSROOTS_SHARE = Figure(
    key="grassroots_share",
    label=message(gettext_noop("基层份额")),
    value=Share(yuan("511269870"), yuan("648000000"), ARRIVED),
    unit=PERCENT,
    formula=message(gettext_noop("用于县及县以下的资金 ÷ 到位资金")),
    as_of=AS_OF,
    strength=Strength.FORM,
    floor_percent=80,
    computed_at=AT,
)
PROJECTS = Figure(
    key="project_count",
    label=message(gettext_noop("项目")),
    value=Quantity(Decimal(134), PROJECT),
    unit=PROJECT,
    formula=message(gettext_noop("在册项目的个数，已取消的不计")),
    as_of=AS_OF,
    strength=Strength.FORM,
    note=message(gettext_noop("其中新建 71 个，续建 63 个")),
)
PAID = Figure(
    key="funds_paid",
    label=message(gettext_noop("实际支付")),
    value=yuan("432168900.55"),
    unit=YUAN,
    formula=message(gettext_noop("支付凭证的合计，冲正的不计")),
    as_of=AS_OF,
    strength=Strength.VOUCHER,
)
TRAINED = Figure(
    key="statement:trained",
    label=message(gettext_noop("培训干部人才")),
    value=Quantity(Decimal(12480), PERSON_TIME),
    unit=PERSON_TIME,
    formula=message(gettext_noop("公开报道的数字")),
    as_of=AS_OF,
    strength=Strength.NEWS,
    provenance="public",
)
GAP = Figure(
    key="acceptance_rate",
    label=message(gettext_noop("验收率")),
    value=None,
    unit=PERCENT,
    formula=message(gettext_noop("已验收项目 ÷ 已完工项目")),
    as_of=AS_OF,
    strength=Strength.NONE,
    gap=message(gettext_noop("还没有完工的项目，所以没有验收率。")),
)
FIGURES = (ARRIVAL_RATE, PAYMENT_RATE, GRASSROOTS_SHARE, PROJECTS, PAID, TRAINED, GAP)

CELLS = (
    ("编号", "code", "GZ-1"),
    ("总投资", "money", Money.from_yuan(3_125_000)),
    ("形象进度", "percent", 40),
    ("阶段", "status", ("ok", message(gettext_noop("已开工")))),
    ("计划完工", "day", date(2026, 10, 31)),
)
STAGES = (
    Flow(message(gettext_noop("计划下达")), yuan("720000000")),
    Flow(message(gettext_noop("到位")), yuan("648000000"), message(gettext_noop("未到位"))),
    Flow(message(gettext_noop("核拨")), yuan("551000000"), message(gettext_noop("已到未拨"))),
    Flow(message(gettext_noop("支付")), yuan("432000000"), message(gettext_noop("已拨未付"))),
)
STEPS = (
    Step(message(gettext_noop("前期准备")), "done", date(2024, 1, 15)),
    Step(message(gettext_noop("招投标")), "done", date(2024, 3, 20)),
    Step(message(gettext_noop("已开工")), "done", date(2024, 5, 6)),
    Step(message(gettext_noop("停工")), "rest", date(2026, 10, 31)),
    Step(message(gettext_noop("完工"))),
    Step(message(gettext_noop("验收"))),
    Step(message(gettext_noop("移交"))),
)
RUNNING = (*STEPS[:2], Step(message(gettext_noop("已开工")), "now", date(2024, 5, 6)), *STEPS[4:])
STOPPED = (*STEPS[:2], Step(message(gettext_noop("取消")), "stop", date(2024, 4, 2)))
HAPPENINGS = (
    Happening(
        AT,
        message(gettext_noop("日均温连续 5 日低于 5℃，主体已封顶")),
        "rest",
        message(gettext_noop("停工")),
        message(gettext_noop("县住建部门，附照片 6 张")),
    ),
    Happening(
        date(2026, 9, 18),
        message(gettext_noop("概算由 %(old)s 调为 %(new)s"), old=yuan("21740000"), new=yuan("23600000")),
        "wait",
        message(gettext_noop("待批")),
    ),
    Happening(
        date(2026, 8, 2), message(gettext_noop("第三期工程款")), "done", message(gettext_noop("已付")), url="#charts"
    ),
)
COUNTIES = (
    ("康定市", 14, yuan("58200000"), 88, "ok", message(gettext_noop("按期"))),
    ("稻城县", 9, yuan("39400000"), 84, "late", message(gettext_noop("2 项逾期"))),
    ("理塘县", 10, yuan("41205000.50"), 79, "wait", message(gettext_noop("份额低于要求"))),
    ("石渠县", 7, yuan("33000000"), 92, "rest", message(gettext_noop("冬季停工"))),
    ("色达县", 0, None, None, "stop", message(gettext_noop("没有项目"))),
)
SHAPES = (
    Shape("M20 60 70 20 120 40 130 90 80 110 30 100z", "甲县", 74, 66, "92%", 5, "#charts"),
    Shape("M120 40 190 15 230 50 210 95 130 90z", "乙县", 172, 58, "86%", 4, "#charts"),
    Shape("M230 50 300 40 305 110 240 125 210 95z", "丙县", 258, 84, "81%", 2, "#charts"),
    Shape("M30 100 80 110 95 170 60 215 20 180z", "丁县", 56, 155, "74%", 1, "#charts"),
    Shape("M80 110 130 90 210 95 200 160 150 200 95 170z", "戊县", 145, 140, "83%", 3, "#charts"),
    Shape("M210 95 240 125 305 110 290 200 220 225 150 200 200 160z", "己县", 240, 170),
)
LEGEND = (
    message(gettext_noop("低于 70%")),
    message(gettext_noop("70%–75%")),
    message(gettext_noop("75%–80%")),
    message(gettext_noop("80%–85%")),
    message(gettext_noop("85%–90%")),
    message(gettext_noop("90% 以上")),
)
LONG = (
    "Rekonstruktionsfinanzierungsangelegenheiten of the Garzê Tibetan Autonomous Prefecture Housing and "
    "Urban-Rural Development Bureau, https://example.org/a/very/long/address/that/never/ends/until/it/does"
)

ACTS = (
    {"name": "GZ-1 康定市中心小学教学楼", "url": "#tables", "new": False, "changes": {"progress_percent": [60, 65]}},
    {"name": "GZ-2 卫生院", "new": True, "changes": {"stage": "preparation", "amount_fen": 30_000_000}},
)


def proof(part_page: int) -> Proof:
    """The proof of the payment rate, with a page of its 412 vouchers."""
    first = (part_page - 1) * 8
    vouchers = tuple(
        EvidenceRow(
            f"支付凭证 {number:04}",
            yuan("1048543.69"),
            Strength.VOUCHER,
            date(2026, 8, 2),
            Source("", "#proof", "银行回单"),
        )
        for number in range(first + 1, min(first + 8, 412) + 1)
    )
    receipts = (
        EvidenceRow("第一批到位回单", yuan("500000000"), Strength.VOUCHER, date(2026, 3, 2)),
        EvidenceRow("第二批到位回单", yuan("148000000"), Strength.FORM, date(2026, 9, 30)),
    )
    paid = EvidencePage(message(gettext_noop("实际支付由这些组成")), vouchers, 412, yuan("432000000"))
    arrived = EvidencePage(message(gettext_noop("到位资金由这些组成")), receipts, 2, yuan("648000000"))
    return Proof(
        PAYMENT_RATE,
        about=(message(gettext_noop("演示项目")),),
        evidence=(
            Evidence("part", paid, Page(vouchers, 412, part_page, 8, "part_page")),
            Evidence("whole", arrived, Page(receipts, 2, 1, 8, "whole_page")),
        ),
    )


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("项目名称"), max_length=100, help_text=_("用批复文件上的全称。"))
    amount = forms.CharField(label=_("总投资"), help_text=_("可写 1234.5万元 或 0.72亿。"))
    starts_on = forms.DateField(
        label=_("计划开工"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(label=_("交付方式"), choices=[("turnkey", _("交钥匙")), ("cheque", _("交支票"))])
    novelty = forms.ChoiceField(
        label=_("新建或续建"), choices=[("new", _("新建")), ("continuing", _("续建"))], widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(label=_("批复文件"), required=False)
    sure = forms.BooleanField(label=_("已与批复文件核对"))
