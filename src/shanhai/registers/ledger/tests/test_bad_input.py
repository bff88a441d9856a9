# SPDX-License-Identifier: Apache-2.0
"""What is wrong by itself is refused with a sentence, before the database is asked, and leaves nothing behind."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput
from shanhai.kernel.money import CurrencyMismatch, Money, MoneyNotUnderstood
from shanhai.registers.ledger import rules
from shanhai.registers.ledger.models import Account, Entry
from shanhai.registers.ledger.tests.builders import ISSUED, TODAY, a_posting, an_entry, posted
from shanhai.registers.ledger.values import Source
from tests.refusals import refused

AmountNotPositive = (BadInput, "ledger.amount_not_positive")
SameStationTwice = (BadInput, "ledger.same_station_twice")
PostingsNotCountable = (BadInput, "ledger.postings_not_countable")
DayNotPossible = (BadInput, "ledger.day_not_possible")
PlaceNotACode = (BadInput, "ledger.place_not_a_code")
CodeNotUsable = (BadInput, "ledger.code_not_usable")
TextNotStorable = (BadInput, "ledger.text_not_storable")

MOST = Money(10**17)

BAD = {
    "zero": (an_entry(a_posting(0)), AmountNotPositive, "0.00 CNY"),
    "negative": (an_entry(a_posting("-0.01")), AmountNotPositive, "-0.01 CNY"),
    "one good and one negative": (an_entry(a_posting(5), a_posting(-5)), AmountNotPositive, "-5.00 CNY"),
    "more than money can be": (
        an_entry(replace(a_posting(), amount=MOST), replace(a_posting(), amount=MOST)),
        MoneyNotUnderstood,
        "金额过大",
    ),
    "from a station to itself": (an_entry(a_posting(1, ISSUED, ISSUED)), SameStationTwice, "同一个环节"),
    "no postings": (replace(an_entry(), postings=()), PostingsNotCountable, "这里有 0 条"),
    "too many postings": (an_entry(*[a_posting()] * 1001), PostingsNotCountable, "这里有 1001 条"),
    "tomorrow": (an_entry(on_date=TODAY + timedelta(days=1)), DayNotPossible, "2026-11-23 还没有到"),
    "year one": (an_entry(on_date=date(1, 1, 1)), DayNotPossible, "早于 1978 年"),
    "before 1978": (an_entry(on_date=date(1977, 12, 31)), DayNotPossible, "1977-12-31 早于"),
    "two currencies": (an_entry(a_posting(1), a_posting(1, currency="USD")), CurrencyMismatch, "不能相加"),
    "small letters of a currency": (an_entry(a_posting(1, currency="cny")), CodeNotUsable, "“cny”"),
    "place of five digits": (an_entry(a_posting(place="51330")), PlaceNotACode, "“51330”"),
    "place in full-width digits": (an_entry(a_posting(place="５１３３０１")), PlaceNotACode, "六位数字"),
    "place with a line break": (an_entry(a_posting(place="513301\n")), PlaceNotACode, "六位数字"),
    "place by name": (an_entry(a_posting(place="康定市")), PlaceNotACode, "“康定市”"),
    "hostile place": (an_entry(a_posting(place="' OR 1=1 --")), PlaceNotACode, "六位数字"),
    "empty programme": (an_entry(programme=""), CodeNotUsable, "“”"),
    "programme by name": (an_entry(programme="浙江甘孜"), CodeNotUsable, "浙江甘孜"),
    "huge programme": (an_entry(programme="a" * 41), CodeNotUsable, "不能用作"),
    "empty fund source": (an_entry(fund_source=""), CodeNotUsable, "“”"),
    "empty source": (an_entry(source=""), TextNotStorable, "来源编号"),
    "empty source kind": (replace(an_entry(), source=Source("", "1")), TextNotStorable, "来源类别"),
    "huge source": (an_entry(source="x" * 161), TextNotStorable, "来源编号"),
    "huge memo": (an_entry(memo="长" * 501), TextNotStorable, "摘要"),
    "huge subject": (an_entry(a_posting(subject="x" * 61)), TextNotStorable, "事项编号"),
    "NUL in the memo": (an_entry(memo="a\x00b"), TextNotStorable, "不能保存的字符"),
    "half a character in the memo": (an_entry(memo="a\ud83d"), TextNotStorable, "不能保存的字符"),
    "NUL in the source": (an_entry(source="\x00"), TextNotStorable, "来源编号"),
}


@pytest.mark.parametrize(("new", "error", "said"), BAD.values(), ids=BAD.keys())
@pytest.mark.django_db
def test_a_wrong_entry_is_refused_and_leaves_no_trace(new, error, said):
    with refused(error) as refusal:
        posted(new)

    assert said in str(refusal.value)
    assert (Account.objects.count(), Entry.objects.count(), AuditRow.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(("new", "error", "said"), BAD.values(), ids=BAD.keys())
def test_no_database_is_needed_to_refuse_it(new, error, said):
    with refused(error):
        rules.require_postable(new, today=TODAY)


@pytest.mark.parametrize(
    "new",
    [
        an_entry(replace(a_posting(), amount=100)),
        an_entry(replace(a_posting(), amount=1.5)),
        replace(an_entry(), on_date="2026-11-22"),
    ],
    ids=["an integer for money", "a float for money", "text for a day"],
)
def test_a_value_of_the_wrong_type_is_a_mistake_of_the_program(new):
    with pytest.raises(TypeError):
        rules.require_postable(new, today=TODAY)


def test_an_entry_is_dated_by_day_not_by_instant(at):
    with pytest.raises(TypeError, match="by day"):
        rules.require_postable(an_entry(on_date=at), today=TODAY)


GOOD = {
    "one fen": an_entry(a_posting("0.01")),
    "as much as money can be": an_entry(replace(a_posting(), amount=MOST)),
    "1 January 1978": an_entry(on_date=date(1978, 1, 1)),
    "longest texts": an_entry(a_posting(subject="x" * 60), source="x" * 160, memo="长" * 500),
    "a thousand postings": an_entry(*[a_posting()] * 1000),
    "characters outside the basic plane": an_entry(memo="𠀀🏔", source="💰"),
    "quotes and percent signs": an_entry(memo="'; DROP TABLE ledger_entry; -- %s %(x)s", source="50%"),
}


@pytest.mark.parametrize("new", GOOD.values(), ids=GOOD.keys())
@pytest.mark.django_db
def test_what_lies_just_inside_the_limits_is_posted(new):
    posted(new)

    assert Entry.objects.get().memo == new.memo
