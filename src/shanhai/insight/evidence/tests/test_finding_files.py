# SPDX-License-Identifier: Apache-2.0
"""What stands in a stored file is found by search, once the news of it has been delivered."""

from io import BytesIO

import pytest

from shanhai.base.outbox.services import deliver_due
from shanhai.base.passages.selectors import find_passages
from shanhai.insight.evidence.tests.builders import a_source
from shanhai.kernel.actors import system
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.documents.services import attach_proof, store_document, withdraw_proof
from tests.cast import AT, AUDITOR, KANGDING, OFFICE

pytestmark = pytest.mark.django_db


def proven(content, name):
    document = store_document(by=OFFICE, at=AT, file=BytesIO(content), name=name, programme="zj-ganzi")
    about = {"subject_type": "projects.project", "subject_id": "p1", "programme": "zj-ganzi", "place": "513322"}
    return attach_proof(by=OFFICE, at=AT, document=document, label=name, **about)


def found(text, viewer=AUDITOR):
    deliver_due(by=system("worker"), at=AT)
    return [one.passage.title for one in find_passages(viewer=viewer, text=text, limit=20)]


def test_a_file_is_found_by_its_words_until_it_is_taken_back():
    proof = proven("项目,内容\n泸定县,牦牛養殖示範\n".encode("gb18030"), "批复.csv")

    assert found("牦牛养殖") == ["批复.csv"]
    assert found("牦牛养殖", KANGDING) == []

    withdraw_proof(by=OFFICE, at=AT, proof=proof.uuid, because="传错了")
    assert found("牦牛养殖") == []


def test_a_publication_is_found_once_by_its_words_and_leads_to_its_page():
    a_programme()
    source = a_source(text="記者走訪了牦牛繁育基地，牧民增收500人。")

    deliver_due(by=system("worker"), at=AT)
    (one,) = find_passages(viewer=KANGDING, text="牦牛繁育", limit=20)
    assert one.passage.url == f"/evidence/sources/{source.uuid}/"


def test_a_picture_is_found_by_its_name():
    proven(b"\x89PNG\r\n\x1a\n" + bytes(100), "现场照片.png")

    assert found("现场照片") == ["现场照片.png"]
