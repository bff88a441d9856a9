# SPDX-License-Identifier: Apache-2.0
"""Opening files of tables: what stands in the cells, and what the cells do not say by themselves."""

import re
import signal
import subprocess
import sys
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from shanhai.kernel.errors import BadInput
from shanhai.registers.documents.tests.builders import PDF, an_ole2, an_xls, an_xlsx
from shanhai.registers.documents.values import TABLES, Kind
from shanhai.registers.tables.selectors import opening, workbooks
from shanhai.registers.tables.selectors.workbooks import open_workbook
from shanhai.registers.tables.values import Faulty, Shown
from tests.refusals import refused

KindNotAccepted = (BadInput, "documents.kind_not_accepted")

ROWS = (("单位：万元",), ("县市", "项目数", "计划投资"), ("康定市", 14, 5820.5), (), ("合计", 14, 5820.5))


def rows_of(path, **given):
    with open_workbook(path=path, **given) as book:
        return tuple(tuple(row) for row in book.first.rows())


def read(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    return rows_of(path)


def test_a_workbook_is_read_as_it_stands(tmp_path):
    assert read(tmp_path, an_xlsx(ROWS), "表.xlsx") == (
        ("单位：万元",),
        ("县市", "项目数", "计划投资"),
        ("康定市", 14.0, 5820.5),
        (),
        ("合计", 14.0, 5820.5),
    )


def test_all_sheets_are_there_and_may_be_read_twice_and_at_once(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        for name in ("选项", "空", "甲", "乙"):
            sheet = made.add_worksheet(name)
            if name != "空":
                sheet.write_column(0, 0, [f"{name}{number}" for number in range(600)])
        made.get_worksheet_by_name("甲").activate()
        made.get_worksheet_by_name("选项").hide()

    with open_workbook(path=path) as book:
        assert [(sheet.name, sheet.shown, sheet.count) for sheet in book.sheets] == [
            ("选项", False, 600), ("空", True, 0), ("甲", True, 600), ("乙", True, 600),
        ]  # fmt: skip
        assert book.first.name == "甲"
        one, other = book.sheets[2], book.sheets[3]
        pairs = list(zip(one.rows(), other.rows(), strict=True))
        assert pairs[599] == (["甲599"], ["乙599"])
        assert next(one.rows()) == ["甲0"]
        assert len(one.head) == workbooks.HEAD


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_table_is_read_in_every_encoding_that_offices_use(tmp_path, encoding, separator):
    text = f"县市{separator}项目数\r\n康定市{separator}14\r\n"
    path = tmp_path / "表.csv"
    path.write_bytes(text.encode(encoding))

    with open_workbook(path=path) as book:
        assert [tuple(row) for row in book.first.rows()] == [("县市", "项目数"), ("康定市", "14")]
        assert book.first.encoding == encoding


def test_titles_above_a_text_table_do_not_hide_how_it_is_separated(tmp_path):
    rows = read(tmp_path, "各县进度表\n单位：万元\n县市\t项目数，个\n康定市\t1,400\n".encode(), "表.csv")

    assert rows == (("各县进度表",), ("单位：万元",), ("县市", "项目数，个"), ("康定市", "1,400"))


def test_an_old_workbook_is_read(tmp_path):
    assert read(tmp_path, an_xls(), "表.xls") == (("县市", "项目数"), ("康定市", 3.0))


def an_xlsx_with_marks(rows, hidden):
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                error = str(cell).startswith("#")
                sheet.write_formula(number, column, "=NA()", None, cell) if error else sheet.write(number, column, cell)
        for number in hidden:
            sheet.set_row(number, options={"hidden": True})
    return buffer.getvalue()


# A file of each kind, with rows of which some are hidden. In text there are neither errors nor hidden rows.
FILES = {Kind.XLSX: an_xlsx_with_marks, Kind.XLS: lambda rows, hidden: an_xls(rows, hidden=hidden)}


@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != Kind.CSV])
def test_errors_and_hidden_rows_are_told_whatever_the_kind_of_file(tmp_path, kind):
    path = tmp_path / f"表.{kind}"
    path.write_bytes(FILES[kind]((("县市", "项目数"), ("康定市", "#N/A"), ("泸定县", 3)), (2,)))

    with open_workbook(path=path) as book:
        assert [tuple(row) for row in book.first.rows()] == [
            ("县市", "项目数"), ("康定市", Faulty("#N/A")), ("泸定县", 3.0),
        ]  # fmt: skip
        assert book.first.hidden_rows == {3}


