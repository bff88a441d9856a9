# SPDX-License-Identifier: Apache-2.0
"""Which numbers of a text do not fit, and which is named as the slip; and that what is right is left alone."""

import cProfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("全年选派干部人才800人，其中专技人才850人。", "part", None),
        ("到位资金45.8亿元，占年度计划110亿元的51.6%。", "rate", "51.6%"),
        ("今年到位资金7.26亿元，去年同期6.05亿元，同比增长28.0%。", "growth", "28.0%"),
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


TABLE = """镇\t饮水\t道路\t合计
甲镇\t12\t8\t20
乙镇\t9\t6\t15
丙镇\t15\t11\t26
合计\t36\t25\t61
"""
RATES = """城市  计划  到位  到位率
温州  2500  2180  87.2%
嘉兴  1800  1475  81.9%
绍兴  2000  1640  82.0%
合计  6300  5295  84.0%
"""
GROWN = """| 指标 | 上年 | 今年 | 增长 |
|---|---|---|---|
| 资金 | 18250 | 21900 | 20.0% |
| 项目 | 125 | 140 | 12.0% |
| 人才 | 96 | 108 | 12.5% |
"""


@pytest.mark.parametrize(
    ("table", "right", "slip", "suspect"),
    [
        (TABLE, "11", "17", "17"),
        (TABLE, "61", "16", "16"),
        (RATES, "1640", "1460", "1460"),
        (RATES, "81.9%", "87.9%", "87.9%"),
        (GROWN, "12.0%", "17.0%", None),
        (TABLE.replace("\t", " "), "11", "17", "17"),
    ],
)
def test_a_table_is_added_up_both_ways_and_its_rows_are_compared(table, right, slip, suspect):
    assert check(table) == ()

    (finding,) = check(table.replace(right, slip))

    assert (finding.suspect and finding.suspect.text) == suspect


@pytest.mark.parametrize(
    ("text", "right", "slip"),
    [
        ("反馈问题47个，涉及管理18个、资金13个、队伍9个、档案7个。", "13个", "18个"),
        ("举办“百校牵手”活动三十二场，其中赴县里十九场、在市里举办十三场。", "三十二", "三十五"),
        ("全年举办活动22场，其中上半年9场、下半年13场，下半年比上半年多4场。", "22场", "24场"),
        ("计划援助资金8400万元，到位7056万元，到位率84%，尚未到位资金1344万元。", "84%", "48%"),
        ("计划援助资金8400万元，到位7056万元，到位率84%，尚未到位资金1344万元。", "1344", "1374"),
        ("安排项目64个，到6月末完工29个，完成率约45%。", "45%", "65%"),
        ("存栏38.6万头，其中能繁母畜16.9万头，占存栏的43.8%。", "43.8", "48.8"),
        ("改造320座，每座补助1.5万元，补助资金合计480万元。", "480万", "840万"),
        ("到位8700万元，比上年的7500万元增加1200万元，增长16%。", "1200", "1300"),
        ("年龄上，35岁以下占34%，36至45岁占47%，46岁以上占19%。", "47%", "41%"),
        ("接待18640人次，比上年同期的15210人次增长22.6%。", "15210", "18210"),
        ("各县投入：甲县8473万元、乙县7925万元、丙县6284万元，合计22682万元。", "8473万", "8473亿"),
        ("开展检查：3月，举办2期；\n4月，举办3期；\n5月，举办4期，合计9期。", "9期", "8期"),
    ],
)
def test_what_no_word_announces_is_told_where_one_slip_explains_it(text, right, slip):
    assert check(text) == ()

    (finding,) = check(text.replace(right, slip))

    assert any(text.replace(right, slip)[span.start : span.end].startswith(slip) for span in finding.spans)


