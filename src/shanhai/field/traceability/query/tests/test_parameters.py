# SPDX-License-Identifier: Apache-2.0
"""Every parameter that the official schema knows is read; what is none, or has no such value, is told by its name."""

import json
import re
from contextlib import suppress

import pytest

from shanhai.field.traceability.events.tests.builders import FOLDER, needs_vectors
from shanhai.field.traceability.query.rules.parameters import parse
from shanhai.field.traceability.query.values import QueryParameter, QueryTooComplex, QueryValidation
from shanhai.kernel.errors import DomainError

EX = {"ex": "https://ns.example.org/"}
# What the names of patterns stand for in the schema; a backslash is there twice where once is meant.
EXAMPLES = {
    r"[a-z][a-zA-Z0-9]*\\:\\w+": "ex:field",
    r"\\w+_\\w+": "ex_name",
    "[A-Z0-9]{2,4}": "KGM",
    "[a-z][a-zA-Z0-9_]+": "po",
}
VALUES = {"eventType": ["ObjectEvent"], "EQ_action": ["ADD"], "orderBy": "eventTime", "orderDirection": "ASC"}
WORDS = {"EQ_errorReason": "did_not_occur", "EQ_type": "Temperature", "EQ_disposition": "active"}
ONLY_IN_THE_INTERFACE = {"GE_errorDeclarationTime", "LT_errorDeclarationTime"}


def the_schema():
    assert FOLDER is not None
    return json.loads((FOLDER / "query-schema.json").read_text("utf-8"))["definitions"]["EPCIS-Query"]


def a_value(name, schema):
    """A value that the schema allows."""
    if name in VALUES:
        return VALUES[name]
    if name in WORDS or "Disposition_" in name or name == "EQ_bizStep":
        return [WORDS.get(name, "active" if "isposition" in name else "shipping")]
    if schema.get("type") == "array":
        return [1.5] if "decimal" in str(schema) or "number" in str(schema) else ["urn:x:1"]
    kind = str(schema)
    if "integer" in kind:
        return 1
    if "boolean" in kind:
        return True
    if "time'" in kind:
        return "2026-05-01T08:00:00+08:00"
    return ["urn:x:1"] if "string-array" in kind else 2


@needs_vectors
def test_every_parameter_of_the_official_schema_is_known():
    schema = the_schema()
    names = dict(schema["properties"])
    for pattern, value in schema["patternProperties"].items():
        name = pattern.strip("^$")
        for written, example in EXAMPLES.items():
            name = name.replace(written, example)
        assert not re.search(r"[\[\\]", name), name
        names[name] = value
    assert len(names) > 160
    for name, value in names.items():
        if name == "@context":
            continue
        together = [("orderBy", "eventTime")] if name == "eventCountLimit" else []
        try:
            parse([(name, a_value(name, value)), *together], EX, plain=False)
        except QueryValidation:
            # Nobody keeps master data here.
            assert name.startswith(("WD_", "HASATTR_", "EQ_ATTR_")), name


@needs_vectors
def test_every_parameter_of_the_interface_is_known():
    text = (FOLDER / "openapi.yaml").read_text("utf-8")
    names = set(re.findall(r"^      name: ((?:GE|LT|GT|LE|EQ|EXISTS|MATCH|WD)_\w+)$", text, re.MULTILINE))
    assert names > ONLY_IN_THE_INTERFACE
    for name in names:
        value = "2026-05-01T08:00:00Z" if "ime" in name and "runtime" not in name else "1"
        value = {"EQ_action": "ADD", "EQ_booleanValue": "true", "EXISTS_errorDeclaration": "true"}.get(name, value)
        value = WORDS.get(name, "active" if "isposition" in name else "shipping" if "bizStep" in name else value)
        try:
            parse([(name, value)], {}, plain=True)
        except QueryValidation:
            assert name.startswith("WD_")


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({"EQ_bizstep": "shipping"}, QueryParameter),
        ({"EQ_bizStep": "shippng"}, QueryParameter),
        ({"EQ_bizStep": ""}, QueryParameter),
        ({"EQ_action": "observe"}, QueryParameter),
        ({"eventType": "QuantityEvent"}, QueryParameter),
        ({"GE_eventTime": "2026-05-01"}, QueryParameter),
        ({"GE_eventTime": "2026-05-01T08:00:00"}, QueryParameter),
        ({"GE_value_CEL": "cold"}, QueryParameter),
        ({"GE_value_CEL": "1e999"}, QueryParameter),
        ({"GE_value": "1"}, QueryParameter),
        ({"EQ_nowhere:field": "1"}, QueryParameter),
        ({"EQ_ILMD_lot": "1"}, QueryParameter),
        ({"GT_ex:field": "abc"}, QueryParameter),
        ({"EXISTS_ex:field": "perhaps"}, QueryParameter),
        ({"orderBy": "bizStep"}, QueryParameter),
        ({"orderBy": "eventTime", "orderDirection": "up"}, QueryParameter),
        ({"eventCountLimit": "3"}, QueryParameter),
        ({"orderBy": "eventTime", "eventCountLimit": "0"}, QueryParameter),
        ({"orderBy": "eventTime", "eventCountLimit": "3", "maxEventCount": "3"}, QueryParameter),
        ({"maxEventCount": "-1"}, QueryParameter),
        ({"WD_bizLocation": "urn:x:1"}, QueryValidation),
        ({"EQATTR_bizLocation_colour": "red"}, QueryValidation),
        ({"HASATTR_bizLocation": "colour"}, QueryValidation),
        ({"MATCH_epc": "|".join(f"urn:x:{number}" for number in range(501))}, QueryTooComplex),
    ],
)
def test_what_is_wrong_is_told_by_the_name_of_the_parameter(asked, kind):
    with pytest.raises(kind) as refused:
        parse(asked.items(), EX, plain=True)

    assert refused.value.field in asked
    assert any(part in str(refused.value) for part in (refused.value.field, "eventCountLimit"))


def test_a_parameter_that_comes_twice_is_refused():
    with pytest.raises(QueryParameter, match="EQ_bizStep"):
        parse([("EQ_bizStep", "shipping"), ("EQ_bizStep", "receiving")], {}, plain=True)


@pytest.mark.parametrize("value", [None, 1.5, {}, [], [1], [None], "shipping", True, [[]], ["a"] * 501])
def test_no_json_value_does_more_than_be_refused(value):
    for name in (
        "eventType",
        "EQ_bizStep",
        "GE_eventTime",
        "EQ_value_CEL",
        "EXISTS_ex:a",
        "EQ_ex:a",
        "GT_ex:a",
        "orderBy",
    ):
        # Whatever else it raises is a fault of ours.
        with suppress(DomainError):
            parse([(name, value)], EX, plain=False)


def test_a_plus_sign_that_came_as_a_space_is_one():
    query = parse([("GE_eventTime", "2026-05-01T08:00:00 08:00")], {}, plain=True)

    assert query == parse([("GE_eventTime", "2026-05-01T08:00:00+08:00")], {}, plain=True)
