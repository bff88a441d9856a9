# SPDX-License-Identifier: Apache-2.0
"""The rules of IATI 2.03 beyond structure and codes, in the standard's rule language and in words of our own.

The numbers are the standard's. Where the published ruleset cannot fire (the sum of sectors in other vocabularies, as
the ``$1`` of its condition is never replaced), these mean what its guidance says.
"""

from __future__ import annotations

from typing import Any

from shanhai.insight.iati.rules.rulesets import Case, ruleset_of
from shanhai.kernel.messages import gettext_noop, message

_ACTIVITY, _ORGANISATION = "/iati-activities/iati-activity", "/iati-organisations/iati-organisation"
_PROVIDER = f"{_ACTIVITY}/transaction/provider-org | {_ACTIVITY}/planned-disbursement/provider-org"
_RECEIVER = f"{_ACTIVITY}/transaction/receiver-org | {_ACTIVITY}/planned-disbursement/receiver-org"
_OWNER, _PARTNER = f"{_ACTIVITY}/other-identifier/owner-org", f"{_ACTIVITY}/participating-org"
_DAC = "[@vocabulary = '1' or @vocabulary = '' or not(@vocabulary)]"
_OTHER = "[@vocabulary != '1' and @vocabulary != '']/@vocabulary"
_OWN = "[@vocabulary = '98' or @vocabulary = '99']"
_PLACES = "recipient-country or recipient-region"
_LETTERS = r"^[^\/\&\|\?]+$"

# What the sentence of a rule cannot say: expressions are no sentences.
_OWN_WORDS = gettext_noop("自己的行业代码（词汇表 98、99）要写名称。")
_NO_DAC = gettext_noop("用了其他行业词汇表时，也要给一个 OECD DAC 代码（词汇表 1）。")
_SECTOR_SHARES = gettext_noop("同一词汇表有几个行业时，每个都要写百分比。")
_SECTOR_ALONE = gettext_noop("同一词汇表只有一个行业时，百分比不写或者写 100。")
_NO_AID_TYPE = gettext_noop("用了其他援助类型词汇表时，也要给一个 OECD DAC 代码（词汇表 1）。")
_SECTOR_TWICE = gettext_noop("行业写在活动上，或者写在每笔收支上，不能两处都写。")
_PLACE_TWICE = gettext_noop("受援国家和地区写在活动上，或者写在每笔收支上，不能两处都写。")
_NO_PLACE = gettext_noop("活动上或者每一笔收支上要写受援国家或者地区。")
_COUNTRY_SHARES = gettext_noop("有几个受援国家或者地区时，每个都要写百分比。")
_COUNTRY_ALONE = gettext_noop("只有一个受援国家或者地区时，百分比不写或者写 100。")
_ITEM_ALONE = gettext_noop("只有一个预算科目时，百分比不写或者写 100。")
_NO_NUMBER = gettext_noop("数量指标的值应是数。")
_NUMBER = gettext_noop("定性指标不写值。")


def _case(number: str, says: str = "", *, warns: bool = False, **keys: Any) -> dict[str, Any]:
    info = {"id": number, "severity": "warning" if warns else "error", "message": message(says) if says else ""}
    return {**keys, "ruleInfo": info}


def _if(number: str, says: str, when: str, then: str, *paths: str, warns: bool = False) -> tuple[str, dict[str, Any]]:
    """A case of ``if_then``; ``paths`` only say where it is broken."""
    return "if_then", {**_case(number, says, warns=warns, paths=[*paths]), "if": when, "then": then}


def _warning(number: str, says: str = "", **keys: Any) -> dict[str, Any]:
    return _case(number, says, warns=True, **keys)


def _loop(over: str, kind: str, case: dict[str, Any]) -> dict[str, Any]:
    return {"foreach": over, "do": {kind: {"cases": [case]}}, "subs": ["condition", "paths", "if", "then"]}


