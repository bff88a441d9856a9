# SPDX-License-Identifier: Apache-2.0
"""A bulletin as DOCX after GB/T 9704: A4, a grid of 22 lines of 28 characters, the standard's faces by name.

The faces of the standard are not free, so the file names them with their like, and embeds none.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from shanhai.insight.reports.composing.rules.drawing import is_second_heading, joined, printable
from shanhai.insight.reports.values import Content, Grid

# Twips of a line, and 4096ths of a point that a character is narrower than 16 pt: 225 mm by 22, 156 mm by 28.
LINE_PITCH, CHAR_SPACE = 580, -848
BODY, SONG, HEI, KAI, TITLE = "仿宋_GB2312", "宋体", "黑体", "楷体_GB2312", "方正小标宋简体"
ALIKE = {
    BODY: "仿宋,FangSong,STFangsong",
    SONG: "SimSun,Noto Serif CJK SC",
    HEI: "SimHei,Noto Sans CJK SC",
    KAI: "楷体,KaiTi,STKaiti",
    TITLE: "方正小标宋_GBK,宋体,SimSun,Noto Serif CJK SC",
}
NS = nsdecls("w")


def docx_of(*, content: Content, at: datetime) -> bytes:
    """The document as a .docx, said to be made ``at``."""
    document = docx.Document()
    document.core_properties.title = printable(content.title)[:255]
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = at.replace(tzinfo=None)
    _set_page(document)
    _set_faces(document)
    body = document.element.body
    last = body[-1]
    for xml in _blocks(content):
        last.addprevious(parse_xml(xml))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _set_page(document: docx.document.Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    for name, value in (("type", "linesAndChars"), ("linePitch", LINE_PITCH), ("charSpace", CHAR_SPACE)):
        grid.set(qn(f"w:{name}"), str(value))
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]._p
        paragraph.getparent().replace(paragraph, parse_xml(_page_number(side)))


def _page_number(side: str) -> str:
    run = f'<w:rPr><w:rFonts w:ascii="{SONG}" w:hAnsi="{SONG}" w:eastAsia="{SONG}"/><w:sz w:val="28"/></w:rPr>'
    field = "".join(
        f"<w:r>{run}{inner}</w:r>"
        for inner in (
            "<w:t>— </w:t>",
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            "<w:t> —</w:t>",
        )
    ).replace("<w:t>", '<w:t xml:space="preserve">')
    return f'<w:p {NS}><w:pPr><w:ind w:{side}Chars="100"/><w:jc w:val="{side}"/></w:pPr>{field}</w:p>'


def _set_faces(document: docx.document.Document) -> None:
    style = document.styles["Normal"]
    style.font.size, style.font.name = Pt(16), BODY
    properties = style.element.get_or_add_rPr()
    properties.rFonts.set(qn("w:eastAsia"), BODY)
    language = OxmlElement("w:lang")
    for name, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        language.set(qn(f"w:{name}"), value)
    properties.append(language)
    for found in document.styles.element.iter(qn("w:lang")):
        found.set(qn("w:eastAsia"), "zh-CN")
    table = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(f'<w:font w:name="{name}"><w:altName w:val="{like}"/></w:font>' for name, like in ALIKE.items())
    table._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {NS}>{fonts}</w:fonts>'.encode()


def _paragraph(words: str, *, face: str = BODY, half_points: int = 32, aligned: str = "both", indent: int = 0) -> str:
    faces = f'<w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}"/><w:sz w:val="{half_points}"/>'
    first = f'<w:ind w:firstLineChars="{indent}" w:firstLine="{indent * half_points // 10}"/>' if indent else ""
    text = f'<w:r><w:rPr>{faces}</w:rPr><w:t xml:space="preserve">{escape(printable(words))}</w:t></w:r>'
    return f'<w:p {NS}><w:pPr>{first}<w:jc w:val="{aligned}"/></w:pPr>{text}</w:p>'


def _blocks(content: Content) -> list[str]:
    made = [_paragraph(content.title, face=TITLE, half_points=44, aligned="center"), _paragraph("")]
    made += [_paragraph(f"{label}：{value}", half_points=24, aligned="left") for label, value in content.head]
    made.append(_paragraph(""))
    for part in content.parts:
        made.append(_paragraph(part.heading, face=HEI, indent=200))
        for runs in part.paragraphs:
            words = joined(runs)
            made.append(_paragraph(words, face=KAI if is_second_heading(words) else BODY, indent=200))
        if part.grid:
            made.append(_table(part.grid))
            made.append(_paragraph(part.grid.note, half_points=21, aligned="left"))
    return [*made, _paragraph(""), *(_paragraph(line, aligned="right") for line in content.signed)]


def _table(grid: Grid) -> str:
    whole, width = sum(head.width for head in grid.heads), 8844
    widths = [width * head.width // whole for head in grid.heads]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = '<w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar>'
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    is_number = [bool(head.form) for head in grid.heads]
    size = 15 if len(widths) > 8 else 18
    rows = [_row([head.label for head in grid.heads], widths, [False] * len(widths), size, "<w:tblHeader/>")]
    rows += [_row([cell.text for cell in row], widths, is_number, size) for row in (*grid.rows, grid.total) if row]
    return (
        f'<w:tbl {NS}><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/>{margins}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def _row(words: Sequence[str], widths: Sequence[int], is_number: Sequence[bool], size: int, more: str = "") -> str:
    cells = []
    for text, width, right in zip(words, widths, is_number, strict=True):
        side = "right" if right else "left"
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:snapToGrid w:val="0"/>'
            f'<w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="{side}"/></w:pPr><w:r><w:rPr>'
            f'<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r></w:p>'
            "</w:tc>"
        )
    return f"<w:tr><w:trPr><w:cantSplit/>{more}</w:trPr>{''.join(cells)}</w:tr>"
