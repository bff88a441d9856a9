# SPDX-License-Identifier: Apache-2.0
"""The copy to read: what is cut and why, what is marked as lost, and that every character leads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.insight.evidence.tests.builders import cost_of
from shanhai.insight.evidence.tests.test_extracting import ARTICLES
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.values import Cut, Original, Reading


def a_reading(text: str, *, markup: bool = False) -> Reading:
    return read(Original(text, {0: ""}, markup=markup))


def cut(text: str, why: Cut, *, markup: bool = False) -> list[str]:
    return [
        text[span.start : span.end].strip() for span, reason in a_reading(text, markup=markup).cuts if reason is why
    ]


def leads_back(text: str, reading: Reading) -> bool:
    """Whether each run is the same characters, runs follow one another, and nothing cut is in one."""
    same = all(reading.text[run.at : run.at + run.end - run.start] == text[run.start : run.end] for run in reading.runs)
    order = [edge for run in reading.runs for edge in (run.start, run.end)]
    kept = {at for run in reading.runs for at in range(run.start, run.end)}
    lost = {at for span, _why in reading.cuts for at in range(span.start, span.end)}
    return same and order == sorted(order) and not kept & lost


ARTICLE = "甲县新建学校3所。\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("您当前的位置 : 某网 > 要闻  正文", Cut.NAVIGATION),
        ("您所在的位置:某网(wǎng) >> 新聞 >> 瀏覽文章", Cut.NAVIGATION),
        ("  • 上一篇:8家企业开业", Cut.NAVIGATION),
        ("掃碼關注中國某省微信", Cut.NAVIGATION),
        ("标签: 形势;产业", Cut.NAVIGATION),
        ("编辑: 某人", Cut.NAVIGATION),
        ("Copyright © 1999-2022 某网 版权所有", Cut.COPYRIGHT),
        ("高清资源,日韩亚州,电影av,国产精品一区,美女诱惑,超高清图", Cut.SPAM),
    ],
)
def test_a_line_that_is_not_of_the_article_is_cut_by_its_name(line, why):
    assert cut(ARTICLE + line + "\n" + ARTICLE * 3, why) == [line.strip()]


def test_headlines_before_the_crumbs_and_after_the_related_ones_are_of_neighbours():
    text = f"别处新闻：6个字\n您当前的位置 : 某网 > 正文\n{ARTICLE * 5}相关阅读\n另一篇：7家企业\n"

    assert [one.text for one in extract(text, a_reading(text))] == ["3所"] * 5
    assert len(cut(text, Cut.NEIGHBOUR)) == 2


def test_a_sentence_about_a_place_or_an_editor_is_kept():
    text = "学校位置：甲县，共3个班。\n编辑部设在县城，有12名编辑。\n版面上一篇报道说有5家企业。\n"

    assert a_reading(text).text == text


def test_pinyin_in_brackets_goes_and_other_brackets_stay():
    text = "92所學(xué)校、46家醫(yī)院、18個縣(xiàn)、1.8億(yì)元、3公里(km)"
    reading = a_reading(text)

    assert reading.text == "92所學校、46家醫院、18個縣、1.8億元、3公里(km)"
    assert [(one.text, one.value) for one in extract(text, reading)][3] == ("1.8億(yì)元", 180_000_000)
    assert a_reading("甲公司(lian)、乙").text == "甲公司(lian)、乙"


@pytest.mark.parametrize("markup", [True, False])
def test_marks_that_nobody_sees_do_not_part_a_number(markup):
    text = "\ufeff到位\u202e资金12亿\u202c元，新建\u200b1\u200b2个，占8\xad0\u2060%。"

    claims = extract(text, a_reading(text, markup=markup))

    assert [(one.unit, one.value) for one in claims] == [("元", 1_200_000_000), ("个", 12), ("%", 80)]
    assert claims[1].text == "1\u200b2个"


def test_what_was_lost_is_marked_and_a_question_is_none():
    text = "规?\ue1d6⑵放苹\ue1ec较虬发\ufffd展。您听懂了吗?我懂了。共同富?"
    lost = [text[span.start : span.end] for span in a_reading(text).damage]

    assert lost == ["?", "\ue1d6", "\ue1ec", "\ufffd"]


PAGE = (
    "<html><head><title>7家</title><style>.a{width:5个}</style></head><body><nav>首页 8个</nav><!-- 9个 -->"
    "<p>共<b>1</b>2个项目&mdash;&ldquo;4个一批&rdquo;</p><table><tr><td>3</td><td>4个</td></tr></table>"
    "<script>var a = '6亿元</p>';</script><div style='display: none'><div>10个</div>11个</div>"
    "<p>投资&#49;.8&nbsp;亿元</p></body>"
)


def test_of_a_page_scripts_and_hidden_parts_are_not_read_and_cells_stay_apart():
    reading = a_reading(PAGE, markup=True)
    claims = extract(PAGE, reading)

    assert [(one.text, one.value) for one in claims] == [("1</b>2个", 12), ("4个", 4), (".8&nbsp;亿元", 180_000_000)]
    assert leads_back(PAGE, reading)
    assert len(cut(PAGE, Cut.SCRIPT, markup=True)) == 4


def test_a_sentence_that_names_its_number_of_filing_is_of_the_article():
    told = "果园覆盖2600亩，平台备案号为蜀ICP备12345678号。"

    assert a_reading(told).text == told
    assert a_reading("版权所有：某县，蜀ICP备12345678号。").text == ""


MARKS = st.text("<>/!-\"'= &;#1pdiv script hidden个亿元?\ue000\n学(xuéā)您当前的位置:>上一篇", max_size=80)


@given(MARKS | st.text(max_size=60), st.booleans())
def test_every_run_leads_back(text, markup):
    reading = a_reading(text, markup=markup)

    assert leads_back(text, reading)
    assert all(one.text == text[one.start : one.end] for one in extract(text, reading))


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<a '", "<!--", "<div hidden>", "&amp", "<script>", "(é)学", " ", "\n", "\n ", "位置:"]
)
@pytest.mark.parametrize("markup", [True, False])
def test_long_runs_are_read_in_the_time_of_their_length(piece, markup):
    def cost(length):
        return cost_of(lambda: a_reading(piece * (length // len(piece)), markup=markup))

    # The first reading loads tables. Of four times the text, reading over and over would cost sixteen times as much.
    cost(1_000)
    assert cost(100_000) < max(8 * cost(25_000), 0.5)


@pytest.mark.skipif(len(ARTICLES) < 5, reason="the five articles of ../shared/seeds are not here")
def test_of_the_five_articles_nothing_of_the_text_is_cut():
    texts = {path.name[:3]: path.read_bytes().decode() for path in ARTICLES}
    read_so = {name: a_reading(text) for name, text in texts.items()}

    assert all(leads_back(texts[name], one) for name, one in read_so.items())
    assert {name: len(one.damage) for name, one in read_so.items()} == {
        "000": 0,
        "001": 0,
        "002": 11,
        "003": 0,
        "004": 0,
    }
    assert [name for name, one in read_so.items() if any(why is Cut.NEIGHBOUR for _span, why in one.cuts)] == ["004"]
    assert "亚洲" not in read_so["002"].text
    assert "學校、49家醫院" in read_so["002"].text
    assert "G20" not in read_so["004"].text
    assert all("Copyright" not in one.text and "一篇:" not in one.text for one in read_so.values())
