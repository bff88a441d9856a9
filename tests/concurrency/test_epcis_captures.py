# SPDX-License-Identifier: Apache-2.0
"""The same document is captured twice at once: each event stands once, and both are told that all is well."""

import json

import pytest

from shanhai.field.traceability.capture.tests.builders import a_document
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.models import Event, Party
from shanhai.field.traceability.store.rules.judging import judge
from shanhai.field.traceability.store.services import putting
from shanhai.field.traceability.tests.builders import a_party, a_recorder, shipped
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT
from tests.concurrency.together import meet, outcomes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def storing(party, by):
    body = a_document(*(shipped(f"urn:epc:id:sgtin:4012345.012345.{number}") for number in range(200)))
    ready = judge(read(json.dumps(body).encode()), latest=2**62).ready
    return lambda: putting.put(party=Party.objects.get(pk=party.pk), ready=ready, by=by, at=AT)


def test_of_two_captures_of_one_document_each_event_stands_once():
    party = a_party(a_programme())
    by = a_recorder(party)
    first, second = outcomes(storing(party, by), storing(party, by))

    assert sorted([first.taken, second.taken]) == [0, 200]
    assert sorted(first.keys) == sorted(second.keys)
    assert Event.objects.count() == 200


def test_control_without_taking_turns_they_are_doubled(monkeypatch):
    party = a_party(a_programme())
    by = a_recorder(party)
    monkeypatch.setattr(putting, "_take_turn", lambda: None)
    # Both have looked before one writes.
    meet(monkeypatch, putting, "new_keys")
    outcomes(storing(party, by), storing(party, by))

    assert Event.objects.count() == 400