def _shares(one: str, of: str, numbers: tuple[str, str], all_have: str, alone: str) -> list[tuple[str, dict[str, Any]]]:
    """Several of ``of`` have each a percentage, and a single one 100 or none."""
    each = f"count({of}) = count({of}/@percentage)"
    single = f"not({of}/@percentage) or {of}/@percentage = 100"
    first, second = numbers
    return [
        _if(first, all_have, f"count({of}) > 1", each, of),
        _if(second, alone, f"count({of}) = 1{one}", single, of),
    ]


_GROUP = "[@vocabulary = '$1']"
_LOOPS = [
    *(
        ("sector" + _OTHER, *rule)
        for rule in _shares("", f"sector{_GROUP}", ("2.1.1", "2.1.4"), _SECTOR_SHARES, _SECTOR_ALONE)
    ),
    *(
        ("recipient-region/@vocabulary", *rule)
        for rule in _shares(
            " and not(recipient-country)",
            f"recipient-region{_GROUP}",
            ("3.4.1", "3.4.4"),
            _COUNTRY_SHARES,
            _COUNTRY_ALONE,
        )
    ),
    (
        "sector" + _OTHER,
        "strict_sum",
        _case("2.1.2", condition=f"count(sector{_GROUP}) > 1", paths=[f"sector{_GROUP}/@percentage"], sum=100),
    ),
    (
        "recipient-region/@vocabulary",
        "strict_sum",
        _case(
            "3.4.2",
            condition=f"count(recipient-region{_GROUP}) + count(recipient-country) > 1",
            paths=[f"recipient-region{_GROUP}/@percentage", "recipient-country/@percentage"],
            sum=100,
        ),
    ),
    (
        "default-aid-type" + _OTHER,
        "no_more_than_one",
        _warning("107.1.2", paths=[f"default-aid-type{_GROUP}"]),
    ),
]
_SPACES = {
    _ACTIVITY: {
        "iati-identifier": "1.3.1",
        "reporting-org/@ref": "1.14.1",
        "other-identifier[@type='B1']/@ref": "1.16.1",
        "other-identifier[@type='A3']/@ref": "1.6.1",
        "related-activity/@ref": "1.7.1",
    },
    _OWNER: {"@ref": "1.11.1"},
    _PROVIDER: {"@ref": "1.10.1", "@provider-activity-id": "1.4.1"},
    _RECEIVER: {"@ref": "1.15.1", "@receiver-activity-id": "1.5.1"},
    _PARTNER: {"@ref": "1.8.1", "@activity-id": "1.9.1"},
    _ORGANISATION: {
        "organisation-identifier": "1.12.1",
        "recipient-org-budget/recipient-org/@ref": "1.17.1",
        "reporting-org/@ref": "1.18.1",
    },
}
_PLAIN = {
    _ACTIVITY: {"iati-identifier": "1.3.13", "reporting-org/@ref": "1.14.13"},
    _OWNER: {"@ref": "1.11.13"},
    _PROVIDER: {"@ref": "1.10.13"},
    _RECEIVER: {"@ref": "1.15.13"},
    _PARTNER: {"@ref": "1.8.13"},
    _ORGANISATION: {"organisation-identifier": "1.12.13", "reporting-org/@ref": "1.18.13"},
}
_RANGES = {
    "recipient-country/@percentage": "12.1.1",
    "recipient-region/@percentage": "12.1.1",
    "sector/@percentage": "12.3.1",
    "capital-spend/@percentage": "12.2.1",
    "country-budget-items/budget-item/@percentage": "12.2.1",
}
_DATE = "activity-date[@type='{0}']/@iso-date"
_ORDERS = {
    ("11.1.2", _DATE.format(1), _DATE.format(3)),
    ("11.1.3", _DATE.format(2), _DATE.format(4)),
    ("11.1.4", _DATE.format(2), "NOW"),
    ("11.1.5", _DATE.format(4), "NOW"),
    ("11.2.1", "transaction/transaction-date/@iso-date", "NOW"),
    ("11.2.2", "transaction/value/@value-date", "NOW"),
}
_BUDGETS = (
    f"{_ACTIVITY}/budget",
    *(f"{_ORGANISATION}/{name}-budget" for name in ("total", "recipient-country", "recipient-org", "recipient-region")),
    f"{_ORGANISATION}/total-expenditure",
)
_PERIODS = {
    **dict.fromkeys((*_BUDGETS, f"{_ACTIVITY}/planned-disbursement"), "8.6.3"),
    f"{_ACTIVITY}/result/indicator/period": "8.6.1",
}
_START, _END = "period-start/@iso-date", "period-end/@iso-date"
_VALUES = {"baseline": "8.8", "period/target": "8.9", "period/actual": "8.10"}


