# SPDX-License-Identifier: Apache-2.0
"""A product class is loaded by the console."""

import json

import pytest
from django.core.management import CommandError, call_command

from shanhai.field.traceability.chains.selectors.products import definition_of
from shanhai.field.traceability.chains.services.shipped import PRODUCTS
from shanhai.field.traceability.models import ProductClass

pytestmark = pytest.mark.django_db


def test_a_third_chain_is_loaded_without_code(tmp_path, capsys):
    raw = json.loads((PRODUCTS / "yak-beef.json").read_text("utf-8"))
    third = tmp_path / "honey.json"
    third.write_text(json.dumps({**raw, "key": "honey"}), "utf-8")
    call_command("trace", "product", str(third))
    call_command("trace", "product")

    assert capsys.readouterr().out.split("\n") == ["honey 1", "caterpillar-fungus 1", "yak-beef 1", ""]
    assert ProductClass.objects.count() == 3


def test_every_fault_of_a_file_is_told_with_its_place(tmp_path):
    raw = json.loads((PRODUCTS / "yak-beef.json").read_text("utf-8"))
    raw["steps"][3]["takes"] = ["nowhere"]
    raw["steps"][6]["at_most"] = 2
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(CommandError, match=r"steps/3/takes: .*\nsteps/6/at_most: "):
        call_command("trace", "product", str(bad))
    steps = {one["key"]: at for at, one in enumerate(raw["steps"])}
    for key, place, change in (
        ("pack", "takes_most", {"takes_most": 2}),
        ("retag", "takes_most", {"takes_most": 2}),
        ("test", "fields", {"fields": []}),
        (
            "raise",
            "fields/0/key",
            {"fields": [{"key": "day", "names": {"zh-hans": "日", "en": "Day"}, "kind": "text"}]},
        ),
        (
            "raise",
            "fields/0/kind",
            {"fields": [{"key": "tag", "names": {"zh-hans": "标", "en": "Tag"}, "kind": "text"}]},
        ),
    ):
        one = [{**step, **(change if step["key"] == key else {})} for step in raw["steps"]]
        bad.write_text(json.dumps({**raw, "steps": one}), "utf-8")
        with pytest.raises(CommandError, match=f"steps/{steps[key]}/{place}: "):
            call_command("trace", "product", str(bad))
        # One that was taken before there was this rule is still read.
        assert len(definition_of(ProductClass(definition={**raw, "steps": one})).steps) == len(one)
    for text in (json.dumps({**raw, "more": float("nan")}), json.dumps({**raw, "notice": {"en": "\0"}})):
        bad.write_text(text, "utf-8")
        with pytest.raises(CommandError, match=r"NaN|NUL"):
            call_command("trace", "product", str(bad))
    with pytest.raises(CommandError, match="没有找到这个码"):
        call_command("trace", "\udcff")
    with pytest.raises(CommandError, match="No such file"):
        call_command("trace", "product", str(tmp_path / "none.json"))
