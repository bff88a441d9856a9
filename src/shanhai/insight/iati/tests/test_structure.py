# SPDX-License-Identifier: Apache-2.0
"""Our table of the structure gives the verdict of the official schema; and it says what is wrong, and where."""

import copy
import random

import pytest
from lxml import etree

from shanhai.insight.iati.rules.schema import ROOTS, check_structure
from shanhai.insight.iati.tests.vectors import FOLDER, SMALL, changed, line_of, needs_vectors, tree

FILES = sorted(FOLDER.glob("tests/**/*.xml")) if FOLDER else []
VALUES = ["", "x", "1", "-1", "1.5", "1e3", " 1 ", "2014-02-29", "2014-01-01", "2014-01-01Z", "2014-1-1", "0000-01-01"]
VALUES += ["2014-01-01T00:00:00.5Z", "2014-01-01T24:00:00", "12014-01-01", "true", "TRUE", "99999999999", "1_000"]
VALUES += ["http://a b", "http://[", "//x:1/%41", "a#b#c", "::", "a:b", "?a", "x:", "en", "e_n", "zh-Hans", "五"]
VALUES += ["１", "٣", "２０１４-０１-０１", "2014-01-01T００:00:00"]


@pytest.fixture(scope="module")
def official():
    return {root: etree.XMLSchema(etree.parse(FOLDER / "schema" / f"{root}-schema.xsd")) for root in ROOTS}


def verdict(root) -> bool:
    return root.tag in ROOTS and not list(check_structure(root))


@needs_vectors
@pytest.mark.parametrize("outcome", ["should-pass", "should-fail"])
def test_the_official_files_pass_and_fail_as_they_should(outcome):
    files = [path for path in FILES if outcome in path.parts]

    assert len(files) > 60
    assert [path for path in files if verdict(etree.parse(path).getroot()) != (outcome == "should-pass")] == []


def change(root, rng) -> None:
    """Change one thing in a file, at random."""
    elements = list(root.iter("*"))
    one, other = rng.choice(elements), rng.choice(elements)
    act = rng.randrange(9)
    if act == 0 and one.attrib:
        one.set(rng.choice(list(one.attrib)), rng.choice(VALUES))
    elif act == 1 and one.attrib:
        del one.attrib[rng.choice(list(one.attrib))]
    elif act == 2:
        one.set(rng.choice(["foo", "ref", "code", "{u}x", "{http://www.w3.org/XML/1998/namespace}lang"]), "zh")
    elif act == 3:
        one.text = rng.choice(VALUES)
    elif act == 4:
        one.append(
            tree(rng.choice(['<y:a xmlns:y="v"><pos z="1"/></y:a>', '<y:a xmlns:y="v"><sector/></y:a>', "<sector/>"]))
        )
    elif one is root or other is root:
        return
    elif act == 5:
        one.getparent().remove(one)
    elif act == 6:
        one.addnext(copy.deepcopy(one))
    elif act == 7:
        one.tag = other.tag
    elif one.getprevious() is not None:
        one.addnext(one.getprevious())


@needs_vectors
def test_changed_examples_are_judged_as_the_official_schema_judges_them(official):
    rng = random.Random(5)
    examples = [etree.parse(FOLDER / f"{name}-example.xml").getroot() for name in ("activity", "organisation")]
    seen = {True: 0, False: 0}
    for _ in range(600):
        root = copy.deepcopy(rng.choice(examples))
        change(root, rng)
        root = tree(etree.tostring(root))
        wanted = official[root.tag].validate(root)
        seen[wanted] += 1

        assert verdict(root) == wanted, (official[root.tag].error_log, etree.tostring(root, encoding="unicode"))

    assert min(seen.values()) > 100


def test_the_small_file_of_our_own_is_right():
    assert verdict(tree(SMALL))


@pytest.mark.parametrize(
    ("old", "new", "words", "said"),
    [
        ('<activity-status code="2"/>', "<activity-status/>", "<activity-status", "缺少属性“code”"),
        ('<activity-status code="2"/>', "", "<iati-activity ", "缺少“activity-status”"),
        ('code="2"', 'code="2" colour="x"', "colour", "不能有属性“colour”"),
        ('iso-date="2025-04-01"', 'iso-date="2025-4-1"', "2025-4-1", "“2025-4-1”不合格式"),
        (">1000000.50<", ">1,000,000<", "1,000,000", "“1,000,000”不合格式"),
        ("<title>", "<title>文字", "<title>", "不能直接写文字“文字”"),
        ('<recipient-country code="CN"/>', "<country/>", "<country", "里不能有“country”"),
        ('<sector code="12230"', '<activity-scope code="1"/><sector code="12230"', "<activity-scope", "位置不对"),
        (
            '<transaction-type code="1"/>',
            '<transaction-type code="1"/>\n<transaction-type code="1"/>',
            "only",
            "只能有一个",
        ),
    ],
)
def test_a_fault_says_what_and_where(old, new, words, said):
    text = changed(old, new)
    (fault,) = check_structure(tree(text))

    assert said in str(fault.message)
    assert fault.element.sourceline == (
        line_of(text, "<transaction-type") + 1 if words == "only" else line_of(text, words)
    )
    assert str(fault.remedy)


def test_what_is_of_other_namespaces_may_stand_at_the_end_only():
    extension = '<s:mode xmlns:s="urn:s" code="turnkey">交钥匙</s:mode>'

    assert verdict(tree(changed("  </iati-activity>", f"{extension}</iati-activity>")))
    assert not verdict(tree(changed("<title>", f"{extension}<title>")))
    assert not verdict(tree(changed("600000<", f"600000{extension}<"))), "not within a number"
