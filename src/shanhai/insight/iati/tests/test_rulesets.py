# SPDX-License-Identifier: Apache-2.0
"""Every kind of rule is evaluated, what is not understood is refused, our rules agree with the published."""

import json
import random
from collections import Counter
from copy import deepcopy

import pytest
from lxml import etree

from shanhai.insight.iati.rules.evaluating import check_rules
from shanhai.insight.iati.rules.rulesets import KINDS, read_ruleset
from shanhai.insight.iati.rules.standard import STANDARD
from shanhai.insight.iati.tests.test_structure import change
from shanhai.insight.iati.tests.vectors import AT, FOLDER, SMALL, changed, line_of, needs_vectors, tree
from shanhai.kernel.errors import BadInput

ROOT = "/iati-activities/iati-activity"


def ruleset(kind, case, context="//a"):
    return read_ruleset(json.dumps({context: {kind: {"cases": [case]}}}).encode())


TABLE = [
    ("no_more_than_one", {"paths": ["b"]}, "<a><b/></a>", "<a><b/>\n<b/></a>"),
    ("noMoreThanOne", {"paths": ["b", "c"]}, "<a><b/></a>", "<a><b/>\n<c/></a>"),
    ("atleast_one", {"paths": ["b", "c"]}, "<a><c/></a>", "\n<a/>"),
    ("atleast_one", {"paths": ["b"], "condition": "@x = 1"}, "<a x='2'/>", "\n<a x='1'/>"),
    ("only_one_of", {"excluded": ["x"], "paths": ["b", "c"]}, "<a><x/></a>", "<a><x/>\n<c/></a>"),
    ("only_one_of", {"excluded": ["x"], "paths": ["b", "c"]}, "<a><c/></a>", "\n<a/>"),
    ("one_or_all", {"one": "@xml:lang", "all": "lang"}, "<a xml:lang='zh'><narrative/></a>", "<a>\n<narrative/></a>"),
    ("one_or_all", {"one": "@d", "all": "currency"}, "<a><value currency='x'/></a>", "<a>\n<value/></a>"),
    ("one_or_all", {"one": "sector", "all": "sector"}, "<a/>", "<a>\n<transaction/></a>"),
    ("dependent", {"paths": ["b", "c"]}, "<a><b/><c/></a>", "\n<a><c/></a>"),
    ("sum", {"paths": ["b/@n"], "sum": 9}, "<a/>", "<a>\n<b n='4'/><b n='4.99'/></a>"),
    ("strict_sum", {"paths": ["b/@n"], "sum": 0.3}, "<a><b n='0.1'/><b n='0.2'/></a>", "\n<a/>"),
    (
        "date_order",
        {"less": "@x", "more": "@y"},
        "<a x='2020-01-01Z' y='2020-01-01'/>",
        "\n<a x='2020-01-02' y='2020-01-01+08:00'/>",
    ),
    (
        "date_order",
        {"less": "b/@x", "more": "NOW"},
        "<a><b x='2026-11-01'/></a>",
        "<a><b x='2020-01-01'/>\n<b x='2026-11-02'/></a>",
    ),
    ("date_now", {"date": "@x"}, "<a x='2026-11-01T08:00:00+08:00'/>", "\n<a x='2026-11-01T08:00:00Z'/>"),
    (
        "time_limit",
        {"start": "@x", "end": "@y"},
        "<a x='2015-03-01' y='2016-03-01'/>",
        "\n<a x='2015-03-01' y='2016-03-02'/>",
    ),
    (
        "time_limit",
        {"start": "@x", "end": "@y"},
        "<a x='2016-02-29' y='2017-02-28'/>",
        "\n<a x='2016-02-29' y='2017-03-01'/>",
    ),
    (
        "between_dates",
        {"date": "b/@d", "start": "@x", "end": "@y"},
        "<a x='2020-01-01' y='2020-02-01'><b d='2020-02-01'/></a>",
        "<a x='2020-01-01' y='2020-02-01'><b d='2020-01-05'/>\n<b d='2020-02-02'/></a>",
    ),
    ("regex_matches", {"paths": ["b"], "regex": "^x"}, "<a><b>xy</b><b/></a>", "<a><b>xy</b>\n<b>yx</b></a>"),
    ("regex_no_matches", {"paths": ["b"], "regex": "^x"}, "<a><b>yx</b></a>", "<a>\n<b>xy</b></a>"),
    (
        "startswith",
        {"paths": ["b"], "prefix": ["@r", "@s"], "separator": "-"},
        "<a s='X'><b>X-1</b></a>",
        "<a r='X'>\n<b>X1</b></a>",
    ),
    ("startswith", {"paths": ["b"], "start": "@r"}, "<a r='X'><b>X1</b></a>", "<a r='X'>\n<b>Y1</b></a>"),
    ("startsWith", {"paths": ["@r"], "prefix": ["ORG-ID-PREFIX"]}, "<a r='CN-USCI-9133'/>", "\n<a r='浙江'/>"),
    ("unique", {"paths": ["b", "@x"]}, "<a x='1'><b>2</b></a>", "<a>\n<b>1</b>\n<b>1</b></a>"),
    ("evaluates_to_true", {"eval": "count(b) > 1"}, "<a><b/><b/></a>", "\n<a><b/></a>"),
    ("if_then", {"if": "b", "then": "c"}, "<a/>", "\n<a><b/></a>"),
    ("if_then", {"if": "number(@x)", "then": "c"}, "<a x='nine'/>", "\n<a x='9'/>"),
    ("range", {"paths": ["@n"], "min": 0.0, "max": 100.0}, "<a n='100'/>", "\n<a n='100.01'/>"),
    ("range", {"paths": ["@n"], "min": 0}, "<a n='1000'/>", "\n<a n='many'/>"),
    ("no_percent", {"paths": ["@n"]}, "<a n='5'/>", "\n<a n='5%'/>"),
    ("no_spaces", {"paths": ["b"]}, "<a><b>x</b></a>", "<a>\n<b>x\n</b></a>"),
    (
        "loop",
        {
            "foreach": "b/@v",
            "subs": ["paths"],
            "do": {"strict_sum": {"cases": [{"paths": ["b[@v='$1']/@n"], "sum": 100}]}},
        },
        "<a><b v='it&apos;s' n='100'/><b v='2' n='100'/></a>",
        "<a><b v='1' n='100'/>\n<b v='\" or true()' n='99'/></a>",
    ),
]


