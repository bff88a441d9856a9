# SPDX-License-Identifier: Apache-2.0
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from shanhai.registers.documents.selectors import tables
from shanhai.registers.documents.selectors.kinds import KindNotAccepted
from shanhai.registers.documents.tests.builders import PDF, an_ole2, an_xls, an_xlsx

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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_table_is_read_in_every_encoding_that_offices_use(tmp_path, encoding, separator):
    text = f"县市{separator}项目数\r\n康定市{separator}14\r\n"

    sheet = read(tmp_path, text.encode(encoding), "表.csv")

    assert sheet.rows == (("县市", "项目数"), ("康定市", "14"))
    assert sheet.encoding == encoding


def test_titles_above_a_text_table_do_not_hide_how_it_is_separated(tmp_path):
    sheet = read(tmp_path, "各县进度表\n单位：万元\n县市\t项目数，个\n康定市\t1,400\n".encode(), "表.csv")

    assert sheet.rows == (("各县进度表",), ("单位：万元",), ("县市", "项目数，个"), ("康定市", "1,400"))


def test_an_old_workbook_is_read(tmp_path):
    assert read(tmp_path, an_xls(), "表.xls").rows == (("县市", "项目数"), ("康定市", 3.0))


def test_a_sheet_that_is_not_shown_is_read_only_when_named(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        lists, table = book.add_worksheet("选项"), book.add_worksheet("表")
        table.activate()
        lists.hide()
        lists.write(0, 0, "交钥匙")
        table.write(0, 0, "县市")

    assert tables.read_sheet(path=path).rows == (("县市",),)
    assert tables.read_sheet(path=path, sheet="选项").rows == (("交钥匙",),)


def test_rows_keep_their_numbers_and_a_gap_loses_nothing(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(2, 0, "县市")
        sheet.write(500, 0, "康定市")

    rows = tables.read_sheet(path=path).rows

    assert len(rows) == 501
    assert (rows[0], rows[2], rows[500]) == ((), ("县市",), ("康定市",))


def test_two_cells_in_opposite_corners_do_not_take_the_server_down(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "县市")
        sheet.write(1_048_575, 16_383, "远")
    assert path.stat().st_size < 10_000

    with pytest.raises(tables.TableNotReadable, match="很远的单元格"):
        tables.read_sheet(path=path)

    # The control: in this process the reader would not raise; the process would end.
    script = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({1 << 30}, {1 << 30}))\n" + (
        "import sys, python_calamine as c\ntry: c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)\n"
        "except BaseException: pass\nprint('alive')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGABRT, b"")


def test_a_number_that_a_spreadsheet_rounded_arrives_as_it_stands(tmp_path):
    sheet = read(tmp_path, an_xlsx([(1234567890123456789, "1234567890123456789", True, 0.1)]), "表.xlsx")

    assert sheet.rows == ((1.234567890123457e18, "1234567890123456789", True, 0.1),)


def test_a_path_that_looks_like_an_option_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-c.xlsx").write_bytes(an_xlsx(ROWS))

    assert tables.read_sheet(path=Path("-c.xlsx")).name == "表1"


def test_a_cell_of_a_text_table_may_hold_separators_and_lines(tmp_path):
    sheet = read(tmp_path, '名称,说明\n"甲,乙","一\n二"\n'.encode(), "表.csv")

    assert sheet.rows[1] == ("甲,乙", "一\n二")


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"\xff\xfa\x81", "表.csv", KindNotAccepted),
        (PDF, "批复.pdf", tables.TableNotReadable),
        (an_ole2("Workbook", b"\x09\x08\xff\xff"), "坏.xls", tables.TableNotReadable),
        (b'a,"b\x00', "表.csv", KindNotAccepted),
        (b"a," + b"b" * 200_000 + b"\n", "长.csv", tables.TableNotReadable),
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
