# SPDX-License-Identifier: Apache-2.0
from datetime import date, datetime

import pytest
import xlsxwriter

from shanhai.registers.documents.selectors import tables
from shanhai.registers.documents.selectors.kinds import KindNotAccepted
from shanhai.registers.documents.tests.builders import PDF, an_xlsx

ROWS = (("单位：万元",), ("县市", "项目数", "计划投资"), ("康定市", 14, 5820.5), (), ("合计", 14, 5820.5))


def read(tmp_path, content, name, **given):
    path = tmp_path / name
    path.write_bytes(content)
    return tables.read_sheet(path=path, **given)


def test_a_workbook_is_read_as_it_stands(tmp_path):
    sheet = read(tmp_path, an_xlsx(ROWS), "表.xlsx")

    assert sheet.name == "表1"
    assert sheet.rows == (
        ("单位：万元",),
        ("县市", "项目数", "计划投资"),
        ("康定市", 14.0, 5820.5),
        (),
        ("合计", 14.0, 5820.5),
    )


def test_the_first_sheet_that_is_not_empty_is_read_unless_one_is_named(tmp_path):
    sheet = read(tmp_path, an_xlsx(ROWS, sheets=3), "表.xlsx")

    assert (sheet.name, sheet.names) == ("表3", ("表1", "表2", "表3"))
    with pytest.raises(tables.TableNotReadable):
        tables.read_sheet(path=tmp_path / "表.xlsx", sheet="没有这张")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_table_is_read_in_every_encoding_that_offices_use(tmp_path, encoding, separator):
    text = f"县市{separator}项目数\r\n康定市{separator}14\r\n"

    sheet = read(tmp_path, text.encode(encoding), "表.csv")

    assert sheet.rows == (("县市", "项目数"), ("康定市", "14"))
    assert sheet.encoding == encoding


def test_a_cell_of_a_text_table_may_hold_separators_and_lines(tmp_path):
    sheet = read(tmp_path, '名称,说明\n"甲,乙","一\n二"\n'.encode(), "表.csv")

    assert sheet.rows[1] == ("甲,乙", "一\n二")


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"\xff\xfa\x81", "表.csv", KindNotAccepted),
        (PDF, "批复.pdf", tables.TableNotReadable),
        (b"\n\n,,\n", "表.csv", tables.TableNotReadable),
        (an_xlsx(()), "空.xlsx", tables.TableNotReadable),
        (an_xlsx(ROWS)[:800], "断.xlsx", KindNotAccepted),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path, content, name, error):
    with pytest.raises(error):
        read(tmp_path, content, name)


def test_too_many_rows_are_refused(tmp_path, settings):
    settings.IMPORT_MAX_ROWS = 10
    few, many = "a,b\n" * 60, "a,b\n" * 61

    assert len(read(tmp_path, few.encode(), "少.csv").rows) == 60
    with pytest.raises(tables.TooManyRows):
        read(tmp_path, many.encode(), "多.csv")
    with pytest.raises(tables.TooManyRows):
        read(tmp_path, an_xlsx([("a", "b")] * 61), "多.xlsx")


def test_rows_that_only_seem_to_be_there_are_not_read(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["县市", "项目数"])
        sheet.write_blank(900_000, 0, None, book.add_format({"bold": True}))

    assert tables.read_sheet(path=path).rows == (("县市", "项目数"),)


def test_dates_formulas_and_long_texts(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_datetime(0, 0, datetime(2026, 11, 22), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        sheet.write_formula(0, 1, "=1+1", None, 2)
        sheet.write_string(0, 2, "=HYPERLINK(1)")
        sheet.write_string(0, 3, "长" * 9000)

    day, formula, text, long = tables.read_sheet(path=path).rows[0]

    assert day in {date(2026, 11, 22), datetime(2026, 11, 22)}  # noqa: DTZ001
    assert formula == 2
    assert text == "=HYPERLINK(1)"
    assert len(long) == 4000
