# SPDX-License-Identifier: Apache-2.0
"""What an import says is translated whole: no part of a sentence stays Chinese but what stands in the file itself."""

import re

import pytest

from shanhai.base import formats
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.tests.builders import a_programme, a_yearly_plan
from shanhai.portal.imports import plain, unplain
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, OFFICE

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u3001\u4e00-\u9fff]")
# What a file says is quoted, and the name of a column is what the file says.
QUOTED = re.compile(r"“[^”]*”")
BROKEN = {
    "projects": """项目表,单位：万元
项目编号,项目名称,县（市）,建设方式,年度,援助资金,民生比例,受益层级,天气,实际开工
X-1,甲,不是县,别的,1800,"12,5",300,国家级,晴,去年
X-2,,康定市,交钥匙,2023,-3,100,县,晴,2026.1
X-2,乙,康定市,交钥匙,2023,10,100,县,晴,2026-13-01
合计,,,,,999,,,,
,,,,,,,,,制表人：
""",
    "returns": """进展（截至2999年9月30日）
县市,项目数,到位资金（万元）,核拨率,天气,项目数
不是县,多,-2,3%,晴,1
康定市,1,2,3%,晴,1
康定市,1,2,300%%,晴,1
,1,2,,,
""",
    "organisations": """名称,简称,统一社会信用代码,类别,行政区划代码,颜色
某局,局,123,别的,999999,红
某局,局,,,,红
,,,,,
""",
    "divisions": """code,name,level,parent
999,不在,county,513300
513301,康定市,township,110000
513301,,county,
""",
}


@pytest.fixture(autouse=True)
def other_language(monkeypatch, settings, tmp_path):
    """A language in which every sentence that is looked up has no Chinese left, translated or not yet."""
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    monkeypatch.setattr(formats, "gettext", lambda text: HAN.sub("x", text))
    a_division("330000", name="浙江省")
    a_division("513301", name="康定市")
    a_programme()
    a_yearly_plan()


def sentences(kind, tmp_path):
    path = tmp_path / "表.csv"
    path.write_text(BROKEN[kind], encoding="utf-8")
    with open_workbook(path=path) as file:
        report = registries.importers.get(kind).run(
            file=file,
            options={"programme": "zj-ganzi", "crs": "wgs84"},
            answers={},
            by=OFFICE,
            at=AT,
            dry_run=True,
            progress=lambda done, total: None,
        )
    # As a job keeps it and the page shows it later.
    report = unplain(plain(report))
    columns = {problem.column for problem in report.problems if problem.column}
    columns |= {header for marks in report.marks for header in marks.columns}
    assert len(report.problems) > 3, report
    for problem in report.problems:
        places = [one for one in formats.say(problem.where).split(" · ") if one not in columns]
        yield places, formats.say(problem.message)
    for question in report.questions:
        yield [formats.say(choice.label) for choice in question.choices], formats.say(question.text)


@pytest.mark.parametrize("kind", list(BROKEN))
def test_nothing_that_an_import_says_stays_chinese_but_what_stands_in_the_file(kind, tmp_path):
    left = [
        (part, said)
        for parts, said in sentences(kind, tmp_path)
        for part in [*parts, said]
        if HAN.search(QUOTED.sub("", part))
    ]

    assert left == []


def test_a_part_that_is_not_looked_up_would_be_seen():
    assert HAN.search(QUOTED.sub("", formats.say(formats.Message("见 %(where)s", {"where": "第 3 行"}))))