@pytest.mark.parametrize(
    "text",
    [
        "开工147个。\n分县看：\n甲县项目41个，开工40个；乙县项目63个，开工61个；\n丙县项目28个，开工27个；丁县项目19个，全部开工。",
        "（一）教育2795万元，其中：实验楼1280万元，教学楼1515万元；\n（二）医疗2020万元；\n（三）产业3605万元。",
        "援藏开工22个，开工率91.7%；援疆开工55个，开工率96.5%。",
        "“交钥匙”项目27个、投资22426万元，“交支票”项目75个、投资30659万元，共投资53085万元。\n"
        "“交钥匙”项目完成投资18165万元，投资完成率81.0%；“交支票”项目完成投资21952万元，投资完成率71.6%。",
        "未开工6个，其中取消2个、调整为下年度实施4个；在建23个；完工未验收38个。",
        "6月，举办4期，培训195人次。\n按内容分，养殖238人次，种植173人次，经营140人次。",
        "销售3.42亿元，上年同期为2.85亿元。其中线上销售1.27亿元，线下销售2.15亿元。",
        "本月拨付1360万元，其中产业类720万元、教育类310万元；1至5月累计拨付5280万元，同比增长8.4%。",
        "计划建设住房1850套。已开工1780套，开工率96.2%；已竣工1462套，竣工率79.0%。",
        "总投资2.96亿元，其中支援资金1.48亿元，省级补助8510万元，群众自筹6290万元，支援资金占总投资的50%。",
        "新增就业8640人，比去年同期的7920人增加720人，增长9.1%。其中就近就业6912人，跨地区就业1728人。",
        "一季度1280万元，二季度2360万元，三季度3145万元，四季度1915万元；下半年合计5060万元。",
        "项目86个，已完工41个，在建33个，尚未开工12个，开工率86.0%。未开工的集中在两个领域。",
        "40所学校结对，其中小学18所、初中11所、高中7所、职校4所，结对覆盖受援县学校43所。",
        "新增就业2500人，其中一季度386人、二季度742人、三季度915人、四季度457人，完成年度目标2300人的108.7%。",
        "门急诊86420人次，同比增长9.0%（去年同期79300人次）；出院5640人次，去年同期5210人次，同比增长8.3%。",
        "2022年资金3.12亿元；2023年3.38亿元，比上年增长8.3%；2024年3.64亿元，比上年增长7.7%。",
        "签约18个，协议投资27.6亿元，其中落地开工11个，尚未落地7个，项目落地率61.1%。",
        "指标 本期 上期\n下达计划 1.36亿元 1.36亿元\n到位 9,600万元 8,200万元\n支付 3,738.60 万元 3,345.40 万元",
    ],
    ids=[
        "all-in-words",
        "numbered",
        "two-programmes",
        "two-ways",
        "closed-list",
        "of-another",
        "not-of-last-year",
        "cumulated",
        "another-base",
        "named-part",
        "after-growth",
        "halves",
        "not-yet",
        "full-list",
        "goal",
        "brackets",
        "years",
        "not-yet-rate",
        "columns",
    ],
)
def test_a_guess_of_what_belongs_together_is_no_finding(text):
    assert check(text) == ()


def test_a_rate_may_stand_on_any_base_that_the_row_gives():
    # 91 % of what was completed, 82.5 % of all: both are in use.
    assert check("项目343个，完工311个，验收283个，验收率91%。") == ()
    assert check("项目343个，完工311个，验收283个，验收率82.5%。") == ()
    assert [one.kind for one in check("项目343个，完工311个，验收283个，验收率85%。")] == ["rate"]


def test_a_rounded_number_is_no_fault():
    assert check("安排资金1.8亿元，其中教育0.62亿元、卫生0.58亿元、其他0.61亿元。") == ()


PIECES = [
    "12",
    "-3.5",
    "0",
    "48%",
    "-7%",
    "亿元",
    "个",
    "，",
    "。",
    "；\n",
    "\t",
    "  ",
    "其中",
    "合计",
    "占",
    "同比增长",
    "率",
    "尚未到位",
    "按类分，",
]


@given(st.lists(st.sampled_from(PIECES), max_size=24).map("".join))
def test_whatever_stands_in_a_text_every_finding_names_places_in_it(text):
    assert all(0 <= span.start < span.end <= len(text) for one in check(text) for span in one.spans)


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
