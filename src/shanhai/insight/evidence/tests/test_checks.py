# SPDX-License-Identifier: Apache-2.0
"""Which numbers of a text do not fit, and which is named as the slip; and that what is right is left alone."""

import cProfile
from pathlib import Path

import pytest

from shanhai.insight.evidence.texts.rules import checks
from shanhai.insight.evidence.texts.rules.claims import extract

DATA = Path(__file__).parent / "data"
# Published figures in our words. In the first the headline of what arrived is a copy of the investment done.
KEZHOU, JIANGSU, SHIGATSE = (
    (DATA / name).read_text("utf-8") for name in ("kezhou-2021.txt", "jiangsu-kezhou-2014.txt", "shigatse.txt")
)
RIGHT = KEZHOU.replace("到位资金17.87", "到位资金17.44")


def check(text):
    return checks.check(extract(text), text)


def test_the_headline_of_kezhou_is_named_as_the_slip_with_the_number_that_it_should_be():
    (finding,) = check(KEZHOU)

    assert finding.kind == "copy"
    assert finding.suspect is not None
    assert (finding.suspect.text, finding.suspect.start) == ("17.87亿元", KEZHOU.index("到位资金") + 4)
    assert str(finding.message) == (
        "17.87亿元 很可能是从别处抄来的数：“到位资金”写的是 17.87亿元，而各项相加 "
        "6.02亿元 + 8.20亿元 + 1.84亿元 + 1.38亿元 = 17.44亿元。换成 17.44亿元，有关的 3 处就都对得上。"
    )


@pytest.mark.parametrize("text", [RIGHT, JIANGSU, SHIGATSE], ids=["kezhou", "jiangsu", "shigatse"])
def test_a_report_whose_every_sum_is_right_is_left_alone(text):
    assert check(text) == ()


@pytest.mark.parametrize(
    ("text", "right", "slip", "named"),
    [
        (RIGHT, "到位资金6.02亿元", "到位资金6.20亿元", True),
        (RIGHT, "项目181个", "项目118个", True),
        (RIGHT, "支付率86.49%", "支付率68.49%", True),
        (RIGHT, "计划投资19.89亿元", "计划投资18.89亿元", True),
        (RIGHT, "完工率90.67%", "完工率96.07%", True),
        (JIANGSU, "安排项目76个", "安排项目67个", True),
        (JIANGSU, "阿图什市29个", "阿图什市92个", True),
        (JIANGSU, "11243万元", "12143万元", False),
        (JIANGSU, "占总投资的87.34%", "占总投资的78.34%", True),
        (SHIGATSE, "干部508人", "干部580人", False),
        (SHIGATSE, "项目3842个", "项目3482个", False),
    ],
)
def test_one_slipped_number_is_one_finding(text, right, slip, named):
    wrong = text.replace(right, slip)

    (finding,) = check(wrong)

    assert any(slip.endswith(wrong[span.start : span.end]) for span in finding.spans)
    if named:
        assert finding.suspect is not None
        assert slip.endswith(finding.suspect.text)


@pytest.mark.parametrize(
    "text",
    [
        "投入援疆资金10亿元，其中用于民生8.2亿元、用于基层8.6亿元。",
        "全年选派干部人才800人，其中女性450人、少数民族600人。",
        "举办培训班12期，培训1598人次，其中党政干部450人次、教师800人次。",
        "共有学校92所，其中小学50所，中学30所。",
        "2023年安排项目95个，资金7.2亿元；2022年安排项目88个，资金6.9亿元。",
        "浙江省安排项目95个，开工90个。\n江苏省安排项目76个，开工76个。",
        "截至8月底，到位资金6.0亿元，到位率50%；截至9月底，到位资金7.2亿元，到位率60%，计划投资12亿元。",
        "2021年安排项目106个，已开工100个；其中新建项目60个，开工58个，开工率96.67%。",
        "宣传报道320篇，其中中央媒体45篇、省级以上媒体98篇。",
        "",
    ],
    ids=[
        "two-tags",
        "traits",
        "some-of-them",
        "partly",
        "two-years",
        "two-provinces",
        "two-days",
        "of-a-part",
        "levels",
        "empty",
    ],
)
def test_what_need_not_add_up_is_no_finding(text):
    assert check(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "suspect"),
    [
        ("全年选派干部人才800人，其中专技人才850人。", "part", "850人"),
        ("到位资金45.8亿元，占年度计划110亿元的51.6%。", "rate", "51.6%"),
        ("今年到位资金7.2亿元，去年同期6.0亿元，同比增长12%。", "growth", "12%"),
        ("安排项目95个，已开工98个。", "order", None),
        ("完工项目80个，已验收85个。", "order", None),
        ("支付资金5.2亿元，核拨资金4.8亿元。", "order", None),
        ("安排援疆资金41759万元，其中教育4000万元、产业11243万元、其他26516亿元。", "unit", "26516亿元"),
        ("教育类10个，卫生类20个，合计31个。", "sum", None),
        ("到位资金17.87亿元，进度良好。\n再看一遍，到位资金17.44亿元。", "conflict", None),
        ("总投资12.5亿元，完成投资10亿元，投资完成率85%。", "rate", None),
        ("安排项目96个，其中新建63个、续建32个。", "sum", None),
    ],
)
def test_each_kind_of_slip_is_found(text, kind, suspect):
    (finding,) = check(text)

    assert finding.kind == kind
    assert (finding.suspect and finding.suspect.text) == suspect


def test_a_rate_may_stand_on_any_base_that_the_row_gives():
    # 91 % of what was completed, 82.5 % of all: both are in use.
    assert check("项目343个，完工311个，验收283个，验收率91%。") == ()
    assert check("项目343个，完工311个，验收283个，验收率82.5%。") == ()
    assert [one.kind for one in check("项目343个，完工311个，验收283个，验收率85%。")] == ["rate"]


def test_a_rounded_number_is_no_fault():
    assert check("安排资金1.8亿元，其中教育0.62亿元、卫生0.58亿元、其他0.61亿元。") == ()


def calls_of(text):
    profile = cProfile.Profile()
    profile.runcall(check, text)
    return sum(one.callcount for one in profile.getstats())


@pytest.mark.parametrize(
    "piece",
    ["项目12个资金3亿元占5亿元的60%其中3个", "到位资金45亿元，占年度计划110亿元的41%，", "甲县3个、乙县4个，合计8个，"],
)
def test_one_endless_sentence_takes_no_longer_than_its_length(piece):
    assert calls_of(piece * 400) < 2.6 * calls_of(piece * 200)
