# SPDX-License-Identifier: Apache-2.0
import io
import os
from pathlib import Path

import pytest
from django.conf import settings

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.kernel.registry import registries
from shanhai.registers.documents import selectors as documents
from shanhai.registers.documents import services
from shanhai.registers.documents.models import Document, Proof
from shanhai.registers.documents.rules import checked_name
from shanhai.registers.documents.tests.builders import EXE, JPEG, PDF, PNG, a_bomb, a_zip, an_ole2, an_xls, an_xlsx
from shanhai.registers.documents.values import Kind
from tests.cast import AUDITOR, DEPUTY, FINANCE, KANGDING, OFFICE, STRANGER, a_user, actor
from tests.refusals import refused

KindNotAccepted = (BadInput, "documents.kind_not_accepted")
FileEmpty = (BadInput, "documents.file_empty")
UnpacksTooLarge = (BadInput, "documents.unpacks_too_large")
FileTooLarge = (BadInput, "documents.file_too_large")
NameNotAccepted = (BadInput, "documents.name_not_accepted")

pytestmark = pytest.mark.django_db
LUHUO = actor("county_user", programme="zj-ganzi", place="513327", ref="user:luhuo")


def test_every_kind_of_file_has_its_media_type():
    assert [kind for kind in Kind if "/" not in kind.media_type] == []


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.DOCUMENTS_DIR


def store(at, content, name, *, by=DEPUTY, **given):
    return services.store_document(by=by, at=at, file=io.BytesIO(content), name=name, **given)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (an_xlsx(), "县表.xlsx", Kind.XLSX),
        (an_xls(), "旧表.xls", Kind.XLS),
        (PNG, "现场.PNG", Kind.PNG),
        (JPEG, "现场.jpg", Kind.JPEG),
        (PDF, "批复.pdf", Kind.PDF),
        ("县市,项目数\n康定市,3\n".encode("gb18030"), "表.csv", Kind.CSV),
        ("县市,项目数\n康定市,3\n".encode("utf-16"), "表.csv", Kind.CSV),
        (b"PK,name\n1,2\n", "表.csv", Kind.CSV),
        (a_zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "说明.docx", Kind.DOCX),
    ],
)
def test_a_file_is_stored_under_its_hash_and_known_by_its_content(at, folder, content, name, kind):
    document = store(at, content, name)

    assert document.kind == kind
    assert document.size == len(content)
    assert documents.path_of(document.sha256).read_bytes() == content
    assert files(folder) == [document.sha256]


def test_the_same_content_is_stored_once_whatever_its_name(at, folder):
    first = store(at, PNG, "一.png")
    second = store(at, PNG, "二.png", by=OFFICE)

    assert first == second
    assert len(files(folder)) == 1
    assert AuditRow.objects.filter(action="documents.document.stored").count() == 1


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "空.xlsx", FileEmpty),
        (PNG, "其实是图.xlsx", KindNotAccepted),
        (an_xlsx(), "其实是表.png", KindNotAccepted),
        (EXE, "发票.pdf", KindNotAccepted),
        (EXE, "程序.exe", KindNotAccepted),
        (b"<html><script>", "页.csv.html", KindNotAccepted),
        (b"a,b\x00c", "表.csv", KindNotAccepted),
        (b"\xff\xfa\x81", "表.csv", KindNotAccepted),
        (JPEG, "图.png", KindNotAccepted),
        (an_ole2("WordDocument", b"x"), "其实是文.xls", KindNotAccepted),
        (an_ole2("Workbook", b"x")[:512], "断.xls", KindNotAccepted),
        (an_ole2("EncryptedPackage", b"x"), "有密码.xlsx", KindNotAccepted),
        (b"PK\x03\x04broken", "坏.xlsx", KindNotAccepted),
        (a_zip({"readme.txt": b"x"}), "包.xlsx", KindNotAccepted),
        (PDF, "没有扩展名", KindNotAccepted),
        (PDF, "", NameNotAccepted),
        (PDF, "a\x00b.pdf", NameNotAccepted),
        (PDF, "..", NameNotAccepted),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_nothing_stays(at, folder, content, name, error):
    with refused(error):
        store(at, content, name)

    assert not Document.objects.exists()
    assert not folder.exists() or files(folder) == []