def _of_activities() -> list[tuple[str, dict[str, Any]]]:
    own, items = f"sector{_OWN}", "country-budget-items/budget-item"
    dac = f"sector{_DAC}"
    return [
        ("unique", _case("1.1.3", paths=["reporting-org/@ref", "iati-identifier"])),
        (
            "startswith",
            _warning(
                "1.1.21",
                prefix=["reporting-org/@ref", "other-identifier[@type='B1']/@ref"],
                separator="-",
                paths=["iati-identifier"],
            ),
        ),
        ("startswith", _warning("1.14.8", prefix=["ORG-ID-PREFIX"], paths=["reporting-org/@ref"])),
        ("atleast_one", _case("6.11.1", paths=["activity-date[@type='1' or @type='2']"])),
        ("atleast_one", _case("6.2.2", paths=["sector", "transaction/sector"])),
        ("one_or_all", _case("4.1.1", one="@xml:lang", all="lang")),
        ("one_or_all", _case("6.7.2", one="sector", all="sector")),
        ("one_or_all", _case("7.8.1", one="@default-currency", all="currency")),
        ("date_now", _case("11.1.1", date="@last-updated-datetime")),
        *(("date_order", _case(number, less=less, more=more)) for number, less, more in sorted(_ORDERS)),
        *(("range", _case(number, paths=[path], min=0, max=100)) for path, number in _RANGES.items()),
        *(("loop", _loop(*loop)) for loop in _LOOPS),
        ("no_more_than_one", _warning("107.1.2", paths=[f"default-aid-type{_DAC}"])),
        ("strict_sum", _case("2.1.2", condition=f"count({dac}) > 1", paths=[f"{dac}/@percentage"], sum=100)),
        (
            "strict_sum",
            _case(
                "3.1.2",
                condition="count(recipient-country) > 1 and not(recipient-region)",
                paths=["recipient-country/@percentage"],
                sum=100,
            ),
        ),
        ("strict_sum", _warning("7.9.2", condition=f"count({items}) > 1", paths=[f"{items}/@percentage"], sum=100)),
        ("atleast_one", _warning("7.9.1", condition=f"count({items}) > 1", paths=[f"{items}/@percentage"])),
        *_shares("", dac, ("2.1.1", "2.1.4"), _SECTOR_SHARES, _SECTOR_ALONE),
        _if("2.2.1", _OWN_WORDS, own, f"not({own}[not(narrative)])", f"{own}[not(narrative)]"),
        _if("102.1.1", _NO_DAC, "sector", dac, "sector", warns=True),
        *(
            _if(number, _NO_AID_TYPE, path, f"{path}{_DAC}", path, warns=True)
            for number, path in (("107.1.1", "default-aid-type"), ("107.2.1", "transaction/aid-type"))
        ),
        _if("6.6.2", _SECTOR_TWICE, "sector", "not(transaction/sector)", "transaction/sector"),
        *_countries(),
        _if(
            "7.9.4",
            _ITEM_ALONE,
            f"count({items}) = 1",
            f"not({items}/@percentage) or {items}/@percentage = 100",
            items,
            warns=True,
        ),
    ]


def _countries() -> list[tuple[str, dict[str, Any]]]:
    inner = "transaction/recipient-country | transaction/recipient-region"
    one, bare = "recipient-country[not(../recipient-region)]", f"transaction[not({_PLACES})]"
    return [
        _if("3.6.2", _PLACE_TWICE, _PLACES, f"not({inner})", inner),
        _if("3.7.1", _NO_PLACE, f"not({_PLACES})", f"transaction[{_PLACES}]"),
        _if("3.7.2", _NO_PLACE, f"not({_PLACES})", f"not({bare})", bare),
        *_shares("", one, ("3.1.1", "3.1.4"), _COUNTRY_SHARES, _COUNTRY_ALONE),
    ]


