# SPDX-License-Identifier: Apache-2.0
import io

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.registers.documents import services
from shanhai.registers.documents.tests.builders import EXE
from shanhai.registers.documents.values import Kind
from tests.cast import OFFICE
from tests.refusals import refused

pytestmark = pytest.mark.django_db
TEXTS = {Kind.TXT, Kind.HTML}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def store(at, content, name, **given):
    return services.store_document(by=OFFICE, at=at, file=io.BytesIO(content), name=name, **given)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ("到位资金 7.2 亿元".encode("gb18030"), "简报.txt", Kind.TXT),
        ("到位资金".encode() + b"\xe7\x89 7.2", "缺损.txt", Kind.TXT),
        ("<p>到位资金".encode(), "网页.HTM", Kind.HTML),
    ],
)
def test_texts_and_pages_come_in_only_where_publications_do(at, content, name, kind):
    assert store(at, content, name, allowed=TEXTS).kind == kind
    with refused(BadInput, "documents.kind_not_accepted"):
        store(at, content, name)


def test_what_is_no_text_does_not_pass_for_one(at):
    with refused(BadInput, "documents.kind_not_accepted", match=r"EXE\.txt.*不是文字"):
        store(at, EXE, "EXE.txt", allowed=TEXTS)