def test_a_bomb_is_not_unpacked_to_its_end(at, folder):
    bomb = a_bomb()
    assert len(bomb) < 1 << 20

    with refused(UnpacksTooLarge):
        store(at, bomb, "表.xlsx")

    assert files(folder) == []


def test_a_packed_file_with_too_many_members_is_refused(at):
    members = {f"xl/{number}.xml": b"" for number in range(5001)}

    with refused(UnpacksTooLarge):
        store(at, a_zip({"[Content_Types].xml": b"", "xl/workbook.xml": b"", **members}), "表.xlsx")


def test_a_packed_file_that_lies_about_its_size_is_refused(at, folder):
    honest = a_bomb(5)
    liar = honest.replace((5 << 20).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert liar != honest

    with pytest.raises(BadInput):
        store(at, liar, "表.xlsx")

    assert files(folder) == []


def test_a_file_with_a_password_says_so(at):
    with refused(KindNotAccepted, match="密码"):
        store(at, an_ole2("EncryptedPackage", b"x"), "有密码.xlsx")


def a_workbook(types: str = "", **parts: bytes) -> bytes:
    return a_zip({"[Content_Types].xml": f"<Types>{types}</Types>".encode(), "xl/workbook.xml": b"<w/>", **parts})


MACROS = '<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (a_workbook(MACROS), "表.xlsx"),
        (a_zip({"[Content_Types].xml": MACROS.encode("utf-16"), "xl/workbook.xml": b"<w/>"}), "表.xlsx"),
        (a_workbook(**{"xl/vbaProject.bin": b"x"}), "表.xlsx"),
        (a_workbook(**{"xl/macrosheets/sheet1.xml": b"<m/>"}), "表.xlsx"),
        (a_zip({"[Content_Types].xml": b"<T/>", "word/document.xml": b"<w/>", "word/VBAPROJECT.BIN": b"x"}), "文.docx"),
        (an_ole2("_VBA_PROJECT_CUR", b"x"), "表.xls"),
    ],
)
def test_a_file_that_carries_programs_is_refused_with_a_sentence(at, folder, content, name):
    with refused(KindNotAccepted, match="带有宏"):
        store(at, content, name)

    assert files(folder) == []


def test_a_workbook_without_programs_is_taken(at):
    assert store(at, a_workbook(), "表.xlsx").kind == Kind.XLSX


def test_what_was_half_taken_when_the_server_was_killed_goes_and_what_comes_in_now_stays(at, folder, settings):
    document = store(at, PDF, "批复.pdf")
    left = [folder / ".incoming-killed", Path(settings.FILE_UPLOAD_TEMP_DIR) / "killed.upload.xlsx"]
    coming = [folder / ".incoming-now", Path(settings.FILE_UPLOAD_TEMP_DIR) / "now.upload.xlsx"]
    for path, age in [*((one, 25) for one in left), *((one, 1) for one in coming)]:
        path.write_bytes(b"half of a table")
        os.utime(path, times=(at.timestamp() - age * 3600,) * 2)
    os.utime(documents.path_of(document.sha256), times=(0, 0))

    said = registries.daily.get("documents.half_taken").run(by=DEPUTY, at=at)

    assert said == "2"
    assert [path.exists() for path in left] == [False, False]
    assert [path.exists() for path in coming] == [True, True]
    assert documents.path_of(document.sha256).is_file()


def test_a_file_over_the_limit_is_refused_while_it_comes_in(at, folder, settings):
    settings.UPLOAD_MAX_BYTES = 1000

    with refused(BadInput, "documents.file_too_large"):
        store(at, PDF + b" " * 1000, "大.pdf")

    assert files(folder) == []


