# SPDX-License-Identifier: Apache-2.0
"""The quantities of texts: of the articles in ../shared/seeds, of reports in their style, of traps one by one."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.insight.evidence.tests.annotated import Annotated, article, quantity, reports
from shanhai.insight.evidence.tests.builders import cost_of
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.values import Bound, Original

ABOVE = Path(__file__).resolve().parents[6:]
ARTICLES = next((sorted(one.glob("shared/seeds/*.txt")) for one in ABOVE if (one / "shared/seeds").exists()), [])


def measured(texts: list[Annotated]) -> tuple[float, float, list[str]]:
    """Precision and recall over quantities, and the labels that were taken for one."""
    right = found = marked = 0
    mistaken = []
    for one in texts:
        claims = extract(one.text, read(Original(one.text, {0: ""})))
        quantities = {quantity(claim) for claim in claims}
        right, found = right + len(quantities & one.quantities), found + len(quantities)
        marked += len(one.quantities)
        mistaken += [
            f"{one.title}: {one.text[label.start : label.end]}"
            for label in one.labels
            if any(claim.start < label.end and label.start < claim.end for claim in claims)
        ]
    return right / found, right / marked, mistaken


def test_in_the_reports_of_the_corpus_quantities_are_found_and_labels_are_not():
    texts = reports()

    precision, recall, mistaken = measured(texts)

    assert len(texts) >= 20
    assert sum(len(one.quantities) for one in texts) > 300
    assert mistaken == []
    assert precision >= 0.95
    assert recall >= 0.95


@pytest.mark.skipif(len(ARTICLES) < 5, reason="the five articles of ../shared/seeds are not here")
def test_in_the_five_articles_quantities_are_found_and_labels_are_not():
    texts = [article(path.read_bytes().decode(), path.name[:3]) for path in ARTICLES]

    precision, recall, mistaken = measured(texts)

    assert mistaken == []
    assert precision >= 0.95
    assert recall >= 0.95


def said(text: str) -> list[tuple[str, str, str, str]]:
    """What is found: as written, value (and upper end), unit, bound."""
    return [
        (one.text, f"{one.value:f}" + (f"..{one.upper:f}" if one.upper is not None else ""), one.unit, one.bound.value)
        for one in extract(text)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("投资1.8亿元", ("1.8亿元", "180000000", "元", "exact")),
        ("投资 1.8 亿 元", ("1.8 亿 元", "180000000", "元", "exact")),
        ("投资３，２１０．５万元", ("３，２１０．５万元", "32105000", "元", "exact")),
        ("三百二十一名", ("三百二十一名", "321", "名", "exact")),
        ("兩千餘畝", ("兩千餘畝", "2000", "亩", "at_least")),
        ("3亿2000万元", ("3亿2000万元", "320000000", "元", "exact")),
        ("2千多万元", ("2千多万元", "20000000", "元", "at_least")),
        ("一万二千人", ("一万二千人", "12000", "人", "exact")),
        ("二十五点六个百分点", ("二十五点六个百分点", "25.6", "百分点", "exact")),
        ("百分之三十至四十", ("百分之三十至四十", "30..40", "%", "range")),
        ("5000至1万元", ("5000至1万元", "5000..10000", "元", "range")),
        ("1.5—2万元", ("1.5—2万元", "15000..20000", "元", "range")),
        ("七八十人", ("七八十人", "70..80", "人", "range")),
        ("近八成的农户", ("八成", "80", "%", "below")),
        ("不超过30天", ("30天", "30", "天", "at_most")),
        ("近百名干部", ("百名", "100", "名", "below")),
        ("签约12个项目", ("12个", "12", "个", "exact")),
        ("每斤6.5元/斤", ("6.5元/斤", "6.5", "元/斤", "exact")),
        ("同比-3.2%", ("-3.2%", "-3.2", "%", "exact")),
        ("1.3个县完成", ("3个", "3", "个", "exact")),
        ("连续举办3届", ("3届", "3", "届", "exact")),
        ("1.2023年新增3个", ("3个", "3", "个", "exact")),
        ("发电10亿度", ("10亿度", "1000000000", "度", "exact")),
        ("两个月来签约近30亿元", ("30亿元", "3000000000", "元", "below")),
        ("零下18摄氏度以下", ("零下18摄氏度", "-18", "℃", "at_most")),
        ("降至-40℃～+60℃", ("-40℃～+60℃", "-40..60", "℃", "range")),
        ("建筑面积18 600平方米", ("18 600平方米", "18600", "平方米", "exact")),
        ("共1 234 567.5元", ("1 234 567.5元", "1234567.5", "元", "exact")),
        ("金额1,2\n34.50万元", ("1,2\n34.50万元", "12345000", "元", "exact")),
        ("9亿7千4百万元", ("9亿7千4百万元", "974000000", "元", "exact")),
        ("4亿零300万元", ("4亿零300万元", "403000000", "元", "exact")),
        ("流量45立方米/秒", ("45立方米/秒", "45", "立方米/秒", "exact")),
        ("死亡率38.63/10万", ("38.63/10万", "38.63", "/10万", "exact")),
        ("历时4个半小时", ("4个半小时", "4.5", "小时", "exact")),
        ("七成以上来自务工", ("七成", "70", "%", "at_least")),
        ("不到一半", ("一半", "50", "%", "below")),
        ("压缩一成二", ("一成二", "12", "%", "exact")),
        ("培训班十二期", ("十二期", "12", "期", "exact")),
        ("十一万三千群众", ("十一万三千", "113000", "人", "exact")),
        ("銷售額突破3,000萬。群眾", ("3,000萬", "30000000", "元", "above")),
        ("净增-5个", ("-5个", "-5", "个", "exact")),
        ("压实度≥96%", ("96%", "96", "%", "at_least")),
        ("5000万元（含）以上", ("5000万元", "50000000", "元", "at_least")),
        ("速率100Mbps", ("100Mbps", "100", "Mbps", "exact")),
    ],
)
def test_a_number_is_read_as_it_is_meant(text, found):
    assert said(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "", "第九批第15次会议第三十名", "“十四五”项目", "十四五项目清单", "2021年度12月份", "“4个一批”", "一个人",
        "《关于5个项目的通知》", "几十个村、数百名群众", "万亩茶园", "二期工程、二次分配", "三年行动、五年规划",
        "中国共产党成立100周年", "四面八方、千家万户", "3月至5月、10日至12日", "2019—2021年", "1 项目概况", "2+1+2个",
        "五家渠市三台县", "党的二十大十九届五中", "8:30—17:30", "G20峰会2.0版",
        "“4500米”精神、“百日攻坚30天”", "北纬29.59度", "晚8点半、当晚21点", "九年义务教育、15年免费教育", "2单元",
        "高一3班", "5G网络、10W+", "三方协议、3路公交", "统一社会信用代码11513300MB1234567X", "一半是海水、一成不变",
    ],
)  # fmt: skip
def test_a_label_is_no_quantity(text):
    assert said(text) == []


def test_what_stands_around_a_number_comes_with_it():
    text = "概况。截至9月底，甘孜州到位资金17.87亿元，浙江省92所学校结对。"

    money, schools = extract(text)

    assert (money.subject, money.period, money.place) == ("到位资金", "截至9月底", "甘孜州")
    assert (schools.subject, schools.place) == ("学校", "浙江省")
    assert text[money.sentence.start : money.sentence.end] == text[3:]
    assert money.step == Decimal(1_000_000)


def test_of_two_numbers_in_a_row_each_says_what_it_counts():
    subjects = [
        one.subject for one in extract("发放贷款3笔450万元，惠及农户45户180人，覆盖18个县。援助和田地区12个项目。")
    ]

    assert subjects == ["发放贷款", "发放贷款", "惠及农户", "惠及农户", "县", "项目"]
    assert extract("援助和田地区12个项目")[0].place == "和田地区"


def test_a_number_that_touches_a_lost_character_is_not_read_and_its_sentence_is_marked():
    claims = extract("投资17.\ufffd7亿元。筹措\ue789资金8亿元。捐款3万元。")

    assert [(one.text, one.damaged) for one in claims] == [("8亿元", True), ("3万元", False)]


def test_a_number_broken_by_a_line_end_is_one_number_but_a_column_is_not():
    assert said("到位资金17.\r\n87亿元")[0][:2] == ("17.\r\n87亿元", "1787000000")
    assert said("12\n34\n56个") == [("56个", "56", "个", "exact")]


def test_a_table_takes_the_unit_of_its_header():
    text = "单位：万元\n县\t项目数\t到位资金\t备注\n甲县\t12\t1,184.5\t3\n乙县\t9\t—\t\n"

    found = [(one.text, one.value, one.unit, one.subject, one.place) for one in extract(text)]

    assert found == [
        ("12", 12, "个", "项目数", "甲县"),
        ("1,184.5", 11845000, "元", "到位资金", "甲县"),
        ("9", 9, "个", "项目数", "乙县"),
    ]


NUMERALS = st.text("0123456789.,，万亿千百十一二三两几余多个元%至-—“”第年月 \n\t|县（）万元\ue000", max_size=60)


@given(NUMERALS | st.text(max_size=60))
def test_a_claim_is_a_stretch_of_the_text_and_none_overlaps_another(text):
    claims = extract(text)

    assert all(one.text == text[one.start : one.end] for one in claims)
    assert all(first.end <= second.start for first, second in pairwise(claims))
    assert all(one.sentence.start <= one.start < one.end <= one.sentence.end for one in claims)
    assert all((one.upper is not None) == (one.bound is Bound.RANGE) for one in claims)


@pytest.mark.parametrize(
    "piece", ["1", "一", "1,234", "1.", "十", "1至", "“1个", "百分之", "一万亿", "第", "1|", " 2", "\ud800"]
)
def test_long_runs_take_no_longer_than_their_length(piece):
    def cost(length):
        return cost_of(lambda: extract(piece * (length // len(piece))))

    # The first reading loads tables. Of four times the text, reading over and over would cost sixteen times as much.
    cost(1_000)
    assert cost(60_000) < max(8 * cost(15_000), 0.5)
