# SPDX-License-Identifier: Apache-2.0
"""Makes demo/kezhou-2021.xlsx from the published figures in the tests of planning/returns.

Source: rural-revitalisation bureau of Kezhou prefecture, 12 October 2021,
https://www.xjkz.gov.cn/xjkz/c102066/202111/6015f96df9d9480f923452dfecdefac6.shtml. The figures stand as published,
the inconsistent ones too; the layout is ours. Run: python demo/make_kezhou.py
"""

import csv
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src/shanhai/planning/returns/tests/data/kezhou-2021.csv"
TITLE = "克孜勒苏柯尔克孜自治州2021年项目建设推进情况（截至2021年9月30日）"


def make(target: Path) -> None:
    """Write the workbook; the same bytes every time."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    with xlsxwriter.Workbook(target) as book:
        book.set_properties({"title": TITLE, "created": datetime(2021, 10, 12, tzinfo=UTC).replace(tzinfo=None)})
        sheet = book.add_worksheet("县市汇总")
        bold, wrap = (
            book.add_format({"bold": True, "font_size": 14}),
            book.add_format({"bold": True, "text_wrap": True}),
        )
        sheet.write_string(0, 0, TITLE, bold)
        for column, heading in enumerate(lines[0]):
            sheet.write_string(2, column, heading, wrap)
        for row, line in enumerate(lines[1:], start=3):
            for column, text in enumerate(line):
                write(book, sheet, row, column, text)
        sheet.write_string(len(lines) + 3, 0, "注：数字为公开发布的原数，未作改动。")
        sheet.set_column(0, 0, 14)
        sheet.freeze_panes(3, 1)


def write(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str) -> None:
    """A number as a number with its printed decimals, a rate as a percentage, the rest as text."""
    bare = text.removesuffix("%")
    if not text or not bare.replace(".", "").isdigit():
        sheet.write_string(row, column, text) if text else sheet.write_blank(row, column, None)
        return
    decimals = len(bare.partition(".")[2])
    shape = "0" + ("." + "0" * decimals if decimals else "") + ("%" if text != bare else "")
    value = float(f"{float(bare) / 100:.6f}") if text != bare else float(bare)
    sheet.write_number(row, column, value, book.add_format({"num_format": shape}))


if __name__ == "__main__":
    make(HERE / "kezhou-2021.xlsx")