def test_a_page_that_wants_a_table_takes_no_picture(at):
    with refused(KindNotAccepted):
        store(at, PNG, "图.png", allowed={Kind.XLSX})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\桌面\\报表.xlsx", "报表.xlsx"),
        ("长" * 200 + ".xlsx", "长" * 115 + ".xlsx"),
        ("a." + "长" * 200, "a." + "长" * 118),
        ("e\u0301.pdf", "\u00e9.pdf"),
    ],
)
def test_a_name_is_kept_without_its_folders_and_within_bounds(name, kept):
    assert checked_name(name) == kept


@pytest.mark.parametrize("name", ["", " ", ".", "/", "a\x00b.pdf", "a\nb.pdf", "表\u202excod.exe", "a\u2028b.pdf"])
def test_a_name_that_is_empty_or_holds_what_nobody_sees_is_refused(name):
    with refused(NameNotAccepted):
        checked_name(name)


def test_those_who_may_not_upload_store_nothing(at):
    with pytest.raises(NotAllowed):
        store(at, PDF, "批复.pdf", by=AUDITOR)


def test_a_file_that_was_damaged_is_healed_when_it_comes_again(at):
    document = store(at, PDF, "批复.pdf")
    documents.path_of(document.sha256).write_bytes(b"damaged")

    store(at, PDF, "批复.pdf")

    assert documents.path_of(document.sha256).read_bytes() == PDF
    assert documents.broken_documents() == ()


def test_each_who_put_a_file_in_sees_it_by_his_own_name_and_others_do_not(at):
    first = store(at, PDF, "批复.pdf", by=KANGDING, programme="zj-ganzi", place="513301")
    store(at, PDF, "扫描件.pdf", by=DEPUTY)

    assert documents.open_document(viewer=KANGDING, uuid=first.uuid)[0] == "批复.pdf"
    assert documents.open_document(viewer=DEPUTY, uuid=first.uuid)[0] == "扫描件.pdf"
    with pytest.raises(NotVisible):
        documents.open_document(viewer=LUHUO, uuid=first.uuid)
    assert AuditRow.objects.filter(action="documents.document.received").count() == 1


def test_a_file_whose_bytes_are_gone_is_not_found_with_a_sentence(at, client):
    document = store(at, PDF, "批复.pdf")
    prove(at, document, "513301")
    documents.path_of(document.sha256).unlink()
    client.force_login(a_user("auditor"))

    answer = client.get(f"/documents/{document.uuid}/")

    assert answer.status_code == 404
    assert "从备份恢复" in answer.content.decode()


def test_the_proofs_of_a_thing_are_one_query(at, django_assert_num_queries):
    for content, name in ((PDF, "一.pdf"), (PNG, "二.png"), (JPEG, "三.jpg")):
        prove(at, store(at, content, name), "513301")

    with django_assert_num_queries(1):
        found = documents.list_proofs(viewer=AUDITOR, subject_type="projects.project", subject_id="p1")
        kinds = [proof.document.kind for proof in found]

    assert kinds == ["jpeg", "png", "pdf"]


def prove(at, document, place, by=DEPUTY):
    return services.attach_proof(
        by=by, at=at, document=document, subject_type="projects.project", subject_id="p1", label="批复.pdf",
        programme="zj-ganzi", place=place,
    )  # fmt: skip


def test_a_file_is_seen_through_what_it_proves(at):
    document = store(at, PDF, "批复.pdf")
    prove(at, document, "513301")

    assert documents.get_document(viewer=KANGDING, uuid=document.uuid) == document
    assert documents.get_document(viewer=AUDITOR, uuid=document.uuid) == document
    with pytest.raises(NotVisible):
        documents.get_document(viewer=STRANGER, uuid=document.uuid)


def test_a_county_does_not_see_what_proves_something_elsewhere(at):
    document = store(at, PDF, "批复.pdf")
    prove(at, document, "513322")

    with pytest.raises(NotVisible):
        documents.get_document(viewer=KANGDING, uuid=document.uuid)


def test_a_withdrawn_proof_no_longer_shows_its_file_but_keeps_it(at):
    document = store(at, PDF, "批复.pdf")
    proof = prove(at, document, "513301")

    services.withdraw_proof(by=DEPUTY, at=at, proof=proof.uuid, because="传错了")

    with pytest.raises(NotVisible):
        documents.get_document(viewer=KANGDING, uuid=document.uuid)
    assert documents.path_of(document.sha256).is_file()


