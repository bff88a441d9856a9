# SPDX-License-Identifier: Apache-2.0
"""The official examples and the documents of another implementation, captured and read back as they came."""

import json
import re
from decimal import Decimal

import pytest

from shanhai.base.jobs.tests.builders import run_all
from shanhai.field.traceability.capture.tests.builders import Program
from shanhai.field.traceability.events.rules.hashing import hash_id
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.rules.structure import check_structure
from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, names_of
from shanhai.field.traceability.events.tests.builders import DOCUMENTS, EXAMPLES, needs_vectors
from shanhai.field.traceability.events.values import Event as Read
from shanhai.field.traceability.models import Event
from shanhai.field.traceability.tests.builders import a_party
from shanhai.kernel import clock
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT

pytestmark = [pytest.mark.django_db, needs_vectors]
FINER = re.compile(r"(T[\d:]+\.\d{3})\d+")


def plain(event):
    said = json.dumps({key: value for key, value in event.items() if key not in ("@context", "eventID")}, default=str)
    return FINER.sub(r"\1", said)


@pytest.mark.parametrize("path", [*EXAMPLES, *DOCUMENTS], ids=lambda path: path.stem)
def test_a_document_is_read_back_as_it_came(path, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    body = path.read_bytes()
    document = read(body)
    program = Program(a_party(a_programme()))
    with clock.frozen(AT):
        answer = program.post("capture", body, GS1_Capture_Error_Behaviour="proceed")
        if answer.status_code == 202:
            run_all()
            told = program.get(answer["Location"]).json()
            assert told["running"] is False
    if answer.status_code != 202:
        # A single event by itself.
        assert answer.status_code == 400
        assert document.root["type"] not in ("EPCISDocument", "EPCISQueryDocument")
        return
    if check_structure(document.root):
        assert not told["success"]
        return
    kept = [
        json.loads(one, parse_float=Decimal) for one in Event.objects.order_by("pk").values_list("content", flat=True)
    ]
    refused = len({one["shanhai:pointer"].split("/eventList/")[1].split("/")[0] for one in told["errors"]})
    assert len(kept) + told["shanhai:known"] + refused == len(document.events), told
    came = [plain(one.content) for one in document.events]
    assert all(plain(one) in came for one in kept)
    # Each is complete in itself: its hash id is that of the event in its document.
    ids = {hash_id(one) for one in document.events}
    assert {hash_id(Read(one, names_of(one.get("@context"), BUILT_IN), ())) for one in kept} <= ids
    assert not refused or path.stem in REFUSED, told["errors"]


REFUSED: set[str] = set()
