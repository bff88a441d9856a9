# SPDX-License-Identifier: Apache-2.0
"""A file of others is kept whole: what comes out again is what went in, and nothing of it is ours."""

from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from lxml import etree

from shanhai.base.audit.models import AuditRow
from shanhai.insight.iati.models import ImportedFile
from shanhai.insight.iati.rules.checking import check
from shanhai.insight.iati.rules.taking import put_together, taken_apart
from shanhai.insight.iati.selectors.exporting import export_activities
from shanhai.insight.iati.selectors.importing import file_again
from shanhai.insight.iati.services import NotValid, take_in
from shanhai.insight.iati.tests.vectors import FOLDER, SMALL, changed, needs_vectors, tree
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.registers.ledger.models import Entry
from tests.cast import AT, AUDITOR, DEPUTY, OFFICE, STRANGER

pytestmark = pytest.mark.django_db
HEAD, TAIL = SMALL.split("  <iati-activity ")[0], "</iati-activities>"
# All that may stand around activities, and what writers and parsers of XML make of each other.
ODD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?xml-stylesheet href="a.xsl"?>'
    + changed("  <iati-activity ", " 头 <!-- 前 -- --><?go on?>\r\n  <iati-activity xmlns:q='urn:q' q:a='&#10;&quot;' ")
    .partition("?>")[2]
    .replace("头 ", "")
    .replace("-- -->", "-->")
    .replace('xmlns:s="', 'xmlns:a="urn:same" xmlns:b="urn:same" a:x="1" b:y="2" xml:lang="zh" xmlns:s="')
    .replace("新建一所", "<![CDATA[<&新]]>&#13;建&#x20000;一所")
    .replace(TAIL, '&#13;<!-- 尾 --><s:more s:t="q:name">其他<x xmlns="urn:z"/></s:more>  \n' + TAIL)
    + "<!-- </iati-activities> --><?end?>"
)


def taken(content, by=OFFICE):
    content = content.encode() if isinstance(content, str) else content
    return take_in(by=by, at=AT, programme="zj-ganzi", file=BytesIO(content), name="a.xml")


def again(content):
    return file_again(file=taken(content))


def canonical(content):
    return etree.tostring(tree(content).getroottree(), method="c14n")


def is_the_identity(content):
    head, parts, foot = taken_apart(tree(content))
    out = b"".join(put_together(head, ((part.xml, part.after) for part in parts), foot))
    once_more = taken_apart(tree(out))
    return canonical(out) == canonical(content) and once_more == (head, parts, foot)


@needs_vectors
def test_every_official_file_comes_out_as_it_went_in():
    files = [*FOLDER.glob("*-example.xml"), *FOLDER.glob("tests/*/should-pass/**/*.xml")]

    assert len(files) > 70
    assert [path for path in files if not is_the_identity(path.read_bytes())] == []


def test_all_that_may_stand_around_activities_stays():
    assert is_the_identity(ODD)
    assert canonical(ODD).count(b"<!--") == 3
    assert check(ODD.encode(), at=AT, most_bytes=2**20).valid


@pytest.mark.parametrize("encoding", ["UTF-8-SIG", "UTF-16", "GB18030"])
def test_other_encodings_come_out_as_utf_8(ganzi, encoding):
    content = SMALL.replace("UTF-8", encoding.removesuffix("-SIG")).encode(encoding)

    assert canonical(again(content)) == canonical(content)
    assert again(content).startswith(b'<?xml version="1.0" encoding="UTF-8"?>')


def test_our_own_export_comes_in_and_out_the_same_and_no_second_time(ganzi):
    ours = export_activities(viewer=DEPUTY, programme="zj-ganzi", at=AT)
    kept = taken(ours)

    assert canonical(file_again(file=kept)) == canonical(ours)
    assert taken(file_again(file=kept)) == kept, "what comes out is the file that is there"
    assert AuditRow.objects.filter(action="iati.file.taken_in").count() == 1