@pytest.mark.parametrize(("kind", "case", "good", "bad"), TABLE)
def test_a_rule_tells_good_from_bad_and_where(kind, case, good, bad):
    rules = ruleset(kind, case)

    assert list(check_rules(tree(good), rules, at=AT)) == []
    faults = list(check_rules(tree(f"<r>{bad}</r>"), rules, at=AT))
    line = 3 if kind == "unique" else 2
    assert [fault.element.sourceline for fault in faults] == [line], [str(fault.message) for fault in faults]
    assert "%(" not in str(faults[0].message)
    assert "$1" not in str(faults[0].message), "of a loop, the value it stands at"


def test_the_table_has_every_kind():
    assert {kind for kind, *_ in TABLE} >= set(KINDS)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("[", "不是 JSON"),
        ("[]", "最外层应是对象"),
        ({"//a": []}, "“//a”应是对象"),
        ({"//a[": {}}, "XPath 读不懂"),
        ({"//a": {"magic": {"cases": []}}}, "“//a › magic”：没有这种规则"),
        ({"//a": {"unique": [{}]}}, "“//a › unique”应有 cases"),
        ({"//a": {"unique": {"cases": [{}, {"paths": []}]}}}, "“//a › unique[1]”：缺少 paths"),
        ({"//a": {"unique": {"cases": [{"paths": ["b"], "unless": "x"}]}}}, "不认得 unless"),
        ({"//a": {"unique": {"cases": [{"paths": ["b["]}]}}}, "“//a › unique[1].paths”的 XPath 读不懂"),
        ({"//a": {"unique": {"cases": [{"paths": ["b" * 5000]}]}}}, "最长 2000 个字符"),
        ({"//a": {"sum": {"cases": [{"paths": ["b"], "sum": "much"}]}}}, "“//a › sum[1].sum”应是数"),
        ({"//a": {"regex_matches": {"cases": [{"paths": ["b"], "regex": "("}]}}}, "正则表达式读不懂"),
        ({"//a": {"loop": {"cases": [{"foreach": "b", "do": {"loop": {"cases": []}}}]}}}, "没有这种规则"),
        ({"//a": {"sum": {"cases": [{"paths": ["b"], "sum": "sNaN"}]}}}, "“//a › sum[1].sum”应是数"),
        ('{"//a": {"range": {"cases": [{"paths": ["b"], "min": NaN}]}}}', "“//a › range[1].min”应是数"),
        ('{"//a": {"range": {"cases": [{"paths": ["b"], "max": 1e999999999}]}}}', "“//a › range[1].max”应是数"),
        ({"//a": {"regex_matches": {"cases": [{"paths": ["b"], "regex": None}]}}}, "缺少 regex"),
        ({"//a": {"regex_matches": {"cases": [{"paths": ["b"], "regex": "[[:alpha:]]"}]}}}, "正则表达式读不懂"),
        ('{"//a": {}, "//a": {}}', "“//a”在一处写了两次"),
        ('{"//a": {"\\ud800": {}}}', "不是 JSON"),
        ({"/": {}}, "选出的不是元素"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_place(given, said):
    with pytest.raises(BadInput) as refused:
        read_ruleset((given if isinstance(given, str) else json.dumps(given)).encode())

    assert said in str(refused.value.message)
    assert refused.value.field == "ruleset"


@pytest.mark.parametrize("xpath", ["document('x')", "b[unknown:f()]", "$other"])
def test_an_expression_beyond_xpath_is_refused_when_it_is_met(xpath):
    with pytest.raises(BadInput, match="XPath"):
        list(check_rules(tree("<a><b/></a>"), ruleset("atleast_one", {"paths": [xpath]}), at=AT))


@pytest.mark.parametrize("context", ["//@x", "//text()", "//comment()", "//processing-instruction()", "count(//a)"])
def test_a_context_that_finds_no_elements_is_refused_and_not_passed_over(context):
    with pytest.raises(BadInput, match="选出的不是元素"):
        list(check_rules(tree("<a x='1'>1<!-- c --><?go?></a>"), ruleset("unique", {"paths": ["b"]}, context), at=AT))


def test_comments_and_instructions_have_a_text_like_other_nodes():
    rules = ruleset("no_spaces", {"paths": ["comment() | processing-instruction()"]})

    assert len(list(check_rules(tree("<a><!-- c --><!--c--><?go on ?></a>"), rules, at=AT))) == 2


def test_numbers_of_thousands_of_digits_fail_a_sum_and_break_nothing():
    rules = ruleset("sum", {"paths": ["b"], "sum": 1})

    for number in ("9" * 1_000_000, "1e999999999", "1e-999999999"):
        assert len(list(check_rules(tree(f"<a><b>{number}</b><b>1</b></a>"), rules, at=AT))) == 1


def test_a_loop_over_many_values_ends_in_time(monkeypatch):
    monkeypatch.setattr("shanhai.insight.iati.rules.evaluating._MOST_SECONDS", 0)
    loop = {"foreach": "b", "subs": ["paths"], "do": {"unique": {"cases": [{"paths": ["b[.='$1']"]}]}}}

    with pytest.raises(BadInput, match="太久"):
        list(check_rules(tree("<a><b>1</b></a>"), ruleset("loop", loop), at=AT))


def test_a_ruleset_of_another_unicode_encoding_is_read_and_one_too_large_is_not():
    assert read_ruleset(json.dumps({"//a": {}}).encode("utf-16")) == []
    with pytest.raises(BadInput, match="超过 1 MB"):
        read_ruleset(b" " * (2**20 + 1), most_bytes=2**20)


MUTANTS = [
    ("6.11.1", '<activity-date type="1"', '<activity-date type="4"', "<iati-activity ", 1),
    ("11.1.2", '"2026-10-01"', '"2025-03-01"', '<activity-date type="1"', 1),
    ("11.2.1", 'iso-date="2025-05-01"', 'iso-date="2027-05-01"', "<transaction-date", 1),
    ("7.5.3", 'iso-date="2025-12-31"', 'iso-date="2026-06-30"', "<period-end", 1),
    ("2.1.2", '"39.5"', '"39.49"', 'code="12230"', 1),
    ("2.1.1", ' percentage="39.5"', "", 'code="12230"', 1),
    ("1.1.21", "<iati-identifier>CN", "<iati-identifier>XX", "<iati-identifier", 1),
    ("1.3.1", "-P1<", "-P1 <", "<iati-identifier", 1),
    ("7.8.1", ' default-currency="CNY"', "", "<value value-date", 2),
    ("3.7.2", '<recipient-country code="CN"/>', "", "<transaction>", 1),
    (
        "6.10.1",
        '<participating-org ref="CN-USCI-91330000X" role="1"/>',
        '<participating-org role="1"/>',
        "<participating-org",
        1,
    ),
    ("12.3.1", '"60.5"', '"160.5"', 'code="12230"', 1),
]


@pytest.mark.parametrize(("code", "old", "new", "words", "count"), MUTANTS)
def test_a_rule_of_the_standard_finds_its_mutant(code, old, new, words, count):
    text = changed(old, new)
    found = [fault for fault in check_rules(tree(text), STANDARD, at=AT) if fault.code == code]

    assert len(found) == count
    assert found[0].element.sourceline == line_of(text, words)


def test_the_small_file_breaks_no_rule():
    assert list(check_rules(tree(SMALL), STANDARD, at=AT)) == []


@needs_vectors
def test_our_rules_and_the_published_ruleset_agree():
    official, rng = read_ruleset((FOLDER / "rulesets_standard.json").read_bytes()), random.Random(7)
    texts = [(FOLDER / f"{name}-example.xml").read_bytes() for name in ("activity", "organisation")]
    texts += [path.read_bytes() for path in sorted(FOLDER.glob("tests/*/should-pass/**/*.xml"))]
    roots = [tree(text) for text in (*texts, SMALL, *(changed(old, new) for _, old, new, *_ in MUTANTS))]
    for root in roots[:2] * 60:
        roots.append(deepcopy(root))
        change(roots[-1], rng)

    def codes(root, rules):
        return Counter({fault.code for fault in check_rules(root, rules, at=AT)})

    apart = [(code, etree.tostring(root)) for root in roots for code in codes(root, STANDARD) - codes(root, official)]
    assert [one for one in apart if one[0] != "2.1.2"] == [], "2.1.2 of other vocabularies cannot fire there"
    assert [root for root in roots if codes(root, official) - codes(root, STANDARD)] == []
