# SPDX-License-Identifier: Apache-2.0
"""``shanhai iati check``: what comes out, for good and bad files, and where lines lie in a long one."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from shanhai.insight.iati.tests.vectors import FOLDER, SMALL, changed, line_of, needs_vectors


def check(path, *options):
    out, status = StringIO(), 0
    try:
        call_command("iati", "check", path, "--json", *options, stdout=out)
    except SystemExit as ended:
        status = ended.code
    answer = json.loads(out.getvalue())
    assert status == (0 if answer["valid"] else 1)
    return answer


@pytest.fixture
def given(tmp_path):
    def write(content, name="file.xml"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_right_file_has_no_finding(given):
    counts = {"critical": 0, "error": 0, "warning": 0}

    assert check(given(SMALL)) == {"valid": True, "counts": counts, "findings": [], "more": 0}


@needs_vectors
@pytest.mark.parametrize("name", ["activity", "organisation"])
def test_the_official_examples_are_valid(name):
    answer = check(FOLDER / f"{name}-example.xml")

    assert answer["valid"]
    assert answer["counts"]["critical"] == 0


@needs_vectors
def test_what_each_severity_means_is_said_beside_its_number():
    out = StringIO()
    call_command("iati", "check", FOLDER / "activity-example.xml", stdout=out)

    assert "错误\t8\t代码或者规则不合：文件能用" in out.getvalue()
    assert out.getvalue().endswith("可以用。\n")


def test_a_finding_names_line_path_rule_and_remedy(given):
    text = changed('<period-end iso-date="2025-12-31"/>', '<period-end iso-date="2026-12-31"/>')
    (finding,) = check(given(text))["findings"]

    assert finding["line"] == line_of(text, "<period-end")
    assert finding["path"] == "/iati-activities/iati-activity/budget/period-end/@iso-date"
    assert (finding["rule"], finding["code"], finding["severity"]) == ("time_limit", "7.5.3", "error")
    assert "2026-12-31" in finding["message"]
    assert finding["remedy"]


def test_lines_beyond_what_libxml2_keeps_are_right(given):
    first, last = SMALL.split("  </iati-activity>")
    activity = first[first.index("  <iati-activity ") :] + "  </iati-activity>"
    bad = activity.replace('<activity-status code="2"/>', '<activity-status code="22"/>')
    text = f"{first}  </iati-activity>" + "\n" * 70_000 + f"{activity}\n{bad}{last}"
    (finding,) = check(given(text))["findings"]

    assert finding["line"] == line_of(text, 'code="22"') > 70_000
    assert finding["path"] == "/iati-activities/iati-activity[3]/activity-status/@code"


def test_a_ruleset_of_ones_own_decides(given):
    case = {"paths": ["document-link"], "ruleInfo": {"id": "9", "severity": "error", "message": "100% of files"}}
    rules = {"//iati-activity": {"atleast_one": {"cases": [case]}}}
    ruleset = given(json.dumps(rules), "rules.json")
    bad = given(changed('<activity-status code="2"/>', '<activity-status code="22"/>'))

    answer = check(bad, "--ruleset", str(ruleset), "--only-ruleset")
    assert [(one["rule"], one["code"], one["message"]) for one in answer["findings"]] == [
        ("atleast_one", "9", "100% of files")
    ]
    assert not answer["valid"]
    assert {one["rule"] for one in check(bad, "--ruleset", str(ruleset))["findings"]} == {"atleast_one", "codelist"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"  \n ", "空的"),
        (b"PK\x03\x04", "不是 XML"),
        ('{"a": 1}', "不是 XML"),
        (SMALL.replace("UTF-8", "UTF-9").encode(), "第 1 行起，文字和开头写明的 encoding 不符"),
        (SMALL.encode("gb18030"), "第 5 行起，文字和开头写明的 encoding 不符"),
        (SMALL.replace("UTF-8", "GBK"), "encoding 不符"),
        (SMALL.replace("</title>", ""), "读不懂：第 "),
        (SMALL[:900], "到第 18 行就断了"),
        (SMALL.replace("新建", "&nbsp;"), "第 7 行用了没有定义的实体"),
        (SMALL.replace("<title>", "<z:title>"), "第 6 行用了没有声明的前缀"),
        (SMALL.replace("<iati-activities ", "<iati-activities xmlns='urn:a' "), "写在命名空间“urn:a”里"),
        (b"<a>" * 300 + b"</a>" * 300, "嵌套太深"),
        (b"<html/>", "不是 iati-activities"),
        (SMALL.replace('"2.03"', '"1.05"'), "1.05 版"),
        (
            SMALL.replace(
                "<iati-activities", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><iati-activities', 1
            ),
            "DOCTYPE",
        ),
        (
            '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
            + "".join(
                f'<!ENTITY {c} "&{p};&{p};&{p};&{p};&{p};&{p};&{p};&{p};">'
                for p, c in zip("abcdefgh", "bcdefghi", strict=True)
            )
            + ']><a b="&i;"/>',
            "",
        ),
    ],
)
def test_what_cannot_be_read_is_one_finding(given, content, said):
    answer = check(given(content))

    (finding,) = answer["findings"]
    assert not answer["valid"]
    assert finding["rule"] == "file"
    assert said in finding["message"]


def test_what_is_out_of_all_proportion_is_a_finding_like_others(given, settings):
    settings.UPLOAD_MAX_BYTES = 2**25
    year, many = "2" * 1_000_000, " ".join(f's:a{number}="1"' for number in range(2_000))

    assert check(given(changed('iso-date="2025-04-01"', f'iso-date="{year}-04-01"')))["valid"]
    assert not check(given(changed('iso-date="2025-04-01"', f'iso-date="{year}-02-30"')))["valid"]
    assert "属性超过 1000 个" in check(given(changed("<title>", f"<title {many}>")))["findings"][0]["message"]
    answer = check(given(changed("<title>", "<x/>" * 200_000 + "<title>")))
    assert len(answer["findings"]) + answer["more"] == 100_000


def test_a_line_that_cannot_be_counted_is_not_made_up(given):
    late = changed('<activity-status code="2"/>', "\n" * 70_000 + '<activity-status code="22"/>')
    (finding,) = check(given(late.replace("  </iati-activity>", "<s:\U00020000/></iati-activity>")))["findings"]

    assert finding["line"] == 0
    assert finding["path"] == "/iati-activities/iati-activity/activity-status/@code"


def test_an_expression_that_takes_for_ever_ends_the_command(given):
    """In a process of its own, which is what ends."""
    case = {"eval": "count(//*[count(//*[count(//*) > 0]) > 0]) > 0"}
    rules = {"/iati-activities": {"evaluates_to_true": {"cases": [case]}}}
    many, ruleset = given(changed("<title>", "<x/>" * 20_000 + "<title>")), given(json.dumps(rules), "rules.json")
    call = (
        "import django; django.setup(); from shanhai.insight.iati.management.commands import iati;"
        "iati.MOST_SECONDS = 1; from django.core.management import call_command;"
        f"call_command('iati', 'check', {str(many)!r}, '--only-ruleset', '--ruleset', {str(ruleset)!r})"
    )
    ended = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, timeout=60)

    assert ended.returncode == 2
    assert "算得太久" in ended.stderr


def test_a_file_beyond_the_limit_is_not_read(given, settings):
    settings.UPLOAD_MAX_BYTES = 2**20
    (finding,) = check(given(b"<" * (2**20 + 1)))["findings"]

    assert "超过 1 MB" in finding["message"]


def test_other_encodings_that_say_so_are_read(given):
    for encoding in ("GB18030", "UTF-16"):
        text = changed('code="2"', 'code="22"').replace("UTF-8", encoding)
        (finding,) = check(given(text.encode(encoding)))["findings"]

        assert finding["line"] == line_of(text, 'code="22"')


def test_a_wrong_version_is_told_of_and_older_ones_of_2_are_only_warned_of(given):
    assert [one["rule"] for one in check(given(SMALL.replace('"2.03"', '"2.02"')))["findings"]] == ["version"]
    assert check(given(SMALL.replace('"2.03"', '"2.02"')))["valid"]


@pytest.mark.parametrize("ruleset", ["{", '{"//a": {"x": {"cases": []}}}'])
def test_a_broken_ruleset_is_refused(given, ruleset):
    with pytest.raises(CommandError, match="规则"):
        call_command("iati", "check", given(SMALL), "--ruleset", given(ruleset, "rules.json"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.xml"):
        call_command("iati", "check", tmp_path / "nothing.xml")