def test_what_is_told_of_an_activity_and_that_it_is_a_file_of_its_own(ganzi):
    second = SMALL.split("  <iati-activity ")[1].replace("-P1", "-P2")
    kept = taken(SMALL.replace(TAIL, f"  <iati-activity {second}"))
    one, other = kept.activities.order_by("position")

    assert (one.identifier, one.title, one.reporter) == ("CN-USCI-91330000X-P1", "乡镇卫生院", "前方指挥部")
    assert (one.budgets, one.transactions, other.identifier) == (1, 1, "CN-USCI-91330000X-P2")
    assert (kept.errors, kept.warnings) == (0, 0)
    alone = file_again(file=kept, position=2)
    assert canonical(alone) == canonical(SMALL.replace("-P1", "-P2"))
    assert not check(alone, at=AT, most_bytes=2**20).findings


def test_nothing_of_it_is_ours(ganzi):
    before = export_activities(viewer=DEPUTY, programme="zj-ganzi", at=AT)
    taken(SMALL)

    assert not Entry.objects.exists()
    assert export_activities(viewer=DEPUTY, programme="zj-ganzi", at=AT) == before


@pytest.mark.parametrize(
    "text",
    [
        SMALL.replace("<title>", "<titel>"),
        changed('<activity-status code="2"/>', ""),
        "",
        SMALL.replace("<iati-activities", '<!DOCTYPE a [<!ENTITY b "c">]><iati-activities', 1),
    ],
)
def test_what_is_not_valid_is_refused_and_not_kept(ganzi, text):
    with pytest.raises(NotValid) as refused:
        taken(text)

    assert refused.value.verdict.critical
    assert not ImportedFile.objects.exists()


def test_only_who_publishes_takes_in_and_others_of_the_programme_see(ganzi, sign_in):
    for by, error in ((AUDITOR, NotAllowed), (STRANGER, NotVisible)):
        with pytest.raises(error):
            taken(SMALL, by=by)
    kept = taken(SMALL)
    pages = ["", "file.xml", "1/", "1/file.xml"]

    for client, statuses in ((sign_in("auditor"), {200}), (sign_in(None), {404})):
        assert {client.get(f"/iati/imported/{kept.uuid}/{page}").status_code for page in pages} == statuses
        assert client.get(f"/iati/imported/{kept.uuid}/9/").status_code == 404


def sent(client, text, name="others.xml"):
    file = SimpleUploadedFile(name, text.encode(), "text/xml")
    return client.post("/iati/take-in", {"programme": "zj-ganzi", "file": file}, follow=True)


def test_on_the_page_it_is_taken_in_and_shown(ganzi, sign_in):
    office = sign_in("office")
    twin = "<iati-activity " + SMALL.split("<iati-activity ")[1]
    page = sent(office, SMALL.replace(TAIL, twin)).content.decode()

    assert page.count("CN-USCI-91330000X-P1") == 2
    assert page.count("编号重复") == 2
    assert "只作对照" in page
    assert "others.xml" in office.get("/iati/").content.decode()
    uuid = ImportedFile.objects.get().uuid
    assert "&lt;iati-identifier&gt;CN-USCI" in office.get(f"/iati/imported/{uuid}/2/").content.decode()
    answer = office.get(f"/iati/imported/{uuid}/2/file.xml")
    assert answer["Content-Disposition"] == 'attachment; filename="others-2.xml"'
    assert canonical(answer.content) == canonical(SMALL)


def test_on_the_page_a_file_that_is_refused_is_told_of_with_all_its_findings(ganzi, sign_in):
    answer = sent(sign_in("office"), SMALL.replace("<title>", "<titel>").replace("</title>", "</titel>"))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "没有收进来" in page
    assert "里不能有“titel”" in page
    assert "里缺少“title”" in page


def test_the_console_takes_in_for_an_account(ganzi, tmp_path, sign_in):
    sign_in("office")
    path, out = tmp_path / "a.xml", StringIO()
    path.write_text(SMALL, "utf-8")
    call_command("iati", "import", "zj-ganzi", path, "--by", "office", "--because", "对照", stdout=out)

    assert out.getvalue().strip() == f"/iati/imported/{ImportedFile.objects.get().uuid}/"
    with pytest.raises(CommandError, match="--by"):
        call_command("iati", "import", "zj-ganzi", path)
    path.write_text("", "utf-8")
    with pytest.raises(CommandError, match="没有收进来"):
        call_command("iati", "import", "zj-ganzi", path, "--by", "office", "--because", "对照", stdout=StringIO())