def test_errors_and_formulas_without_a_value_are_no_blanks(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["甲", "乙", "丙", "丁"])
        sheet.write_formula(1, 0, "=NA()", None, "#N/A")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write_formula(1, 3, "=A1", None, "")
        # Below the last cell that has a value.
        sheet.write_formula(3, 1, "=SUM(A1)", None, "")

    header, second, third, last = rows_of(path)

    assert header == ("甲", "乙", "丙", "丁")
    assert second[:3] == (Faulty("#N/A"), Faulty("#DIV/0!"), 2.0)
    assert third == ()
    assert last == (None, Faulty())


@pytest.mark.parametrize("change", ["prefix", "no places", "none"])
def test_marks_are_found_however_the_sheet_is_written(tmp_path, change):
    path, other = tmp_path / "表.xlsx", tmp_path / "另.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write_row(1, 0, [1, 2])
        sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 1, "=NA()", None, "")
        sheet.set_row(1, None, None, {"hidden": True})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for item in old.infolist():
            text = old.read(item)
            if item.filename.endswith("sheet1.xml") and change == "prefix":
                text = re.sub(rb"<(/?)(?=[a-z])(?!\?)", rb"<\1x:", text).replace(b"xmlns=", b"xmlns:x=")
            elif item.filename.endswith("sheet1.xml") and change == "no places":
                text = re.sub(rb'(<c|<row) r="\w+"', rb"\1", text)
            new.writestr(item, text)

    with open_workbook(path=other) as book:
        rows = list(book.first.rows())
        assert rows[2] == [Faulty("#DIV/0!"), Faulty()]
        assert book.first.hidden_rows == {2}


def test_a_nought_that_the_writer_left_for_later_is_no_nought(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["甲", 0])
        sheet.write_formula(1, 0, "=SUM(B1)")

    assert rows_of(path) == (("甲", 0.0), (Faulty(),))