@pytest.mark.parametrize("because", ["", " \x00\n", "长" * 501], ids=["nothing", "nothing to be seen", "too long"])
def test_a_proof_is_taken_back_only_for_a_reason_that_can_be_stored(because, at):
    proof = prove(at, store(at, PDF, "批复.pdf"), "513301")

    with pytest.raises(BadInput):
        services.withdraw_proof(by=DEPUTY, at=at, proof=proof.uuid, because=because)
    assert Proof.objects.get(pk=proof.pk).withdrawn_at is None


def test_a_proof_is_taken_back_on_its_page_with_a_reason(at, sign_in):
    proof = prove(at, store(at, PDF, "批复.pdf"), "513301")
    address, client = f"/documents/proofs/{proof.uuid}/withdraw", sign_in("office")

    assert "批复.pdf" in client.get(f"{address}?back=/projects/").content.decode()
    assert client.post(address, {"because": " ", "back": "/projects/"}).status_code == 422
    assert Proof.objects.in_force().filter(uuid=proof.uuid).exists()
    answer = client.post(address, {"because": "传错了", "back": "/projects/"})

    assert (answer.status_code, answer["Location"]) == (302, "/projects/")
    assert not Proof.objects.in_force().filter(uuid=proof.uuid).exists()
    assert client.get(address).status_code == 404


def test_the_page_leads_nowhere_else_and_is_for_who_may_file(at, sign_in):
    proof = prove(at, store(at, PDF, "批复.pdf"), "513301")
    address = f"/documents/proofs/{proof.uuid}/withdraw"

    auditor = sign_in("auditor")
    assert auditor.get(address).status_code == 403
    assert auditor.post(address, {"because": "x"}).status_code == 403
    assert sign_in("county_user", place="513322").get(address).status_code == 404
    answer = sign_in("office").post(address, {"because": "传错了", "back": "//elsewhere.example/"})
    assert answer["Location"] == "/"


def test_only_who_may_take_it_back_is_offered_it(at):
    shown = prove(at, store(at, PDF, "批复.pdf"), "513301")

    def offered(viewer):
        (proof,) = documents.list_proofs(viewer=viewer, subject_type="projects.project", subject_id="p1")
        return proof.may_withdraw

    assert offered(DEPUTY)
    assert not offered(AUDITOR)
    # Who files papers elsewhere takes back their own alone.
    assert not offered(FINANCE)
    with pytest.raises(NotAllowed):
        services.withdraw_proof(by=FINANCE, at=at, proof=shown.uuid, because="不是我传的")


def test_saying_twice_what_a_file_proves_changes_nothing(at):
    document = store(at, PDF, "批复.pdf")

    assert prove(at, document, "513301") == prove(at, document, "513301")
    assert len(documents.list_proofs(viewer=AUDITOR, subject_type="projects.project", subject_id="p1")) == 1


def test_verify_names_a_file_that_is_missing_or_altered(at):
    altered, missing, sound = store(at, PDF, "一.pdf"), store(at, PNG, "二.png"), store(at, an_xlsx(), "三.xlsx")
    documents.path_of(altered.sha256).write_bytes(b"other")
    documents.path_of(missing.sha256).unlink()

    assert documents.broken_documents() == (
        f"document {altered.uuid}: the file was altered",
        f"document {missing.uuid}: the file is missing",
    )
    assert sound.sha256


def test_a_download_is_an_attachment_and_a_guessed_address_is_not_found(at, client):
    document = store(at, PDF, "批复.pdf")
    prove(at, document, "513301")
    client.force_login(a_user("county_user", programme="zj-ganzi", place="513301"))

    answer = client.get(f"/documents/{document.uuid}/")
    guessed = client.get("/documents/0190aaaa-0000-7000-8000-000000000000/")
    path = client.get("/documents/..%2f..%2fetc%2fpasswd/")

    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert guessed.status_code == path.status_code == 404
    assert Path(settings.DOCUMENTS_DIR).is_dir()
