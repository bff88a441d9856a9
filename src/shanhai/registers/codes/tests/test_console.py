# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation


def run(capsys, *arguments):
    call_command("dl", *arguments)
    return capsys.readouterr().out


def test_parse_says_all_of_a_code(capsys):
    said = json.loads(run(capsys, "parse", "urn:epc:id:sgtin:0614141.812345.6789", "--json"))

    assert said["key"] == {"ai": "01", "value": "80614141123458"}
    assert said["qualifiers"] == [{"ai": "21", "value": "6789"}]
    assert said["canonical"] == said["thing"] == "https://id.gs1.org/01/80614141123458/21/6789"
    assert said["spellings"]["element_string"] == "(01)80614141123458(21)6789"
    assert said["spellings"]["urn"] == "urn:epc:id:sgtin:0614141.812345.6789"


def test_parse_in_lines(capsys):
    assert run(capsys, "parse", "/01/09506000134352/10/A?17=261231&x=y").splitlines()[:5] == [
        "key\t01\t09506000134352",
        "qualifier\t10\tA",
        "attribute\t17\t261231",
        "other\tx\ty",
        "canonical\thttps://id.gs1.org/01/09506000134352/10/A?17=261231",
    ]


def test_a_wrong_code_exits_with_1_and_says_why_in_both_languages(capsys):
    for language, words in (("zh-hans", "校验位不对"), ("en", "check digit")):
        with translation.override(language), pytest.raises(CommandError) as caught:
            call_command("dl", "parse", "https://id.gs1.org/01/09506000134353", "--json")
        said = json.loads(capsys.readouterr().out)["error"]
        assert (said["code"], said["at"]) == ("codes.check_digit", "01")
        assert words in said["message"]
        assert words in str(caught.value)
        assert caught.value.returncode == 1


def test_build_writes_a_link_of_elements_in_any_order(capsys):
    arguments = ("17=261231", "10=A/1", "01=9506000134352", "--stem", "https://example.org/p/", "--json")
    said = json.loads(run(capsys, "build", *arguments))

    assert said["spellings"]["link"] == "https://example.org/p/01/09506000134352/10/A%2F1?17=261231"
    assert said["canonical"] == "https://id.gs1.org/01/09506000134352/10/A%2F1?17=261231"


def test_build_writes_an_own_code_with_its_check_character(capsys):
    out = run(capsys, "build", "--own", "lot", "2026NQ0007", "--stem", "https://example.org")

    assert "canonical\thttps://example.org/x/lot/2026NQ0007N\n" in out


@pytest.mark.parametrize("elements", [[], ["10"], ["10=A"], ["01=1"], ["--own", "Lot", "A"]])
def test_build_refuses_what_is_no_code(elements):
    with pytest.raises(CommandError) as caught:
        call_command("dl", "build", *elements)
    assert caught.value.returncode == 1