def test_hidden_rows_columns_and_merged_cells_are_named(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        for number in range(6):
            sheet.write_row(number, 0, [number, "乙" if number < 4 else None, "丙"])
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column(2, 2, 10, None, {"hidden": True})
        sheet.merge_range(4, 1, 5, 1, "并")

    with open_workbook(path=path) as book:
        assert book.first.hidden_rows == {4}
        assert book.first.hidden_columns == {2}
        assert book.first.merged == ((5, 1, 6, 1),)
        assert [tuple(row) for row in book.first.rows()][5] == (5.0, None, "丙")


def test_a_year_and_a_month_keep_the_digits_that_are_shown(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_number(0, 0, 2026.1, made.add_format({"num_format": "0.00"}))
        sheet.write_number(0, 1, 2026.1)

    shown, plain = rows_of(path)[0]

    assert isinstance(shown, Shown)
    assert (shown, shown.shown) == (2026.1, "2026.10")
    assert type(plain) is float


@pytest.mark.parametrize("form", [14, 31, 57])
def test_days_in_the_formats_of_east_asia_are_days(tmp_path, form):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        style = made.add_format()
        style.set_num_format(form)
        sheet.write_number(0, 0, 46113, style)

    (day,) = rows_of(path)[0]

    assert day in {date(2026, 4, 1), datetime(2026, 4, 1)}  # noqa: DTZ001


def test_rows_and_columns_keep_their_numbers_and_a_gap_loses_nothing(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write(2, 1, "县市")
        sheet.write(60, 1, "康定市")
        sheet.write(700, 1, "泸定县")

    rows = rows_of(path)

    assert [number for number, row in enumerate(rows, start=1) if row] == [3, 61, 701]
    assert rows[2] == (None, "县市")


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"\xff\xfa\x81", "表.csv", KindNotAccepted),
        (PDF, "批复.pdf", workbooks.TableNotReadable),
        (an_ole2("Workbook", b"\x09\x08\xff\xff"), "坏.xls", workbooks.TableNotReadable),
        (b'a,"b\x00', "表.csv", KindNotAccepted),
        (b"a," + b"b" * 200_000 + b"\n", "长.csv", workbooks.TableNotReadable),
        (b"\n\n,,\n", "表.csv", workbooks.TableNotReadable),
        (an_xlsx(()), "空.xlsx", workbooks.TableNotReadable),
        (an_xlsx(ROWS)[:800], "断.xlsx", KindNotAccepted),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path, content, name, error):
    with refused(error):
        read(tmp_path, content, name)


def test_too_many_rows_are_refused(tmp_path, settings):
    settings.IMPORT_MAX_ROWS = 10
    few, many = "a,b\n" * 60, "a,b\n" * 61

    assert len(read(tmp_path, few.encode(), "少.csv")) == 60
    with pytest.raises(workbooks.TooManyRows):
        read(tmp_path, many.encode(), "多.csv")
    with pytest.raises(workbooks.TooManyRows):
        read(tmp_path, an_xlsx([("a", "b")] * 61), "多.xlsx")


def test_rows_that_only_seem_to_be_there_are_not_read(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["县市", "项目数"])
        sheet.write_blank(900_000, 0, None, made.add_format({"bold": True}))

    assert rows_of(path) == (("县市", "项目数"),)


def test_two_cells_in_opposite_corners_do_not_take_the_server_down(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write(0, 0, "县市")
        sheet.write(1_048_575, 16_383, "远")
    assert path.stat().st_size < 10_000

    with pytest.raises(workbooks.TableNotReadable, match="很远的单元格"):
        rows_of(path)

    # The control: in this process the reader would not raise; the process would end.
    script = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({1 << 30}, {1 << 30}))\n" + (
        "import sys, python_calamine as c\ntry: c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)\n"
        "except BaseException: pass\nprint('alive')"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGABRT, b"")


def test_a_number_that_a_spreadsheet_rounded_arrives_as_it_stands(tmp_path):
    rows = read(tmp_path, an_xlsx([(1234567890123456789, "1234567890123456789", True, 0.1)]), "表.xlsx")

    assert rows == ((1.234567890123457e18, "1234567890123456789", True, 0.1),)


def test_a_path_that_looks_like_an_option_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-c.xlsx").write_bytes(an_xlsx(ROWS))

    assert rows_of(Path("-c.xlsx"))


def test_a_cell_of_a_text_table_may_hold_separators_and_lines(tmp_path):
    assert read(tmp_path, '名称,说明\n"甲,乙","一\n二"\n'.encode(), "表.csv")[1] == ("甲,乙", "一\n二")


def test_a_file_is_opened_once_whoever_asks(tmp_path, monkeypatch):
    path = tmp_path / "表.xlsx"
    path.write_bytes(an_xlsx(ROWS))
    opened = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *given, **more: opened.append(1) or run(*given, **more))

    with open_workbook(path=path) as book:
        assert opened == []
        for _ in range(3):
            assert book.sheets[0].count == 5
            assert len(list(book.first.rows())) == 5
    assert opened == [1]


def test_the_script_needs_nothing_of_the_product():
    text = Path(opening.__file__).read_text("utf-8")

    assert "shanhai" not in text


def test_dates_and_long_texts(tmp_path):
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_datetime(0, 0, datetime(2026, 11, 22), made.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        sheet.write_string(0, 1, "=HYPERLINK(1)")
        sheet.write_string(0, 2, "长" * 9000)

    day, text, long = rows_of(path)[0]

    assert day in {date(2026, 11, 22), datetime(2026, 11, 22)}  # noqa: DTZ001
    assert text == "=HYPERLINK(1)"
    assert len(long) == 4000
