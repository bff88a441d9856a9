# SPDX-License-Identifier: Apache-2.0
"""Files of every kind become the characters of an original; what cannot be read is refused by name or noted."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import pytest
from django.core.management import CommandError, call_command
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from shanhai.insight.evidence.texts import selectors
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.rules.reading import read
from shanhai.insight.evidence.texts.selectors import open_text
from shanhai.kernel.errors import BadInput
from shanhai.registers.documents.tests.builders import EXE, PNG, a_bomb, a_zip, an_ole2, an_xlsx
from tests.refusals import refused

TEMPLATE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
SAID = "到位资金1.8亿元。\r\n支付12所\n"


@pytest.fixture
def opened(tmp_path):
    """Opens these bytes under a name."""

    def open_(content: bytes, name: str):
        (tmp_path / name).write_bytes(content)
        return open_text(path=tmp_path / name)

    return open_


def found(original) -> list[tuple[str, str]]:
    return [(one.text, f"{one.value:f}{one.unit}") for one in extract(original.text, read(original))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_in_its_encoding_and_keeps_its_line_ends(opened, encoding):
    original = opened(SAID.encode(encoding), "报告.txt")

    assert original.text == SAID
    assert original.notes == ()


@pytest.mark.parametrize("charset", ["gb2312", "utf-8", "big5"])
def test_a_page_is_read_in_the_encoding_that_it_names(opened, charset):
    page = f'<html><meta charset="{charset}"><script>x="5個"</script><p>共12所學校</p>'
    content = page.encode("gb18030" if charset == "gb2312" else charset)

    assert found(opened(content, "页.html")) == [("12所", "12所")]


def test_what_cannot_be_decoded_is_damage_and_said(opened):
    original = opened("投资".encode() + b"\xff" + "8亿元。完成3所。".encode(), "旧稿.txt")

    assert [str(one) for one in original.notes] == ["有 1 处文字没有认出来，已标为缺损。"]
    assert found(original) == [("3所", "3所")]


def a_docx(*, link: bool = False) -> bytes:
    document = docx.Document()
    paragraph = document.add_paragraph("共投资")
    for change, tag, text in (("ins", "t", "1.8亿元"), ("del", "delText", "9亿元")):
        run = f'<w:{change} {nsdecls("w")} w:id="1" w:author="x"><w:r><w:{tag}>{text}</w:{tag}></w:r></w:{change}>'
        paragraph._p.append(parse_xml(run))
    table = document.add_table(rows=3, cols=3)
    rows = (("县", "项目（个）", "资金（万元）"), ("甲县", "12", "5.5"), ("合计", "12", "5.5"))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    if link:
        document.part._settings_part.relate_to("http://127.0.0.1:1/x.dotx", TEMPLATE, is_external=True)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_of_a_docx_paragraphs_and_tables_are_read_in_order_once(opened):
    original = opened(a_docx(), "报告.docx")

    assert found(original)[:3] == [("1.8亿元", "180000000元"), ("12", "12个"), ("5.5", "55000元")]
    assert len(found(original)) == 5
    assert [original.places[at] for at in sorted(original.places)][:2] == ["第 1 段", "表 1 第 1 行"]
    assert original.notes == ()


def test_a_cell_spans_no_more_columns_than_a_table_can_have(opened):
    content = io.BytesIO()
    document = docx.Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text, cell._tc.grid_span = "项目12个", 4_000_000
    document.save(content)

    assert len(opened(content.getvalue(), "宽.docx").text) < 100


def test_what_a_docx_takes_from_elsewhere_is_not_fetched_and_is_said(opened):
    assert "没有去取" in str(opened(a_docx(link=True), "报告.docx").notes[0])


def a_pdf(*pages: str, password: str = "") -> bytes:
    """A page for each text; an empty one is a picture."""
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    for text in pages:
        page = writer.add_blank_page(300, 300)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode() if text else b"q 100 0 0 100 0 0 cm /I Do Q")
        page[NameObject("/Contents")] = writer._add_object(stream)
        made = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
        fonts = DictionaryObject({NameObject("/F1"): made})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_says_the_page_and_which_page_is_only_a_picture(opened):
    original = opened(a_pdf("12.5km", "", "30%"), "报告.pdf")

    assert found(original) == [("12.5km", "12.5公里"), ("30%", "30%")]
    assert original.places[original.text.index("30%")] == "第 3 页"
    assert "第 2 页没有文字" in str(original.notes[0])


@pytest.mark.parametrize(("bound", "most"), [("MOST_SECONDS", -1), ("MOST_DRAWN", 10)])
def test_a_pdf_that_takes_too_long_is_refused_with_the_page(opened, monkeypatch, bound, most):
    monkeypatch.setattr(selectors, bound, most)

    with refused((BadInput, "evidence.takes_too_long"), match="第 1 页"):
        opened(a_pdf("12km", "13km"), "慢.pdf")


def test_a_scan_is_no_empty_success(opened):
    original = opened(a_pdf("", ""), "扫描.pdf")

    assert (original.text, len(original.notes)) == ("", 1)
    assert "没有文字，可能是扫描的图" in str(original.notes[0])


def test_of_a_workbook_shown_sheets_are_rows_of_cells(opened):
    rows = (("县", "项目数", "资金（万元）"), ("甲县", 12, 5.5))
    original = opened(an_xlsx(rows, sheets=2), "表.xlsx")

    assert original.text == "县\t项目数\t资金(万元)\n甲县\t12\t5.5\n"
    assert found(original) == [("12", "12个"), ("5.5", "55000元")]
    assert original.places[original.text.index("甲县")] == "表2 第 2 行"


def with_macro() -> bytes:
    content = io.BytesIO(a_docx())
    with zipfile.ZipFile(content, "a") as packed:
        packed.writestr("word/vbaProject.bin", b"x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.txt", "documents.file_empty"),
        (EXE, "程序.txt", "documents.kind_not_accepted"),
        (PNG, "照片.png", "evidence.not_text"),
        (with_macro(), "带宏.docx", "documents.kind_not_accepted"),
        (an_ole2("EncryptedPackage", b"x"), "有密码.docx", "documents.kind_not_accepted"),
        (a_bomb(), "炸.xlsx", "documents.unpacks_too_large"),
        (a_pdf("1", password="secret"), "有密码.pdf", "evidence.locked"),
        (b"%PDF-1.7\nbroken", "坏.pdf", "evidence.not_readable"),
        (a_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "坏.docx", "evidence.not_readable"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(opened, content, name, code):
    with refused((BadInput, code)):
        opened(content, name)


def test_a_file_is_bounded_in_bytes_characters_and_pages(opened, settings):
    settings.TEXT_MAX_PAGES, settings.TEXT_MAX_CHARACTERS = 2, 20
    with refused((BadInput, "evidence.too_many_pages")):
        opened(a_pdf("1", "2", "3"), "长.pdf")
    for content, name in ((SAID.encode() * 9, "长.txt"), (a_docx(), "长.docx"), (an_xlsx([["一" * 30]]), "长.xlsx")):
        with refused((BadInput, "evidence.text_too_long")):
            opened(content, name)
    settings.UPLOAD_MAX_BYTES = 5
    with refused((BadInput, "evidence.file_too_large")):
        opened(SAID.encode(), "大.txt")


def test_the_command_prints_every_number_digit_for_digit_and_refuses_with_a_sentence(tmp_path, capsys):
    (tmp_path / "报告.txt").write_text("投资12345678901234.56元，占81.30%，每人3至5万元。", "utf-8")

    call_command("extract", str(tmp_path / "报告.txt"), "--json")

    printed = capsys.readouterr().out
    assert '"value": 12345678901234.56,' in printed
    claims = json.loads(printed)["claims"]
    assert [(one["text"], one["unit"], one["bound"], one.get("upper")) for one in claims] == [
        ("12345678901234.56元", "元", "exact", None),
        ("81.30%", "%", "exact", None),
        ("3至5万元", "元", "range", 50000),
    ]
    assert claims[1]["sentence"]["text"] == "投资12345678901234.56元，占81.30%，每人3至5万元。"
    (tmp_path / "扫描.pdf").write_bytes(a_pdf(""))
    for name, sentence in (("没有.txt", "没有.txt"), ("扫描.pdf", "没有文字")):
        with pytest.raises(CommandError, match=sentence):
            call_command("extract", str(tmp_path / name), "--json")
