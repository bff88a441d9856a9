# SPDX-License-Identifier: Apache-2.0
"""The checker wherever it is asked: page, console, API. Nothing is stored."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from shanhai.insight.evidence.tests.test_opening import a_pdf
from tests.cast import a_user

KEZHOU = Path(__file__).parent / "data" / "kezhou-2021.txt"


def asked(file, *options):
    out = StringIO()
    call_command("check-report", str(file), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def reader(client, db):
    client.force_login(a_user("information_officer"))
    return client


def test_the_console_names_the_slip_with_its_place_in_the_original():
    text = KEZHOU.read_text("utf-8")

    (finding,) = json.loads(asked(KEZHOU, "--json"))["findings"]

    suspect = finding["suspect"]
    assert (finding["kind"], suspect["text"]) == ("copy", "17.87亿元")
    assert text[suspect["start"] : suspect["end"]] == "17.87亿元"
    assert text[: suspect["start"]].endswith("到位资金")
    assert all(text[span["start"] : span["end"]].strip() for span in finding["spans"])


def test_the_console_refuses_what_is_no_text(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\x00\x01\x02")

    with pytest.raises(CommandError, match=r"a\.txt"):
        asked(tmp_path / "a.txt")
    with pytest.raises(CommandError, match="there is no file"):
        asked(tmp_path / "b.txt")


def test_a_scan_is_refused_on_the_console_instead_of_found_right(tmp_path):
    (tmp_path / "扫描.pdf").write_bytes(a_pdf(""))

    with pytest.raises(CommandError, match="没有文字"):
        asked(tmp_path / "扫描.pdf", "--json")


def test_the_page_marks_the_slip_in_the_text_that_was_pasted(reader):
    page = reader.post("/evidence/check/", {"text": KEZHOU.read_text("utf-8")}).content.decode()

    assert "1 处对不上" in page
    assert "<mark>17.87亿元</mark>" in page


def test_the_page_reads_a_file_and_says_when_all_fits(reader):
    right = KEZHOU.read_text("utf-8").replace("到位资金17.87", "到位资金17.44")
    file = SimpleUploadedFile("bulletin.txt", right.encode("gb18030"))

    page = reader.post("/evidence/check/", {"file": file}).content.decode()

    assert "没有发现对不上的数" in page


@pytest.mark.parametrize("sent", [{}, {"text": "  "}, {"text": "x" * 200_001}])
def test_the_page_says_what_is_missing_and_keeps_what_was_typed(reader, sent):
    answer = reader.post("/evidence/check/", sent)

    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_what_was_pasted_is_never_markup(reader):
    text = "<script>alert(1)</script>到位资金45.8亿元，占年度计划110亿元的51.6%。"

    page = reader.post("/evidence/check/", {"text": text}).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_who_may_not_see_evidence_may_not_check(client, db):
    client.force_login(a_user(None))

    assert client.get("/evidence/check/").status_code == 403
    answer = client.post("/api/v1/texts/check", {"text": "x"}, content_type="application/json")
    assert answer.status_code == 403


def test_the_api_answers_claims_and_findings(reader):
    text = "到位资金45.8亿元，占年度计划110亿元的51.6%。"

    found = reader.post("/api/v1/texts/check", {"text": text}, content_type="application/json").json()

    assert [(one["text"], one["value"], one["unit"]) for one in found["claims"]] == [
        ("45.8亿元", "4580000000", "元"),
        ("110亿元", "11000000000", "元"),
        ("51.6%", "51.6", "%"),
    ]
    assert found["findings"][0]["suspect"]["text"] == "51.6%"
