# SPDX-License-Identifier: Apache-2.0
"""The components say by words what they draw, escape what they are given, and need no style of their own."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory
from django.utils import translation

from shanhai.kernel.figures import Figure, FigureScope, Strength
from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Flow, Page, Shape, Step
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.units import PERCENT
from shanhai.portal.templatetags import shanhai as tags

ON = date(2026, 11, 22)
HOSTILE = '"><script>x</script>'


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def shown(template: str, **context) -> str:
    return " ".join(Template(template).render(Context(context)).split())


def a_figure(**kw) -> Figure:
    base = Base("arrived", message("到位资金"))
    given = {
        "key": "payment_rate",
        "label": message("支付率"),
        "value": Share(Money(43_200_000_000), Money(64_800_000_000), base),
        "unit": PERCENT,
        "formula": message("实际支付 ÷ 到位资金"),
        "as_of": ON,
        "strength": Strength.VOUCHER,
    }
    return Figure(**{**given, **kw})


def test_money_carries_the_exact_yuan_for_the_pointer_and_for_paper():
    html = shown("{% money amount %}", amount=Money(43_216_890_055))

    assert 'title="432,168,900.55 元"' in html
    assert '<span class="short">4.32 亿元</span>' in html
    assert '<span class="exact">432,168,900.55 元</span>' in html


def test_an_amount_in_a_column_says_its_unit_on_paper():
    html = shown('{% money amount unit="wan_yuan" %}', amount=Money(43_216_890_055))

    assert '<span class="short" data-unit="万元">43,216.89</span>' in html
    assert '<span class="exact">432,168,900.55 元</span>' in html


def test_no_amount_is_a_dash_and_no_zero():
    assert shown("{% money amount %}", amount=None) == '<span class="nothing">—</span>'


def test_a_figure_says_its_value_its_base_and_its_strength():
    html = shown("{% figure fig %}", fig=a_figure())

    assert "66.7<small>%</small>" in html
    assert "4.32 亿元 ÷ 到位资金 6.48 亿元" in html
    assert '<span class="strength voucher">凭证</span>' in html
    assert "href" not in html


def test_a_figure_below_its_floor_says_so_in_words():
    html = shown("{% figure fig %}", fig=a_figure(floor_percent=80))

    assert '<div class="fig warn">' in html
    assert "低于 80% 的要求" in html


def test_a_doubted_figure_says_how_many_doubts_there_are():
    html = shown("{% figure fig %}", fig=a_figure(flags=(message("合计不符"), message("报道不同"))))

    assert '<div class="fig warn">' in html
    assert "2 处存疑" in html


def test_a_figure_without_a_value_says_why():
    html = shown("{% figure fig %}", fig=a_figure(value=None, gap=message("还没有到位的资金。")))

    assert '<div class="fig gap">' in html
    assert "还没有到位的资金。" in html
    assert "fig-value" not in html


def test_a_programme_is_called_by_its_name_and_a_strange_one_by_its_code():
    frame = SimpleNamespace(programmes=[SimpleNamespace(code="a-b", name="甲 → 乙", name_en="A → B")])
    told = "{% programme_name 'a-b' %} {% programme_name 'c-d' %}"
    assert shown(told, frame=frame) == "甲 → 乙 c-d"


@pytest.mark.parametrize(("provenance", "word"), [("demo", "演示数据"), ("public", "公开数字")])
def test_made_up_and_published_figures_are_marked(provenance, word):
    assert word in shown("{% figure fig %}", fig=a_figure(provenance=provenance))


def test_the_proof_is_a_link_that_the_drawer_can_fetch():
    html = shown("{% figure fig proof_url=url %}", fig=a_figure(), url="/proof/?key=a&programme=b")

    assert 'href="/proof/?key=a&amp;programme=b"' in html
    assert 'hx-get="/proof/?key=a&amp;programme=b" hx-target="#drawer-body"' in html
    assert "依据" in html


def test_the_proof_is_looked_for_in_the_scope_the_figure_was_asked_for(settings, monkeypatch):
    monkeypatch.setattr(tags, "reverse", lambda name: f"/{name}/")

    html = shown("{% figure fig scope %}", fig=a_figure(), scope=FigureScope("zj-ganzi", ON, place="513301"))

    assert "/proof/?key=payment_rate&amp;programme=zj-ganzi&amp;as_of=2026-11-22&amp;place=513301" in html


@pytest.mark.parametrize(
    ("value", "floor", "width", "words", "below"),
    [
        (Decimal(43), None, "43.0", "43%", False),
        (Decimal(79), 80, "79.0", "79%", True),
        (Decimal(80), 80, "80.0", "80%", False),
        (Decimal("130.5"), None, "100.0", "130.5%", False),
        (Decimal(-5), None, "0.0", "-5%", False),
    ],
)
def test_a_bar_is_as_long_as_it_says_and_never_longer_than_whole(value, floor, width, words, below):
    html = shown("{% percent_bar value floor=floor %}", value=value, floor=floor)

    assert f'class="bar-value" width="{width}"' in html
    assert words in html
    assert ("低于 80% 的要求" in html) is below


def test_a_bar_without_a_share_is_a_gap():
    html = shown("{% percent_bar None floor=80 %}")

    assert "bar-line gap" in html
    assert "—" in html


def test_a_status_is_a_word_and_not_only_a_colour():
    assert shown('{% status "late" "逾期 2 天" %}') == '<span class="status late">逾期 2 天</span>'


def test_an_unknown_status_is_a_mistake_of_the_template():
    with pytest.raises(TemplateSyntaxError, match="ok"):
        shown('{% status "purple" "?" %}')


def test_the_stream_of_money_names_what_has_stayed_behind():
    stages = (
        Flow("到位", Money(64_800_000_000)),
        Flow("支付", Money(43_200_000_000), "未支付"),
    )

    html = shown("{% flow_chart stages %}", stages=stages)

    assert "未支付" in html
    assert "2.16 亿元" in html
    assert 'd="M0 100L0 0.00L70 0.00C85 0.00 85 33.33 100 33.33L200 33.33V100Z"' in html


@pytest.mark.parametrize("stages", [(), (Flow("到位", Money(0)),), (Flow("到位", Money(0)), Flow("支付", Money(0)))])
def test_no_money_makes_no_error(stages):
    assert "flow" in shown("{% flow_chart stages %}", stages=stages)


def test_a_stepper_says_where_it_stands():
    steps = (Step("前期", "done", ON), Step("停工", "rest"), Step("完工"))

    html = shown("{% stepper steps %}", steps=steps)

    assert html.count('aria-current="step"') == 1
    assert "已完成" in html
    assert "暂停中" in html


def test_a_map_says_every_value_in_words():
    shapes = (Shape("M0 0z", "甲县", 1, 2, "92%", 5, "/a"), Shape("M1 1z", "乙县", 3, 4))

    html = shown('{% small_map shapes "份额" %}', shapes=shapes)

    assert '<a href="/a" aria-label="甲县 92%">' in html
    assert "<title>乙县</title>" in html
    assert 'class="area none"' in html


def test_what_people_typed_is_escaped_everywhere():
    template = (
        '{% status "ok" bad %}{% callout "note" bad bad "#" bad %}{% empty bad bad "#" bad %}'
        "{% stepper steps %}{% flow_chart stages bad %}{% small_map shapes bad %}"
    )

    html = shown(
        template,
        bad=HOSTILE,
        steps=(Step(HOSTILE, "now"),),
        stages=(Flow(HOSTILE, Money(1)),),
        shapes=(Shape(HOSTILE, HOSTILE, 0, 0, HOSTILE, 1, HOSTILE),),
    )

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_pager_says_how_many_there_are_and_keeps_the_filters():
    request = RequestFactory().get("/projects/?state=late&page=2")
    page = Page(rows=range(20), count=1342, number=2)

    html = shown("{% pager page %}", page=page, request=request)

    assert "共 1,342 条，这里是第 21 至 40 条" in html
    assert 'rel="next" href="/projects/?state=late&amp;page=3"' in html
    assert '<span aria-current="page">2</span>' in html


def test_one_page_needs_no_other_pages():
    html = shown("{% pager page %}", page=Page(rows=(1, 2), count=2))

    assert "共 2 条，这里是第 1 至 2 条" in html
    assert "<nav" not in html


def test_a_page_beyond_the_last_still_counts():
    page = Page(rows=(), count=3, number=9)

    assert (page.pages, page.first, page.around) == (1, 0, (1,))


class AForm(forms.Form):
    name = forms.CharField(label="名称", help_text="全称。")
    kind = forms.ChoiceField(label="方式", choices=[("a", "甲")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="已核对", required=False)


def test_a_field_is_tied_to_its_label_its_help_and_its_error():
    form = AForm({"name": ""})

    html = shown("{% form_field field %}", field=form["name"])

    assert '<label for="id_name">名称</label>' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html


def test_choices_stand_in_a_group_with_a_legend():
    html = shown("{% form_field field %}", field=AForm()["kind"])

    assert html.startswith('<fieldset class="field">')
    assert "<legend>方式</legend>" in html


def test_a_box_stands_before_its_label():
    html = shown("{% form_field field %}", field=AForm()["sure"])

    assert html.index("<input") < html.index("<label")
