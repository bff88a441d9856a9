# SPDX-License-Identifier: Apache-2.0
"""``shanhai epcis`` says what is wrong and hashes what is right."""

import json

import pytest
from django.core.management import CommandError, call_command

from shanhai.field.traceability.events.tests.builders import a_document, an_event


def test_the_console_says_it_in_lines_and_as_json(tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(a_document(an_event(), an_event(action="DELETE")))
    bad.write_bytes(a_document(an_event(action=None)))

    call_command("epcis", "validate", str(good))
    assert capsys.readouterr().out == "2 个事件，可以用。\n"
    call_command("epcis", "hash", str(good))
    lines = capsys.readouterr().out.splitlines()
    assert [line[:14] for line in lines] == ["ni:///sha-256;"] * 2
    with pytest.raises(SystemExit) as ended:
        call_command("epcis", "validate", str(bad), "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (ended.value.code, answer["valid"], answer["events"], answer["errors"]) == (1, False, 1, 1)
    assert answer["findings"][0]["pointer"] == "/epcisBody/eventList/0"
    with pytest.raises(CommandError, match=r"/epcisBody/eventList/0：.*action") as refused:
        call_command("epcis", "hash", str(bad))
    assert refused.value.returncode == 1
    with pytest.raises(CommandError, match="打不开") as ended:
        call_command("epcis", "validate", str(tmp_path / "none.json"))
    assert ended.value.returncode == 2