def _rules() -> list[tuple[str, str, dict[str, Any]]]:
    measured = f"{_ACTIVITY}/result/indicator[@measure='1' or @measure='2' or @measure='3' or @measure='4']/"
    worded, orgs = f"{_ACTIVITY}/result/indicator[@measure='5']/", (_OWNER, _PROVIDER, _RECEIVER, _PARTNER)
    named = dict(zip(orgs, ("6.8.1", "6.9.1", "6.9.2", "6.10.1"), strict=True))
    transaction, marker = f"{_ACTIVITY}/transaction", f"{_ACTIVITY}/policy-marker"
    country_budget = f"{_ORGANISATION}/recipient-country-budget"
    return [
        *((_ACTIVITY, kind, case) for kind, case in _of_activities()),
        (transaction, "no_more_than_one", _warning("107.2.2", paths=[f"aid-type{_DAC}"])),
        (
            transaction,
            "loop",
            _loop("aid-type" + _OTHER, "no_more_than_one", _warning("107.2.2", paths=[f"aid-type{_GROUP}"])),
        ),
        *((org, "atleast_one", _case(number, paths=["@ref", "narrative"])) for org, number in named.items()),
        *((c, "no_spaces", _warning(n, paths=[path])) for c, paths in _SPACES.items() for path, n in paths.items()),
        *(
            (context, "regex_matches", _warning(number, paths=[path], regex=_LETTERS))
            for context, paths in _PLAIN.items()
            for path, number in paths.items()
        ),
        (marker, "atleast_one", _case("6.14.1", condition=f"self::*{_DAC}", paths=["@significance"])),
        (marker, "atleast_one", _case("6.13.1", condition="@vocabulary = '99'", paths=["narrative"])),
        (_ORGANISATION, "startswith", _warning("1.18.8", prefix=["ORG-ID-PREFIX"], paths=["reporting-org/@ref"])),
        (_ORGANISATION, "date_now", _case("11.4.1", date="@last-updated-datetime")),
        (_ORGANISATION, "one_or_all", _case("4.5.1", one="@xml:lang", all="lang")),
        (_ORGANISATION, "one_or_all", _case("7.8.2", one="@default-currency", all="currency")),
        *((path, "date_order", _case(number, less=_START, more=_END)) for path, number in _PERIODS.items()),
        *((path, "time_limit", _case("7.5.3", start=_START, end=_END)) for path in _BUDGETS),
        (
            country_budget,
            "between_dates",
            _case("11.3.1", date="budget-line/value/@value-date", start=_START, end=_END),
        ),
        (
            f"{_ACTIVITY}/result/indicator",
            "no_more_than_one",
            _case("8.11.1", paths=["reference[1]", "../reference[1]"]),
        ),
        *((measured + path, "atleast_one", _case(f"{n}.1", paths=["@value"])) for path, n in _VALUES.items()),
        *(
            (place + path, *_if(f"{n}.{last}", says, "@value", then, "@value", warns=True))
            for place, last, says, then in (
                (measured, 2, _NO_NUMBER, "number(@value) = @value"),
                (worded, 3, _NUMBER, "not(@value)"),
            )
            for path, n in _VALUES.items()
        ),
        *(
            (f"//{name}", "atleast_one", _case(n, paths=["narrative/text()"]))
            for name, n in (("title", "4.3.1"), ("description", "4.4.1"))
        ),
    ]


def _gathered() -> dict[str, dict[str, dict[str, list[dict[str, Any]]]]]:
    found: dict[str, dict[str, dict[str, list[dict[str, Any]]]]] = {}
    for context, kind, case in _rules():
        found.setdefault(context, {}).setdefault(kind, {"cases": []})["cases"].append(case)
    return found


STANDARD: list[Case] = ruleset_of(_gathered())
