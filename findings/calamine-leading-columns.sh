#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# python-calamine 0.9.1: iter_rows() keeps the empty rows above a table and drops the empty columns before it, so that
# the place of a cell in its row is not its column; to_python(skip_empty_area=False) keeps both. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install -q python-calamine==0.9.1 XlsxWriter==3.3.1
"$folder/env/bin/python" - <<'PY'
import io

import python_calamine
import xlsxwriter

file = io.BytesIO()
with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
    sheet = book.add_worksheet()
    sheet.write(2, 1, "B3")
    sheet.write(3, 2, "C4")
file.seek(0)
sheet = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0)
rows = list(sheet.iter_rows())
print("start", sheet.start, "iter_rows", rows, "to_python", sheet.to_python(skip_empty_area=False))
assert rows == [["", ""], ["", ""], ["B3", ""], ["", "C4"]], "iter_rows has changed"
assert sheet.to_python(skip_empty_area=False)[2] == ["", "B3", ""], "to_python has changed"
PY
echo "as described"
