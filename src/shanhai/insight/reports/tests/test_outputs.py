# SPDX-License-Identifier: Apache-2.0
"""What comes out: 22 lines of 28 characters, the standard's faces and page in DOCX, typed numbers in XLSX."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import docx
import pytest
from docx.oxml.ns import qn
from lxml import html
from python_calamine import CalamineWorkbook

from shanhai.insight.reports.composing.selectors import pdf
from shanhai.insight.reports.composing.selectors.bulletins import get_bulletin
from shanhai.insight.reports.composing.selectors.content import _number, _short, _typed
from shanhai.insight.reports.composing.selectors.docx import docx_of
from shanhai.insight.reports.composing.selectors.pdf import pdf_of
from shanhai.insight.reports.composing.selectors.xlsx import write_xlsx
from shanhai.insight.reports.composing.services import signing
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.tests.builders import a_bulletin, brought_to, some_ledger
from shanhai.insight.reports.values import Cell, Content, Grid, Head, Part, Run
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Base, Share
from shanhai.planning.projects.tests.builders import some_money
from tests.cast import AT, OFFICE

HOSTILE = '#set page(fill: red) $x^2$ *b* _i_ <a> @ref [x] \\ "q" `r` // c #read("/etc/passwd") <script>&amp;</script>'
needs_poppler = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="no pdftotext: bash tests/system_packages.sh poppler"
)
needs_office = pytest.mark.skipif(
    not shutil.which("soffice"), reason="no LibreOffice: bash tests/system_packages.sh libreoffice"
)


def a_text(words: str, *parts: Part) -> Content:
    return Content("某对口支援月度报告", (("数字截止日", "2026-10-31"),), (Part("一、情况", ((Run(words),),)), *parts))


def a_table() -> Part:
    heads = (Head("县（市）", 20), Head("到位（万元）", 14, "#,##0.00"), Head("到位率（%）", 14, "#,##0.00"))
    rows = (
        (Cell("康定市"), Cell("1,234.57", "c1-3", "12,345,678.90 元", "1234.56789"), Cell("60.0", "c1-6", "", "60.00")),
        (Cell("=HYPERLINK(1)"), Cell("0.10", "c2-3", "1,000.00 元", "0.1"), Cell("—")),
    )
    total = (Cell("合计"), Cell("1,234.67", "c0-3", "", "1234.66789"), Cell("55.0", "c0-6", "", "55.00"))
    return Part("二、分县", (), Grid(heads, rows, total, "一条说明"))


def text_of(made: bytes, *options: str) -> str:
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=made, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture
def fonts():
    if not pdf.installed(pdf.FONTS["body"]):
        pytest.skip("no Chinese font: bash tests/system_packages.sh fonts")


@needs_poppler
def test_a_page_has_22_lines_of_28_characters_and_its_number_at_the_outer_edge(fonts):
    made = pdf_of(content=a_text("一二三四五六七八九十" * 200))

    sides = {}
    for page in (2, 3):
        boxes = text_of(made, "-bbox-layout", "-f", str(page), "-l", str(page))
        lines = re.findall(
            r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</line>', boxes, re.S
        )
        words = ["".join(re.findall(r">([^<]+)</word>", line)) for *_box, line in lines]
        *body, number = words
        assert [len(one) for one in body] == [28] * 22
        assert number == f"—{page}—"
        sides[page] = float(lines[-1][0])
        left, top, right = (min(float(one[at]) for one in lines[:-1]) for at in (0, 1, 2))
        # 28 mm and 37 mm, and 28 characters of 16 pt.
        assert (round(left, 1), round(top), round(right - left)) == (79.4, 107, 448)
    assert sides[2] < 200 < 400 < sides[3]


@needs_poppler
def test_fonts_are_embedded(fonts):
    made = pdf_of(content=a_text("到位资金"))
    listed = subprocess.run(["pdffonts", "-"], input=made, capture_output=True, check=True).stdout.decode().splitlines()

    assert len(listed) > 2
    assert all(re.search(r"\byes\s+(yes|no)\s+yes\b", line) for line in listed[2:])


@needs_poppler
def test_markup_and_signs_that_cannot_be_printed_are_text(fonts):
    made = pdf_of(content=a_text(f"{HOSTILE} 完\x07了"))

    assert re.sub(r"\s", "", f"{HOSTILE} 完了") in re.sub(r"\s", "", text_of(made))


def test_without_a_chinese_font_the_pdf_is_refused_with_what_to_do(monkeypatch, settings):
    monkeypatch.setattr(pdf, "installed", lambda names: [])

    with pytest.raises(Refused, match="fonts-noto-cjk"):
        pdf_of(content=a_text("到位"))


@pytest.fixture
def written():
    return docx_of(content=a_text(f"（一）资金\n{HOSTILE}\x07", a_table()), at=AT)


def test_a_docx_is_a4_with_the_grid_of_the_standard(written):
    section = docx.Document(io.BytesIO(written)).sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))

    assert [round(one.mm) for one in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]
    assert [grid.get(qn(f"w:{name}")) for name in ("type", "linePitch", "charSpace")] == [
        "linesAndChars",
        "580",
        "-848",
    ]


def test_a_docx_names_chinese_faces_and_language_and_their_like(written):
    document = docx.Document(io.BytesIO(written))
    normal = document.styles["Normal"].element.rPr
    first, heading = document.paragraphs[0], next(one for one in document.paragraphs if one.text == "一、情况")
    faces = [one.runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) for one in (first, heading)]
    fonts = zipfile.ZipFile(io.BytesIO(written)).read("word/fontTable.xml").decode()

    assert normal.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert faces == ["方正小标宋简体", "黑体"]
    assert {one.get(qn("w:eastAsia")) for one in document.styles.element.iter(qn("w:lang"))} == {"zh-CN"}
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong,STFangsong"/>' in fonts


def test_a_docx_numbers_odd_pages_right_and_even_ones_left(written):
    document = docx.Document(io.BytesIO(written))
    footers = document.sections[0].footer, document.sections[0].even_page_footer

    assert document.settings.odd_and_even_pages_header_footer
    assert [one.paragraphs[0]._p.pPr.jc.get(qn("w:val")) for one in footers] == ["right", "left"]
    assert all("PAGE" in one._element.xml for one in footers)


def test_a_docx_holds_what_was_written_as_text_and_its_tables(written):
    document = docx.Document(io.BytesIO(written))

    assert HOSTILE in "\n".join(one.text for one in document.paragraphs)
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells[0] == ["县（市）", "到位（万元）", "到位率（%）"]
    assert cells[-1] == ["合计", "1,234.67", "55.0"]


@needs_office
def test_libreoffice_opens_the_docx_with_its_text_and_its_table(written, tmp_path):
    (tmp_path / "a.docx").write_bytes(written)
    # A profile of its own: an office that is open already would take the command over.
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "html:HTML:EmbedImages", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True, timeout=120)
    opened = html.fromstring((tmp_path / "a.html").read_bytes())

    text = [" ".join(one.text_content().split()) for one in opened.iter("p", "h1", "h2", "h3")]
    assert "某对口支援月度报告" in text
    assert f"（一）资金 {HOSTILE}" in text
    rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td", "th")] for row in opened.iter("tr")]
    assert rows == [[cell.text for cell in row.cells] for row in docx.Document(io.BytesIO(written)).tables[0].rows]


def sheet_of(content: Content, name: str) -> tuple[list[list[object]], list[list[str]]]:
    """The cells of a sheet as a spreadsheet types them, and the form in which each is shown."""
    target = io.BytesIO()
    write_xlsx(content=content, target=target)
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    packed, number = zipfile.ZipFile(target), book.sheet_names.index(name) + 1
    styles, sheet = (
        ElementTree.fromstring(packed.read(f"xl/{one}.xml")) for one in ("styles", f"worksheets/sheet{number}")
    )
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    own = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{main}numFmt")}
    # 3 and 4 are the standard's own.
    named = {"3": "#,##0", "4": "#,##0.00", **own}
    forms = [named.get(xf.get("numFmtId"), "") for xf in styles.find(f"{main}cellXfs") or ()]
    rows = [[forms[int(cell.get("s", 0))] for cell in row] for row in sheet.iter(f"{main}row")]
    assert not [*sheet.iter(f"{main}f")], "a total is a number, no formula"
    return book.get_sheet_by_name(name).to_python(), rows


def test_an_xlsx_has_numbers_units_in_the_heads_and_totals_as_numbers():
    values, forms = sheet_of(a_text("正文", a_table()), "2 二、分县")

    assert values[:4] == [
        ["县（市）", "到位（万元）", "到位率（%）"],
        ["康定市", 1234.56789, 60.0],
        ["=HYPERLINK(1)", 0.1, "—"],
        ["合计", 1234.66789, 55.0],
    ]
    assert forms[3][1:] == ["#,##0.00", "#,##0.00"]
    assert Decimal(str(values[3][1])) == sum(Decimal(str(row[1])) for row in values[1:3])


def test_days_of_an_xlsx_are_days():
    head = (("报告期", "2026-10-01 至 2026-10-31"), ("数字截止日", "2026-10-31"), ("版次", "第 2 版"))

    values, forms = sheet_of(replace(a_text("正文"), head=head), "正文")

    assert values[1:5] == [
        ["报告期（起）", date(2026, 10, 1)],
        ["报告期（止）", date(2026, 10, 31)],
        ["数字截止日", date(2026, 10, 31)],
        ["版次", "第 2 版"],
    ]
    assert [one[1] for one in forms[1:4]] == ["yyyy-mm-dd"] * 3


@pytest.mark.django_db
def test_each_total_of_an_xlsx_is_a_number_in_its_unit():
    line = some_ledger()
    brought_to(BulletinState.FROZEN, a_bulletin(month=9))
    some_money("pay", line, 50, on=date(2026, 10, 5))
    content = get_bulletin(viewer=OFFICE, uuid=a_bulletin().uuid).content

    values, forms = sheet_of(content, "1 一、总体情况")

    shown = {row[0]: (row[1:], form[1:]) for row, form in zip(values, forms, strict=False)}
    assert shown["支付资金"] == (
        [0.035, 350.0, 0.03, 0.005],
        ['#,##0.00"万元"', '#,##0.00" 元"', '#,##0.00"万元"', '+#,##0.00"万元";-#,##0.00"万元";#,##0.00"万元"'],
    )
    rate, form = shown["支付率"]
    assert (rate[0], rate[2], rate[3]) == (0.583333, 0.5, 8.3)
    assert (form[0], form[3]) == ("0.0%", '+0.0"个百分点";-0.0"个百分点";0.0"个百分点"')
    assert {row[1] for row in values[1:-3] if not isinstance(row[1], float)} <= {"没有数"}


def test_a_rate_is_rounded_once():
    paid = Share(Money(149_600_000), Money(724_500_000), Base("allotted", message("核拨资金")))

    # 20.649 %: rounded to two places first it would be 20.7.
    assert _short(paid) == "20.6"
    assert [round(float(one), 4) for one in (_number(paid), _typed(paid)[0])] == [20.6487, 0.2065]


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["浙援\x01甘", "长" * 61])
def test_a_document_number_that_cannot_be_printed_is_not_frozen(number):
    some_ledger()
    found = brought_to(BulletinState.APPROVED)

    with pytest.raises(BadInput) as caught:
        signing.freeze_bulletin(by=OFFICE, at=AT, bulletin=found.uuid, document_number=number)
    assert caught.value.field == "document_number"
