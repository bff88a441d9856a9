# SPDX-License-Identifier: Apache-2.0
"""The money's way step by step: what is posted, what is refused and with which sums."""

from datetime import date

import pytest

from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.selectors.postings import get_entry
from shanhai.registers.ledger.services.writing import FundsInsufficient, SourceAlreadyUsed
from shanhai.registers.ledger.tests.builders import turnover
from shanhai.registers.ledger.values import AccountKind, EntryRef, Source
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db

EVER = date(2026, 11, 22)


def take(
    kind: StepKind, yuan: int | str, source: str = "", *, by: Actor = FINANCE, day: str = "2023-03-01", **kw
) -> EntryRef:
    asked = {
        "programme": "zj-ganzi",
        "fund_source": "province",
        "amount": Money.from_yuan(yuan),
        "on_date": date.fromisoformat(day),
        "source": Source("test", source or f"{kind}:{Entry.objects.count()}"),
    }
    under = {"under": kw.pop("under")} if "under" in kw else {}
    return chain.take_step(by=by, at=AT, step=Step(kind, **{**asked, **kw}), **under)


def stands(kind: str, as_of: date = EVER) -> Money:
    return balance(viewer=AUDITOR, programme="zj-ganzi", kind=AccountKind(kind), as_of=as_of)


def gone_in(kind: str, as_of: date = EVER) -> Money:
    return turnover(viewer=AUDITOR, programme="zj-ganzi", kind=AccountKind(kind), as_of=as_of)


def test_a_year_of_money_goes_from_station_to_station_and_none_is_lost():
    a_programme()

    take(StepKind.ISSUE, 100, reserve=Money.from_yuan(10))
    take(StepKind.ARRIVE, 80)
    take(StepKind.ALLOT, 60, subject="line-1", place="513301")
    take(StepKind.PAY, 50, subject="line-1", place="513301")
    take(StepKind.RETURN, "9.50", subject="line-1", place="513301")
    take(StepKind.RELEASE, 4)

    left = {kind: stands(kind).yuan for kind in AccountKind}
    assert left == {
        "commitment": -100,
        "issued": 14,
        "reserve": 6,
        "arrived": 20,
        "allotted": 0.5,
        "paid": 50,
        "surplus": 9.5,
    }
    assert sum(left.values()) == 0


def test_a_step_keeps_its_subject_place_day_strength_and_words():
    a_programme()
    take(StepKind.ARRIVE, 80)

    ref = take(
        StepKind.ALLOT, 60, "7", day="2023-05-01", subject="s", place="513301", strength=Strength.FORM, memo="第一批"
    )

    entry = get_entry(viewer=AUDITOR, uuid=ref.uuid)
    posting = entry.postings[0]
    assert (posting.subject, posting.place, posting.amount) == ("s", "513301", Money.from_yuan(60))
    assert (entry.on_date, entry.memo, entry.strength) == (date(2023, 5, 1), "第一批", Strength.FORM)
    assert (entry.source, entry.recorded_by) == (Source("test", "7"), "user:finance")


@pytest.mark.parametrize(
    ("act", "error", "kw", "sentence"),
    [
        (
            StepKind.ALLOT,
            "programmes.allotment_over_arrived",
            {},
            "要核拨 2,000.01 元，但到 2023-03-01 已到位未核拨的只有 1,000.00 元。",
        ),
        (
            StepKind.PAY,
            "programmes.payment_over_allotted",
            {"subject": "line-1"},
            "要支付 2,000.01 元，但到 2023-03-01 已核拨未支付的只有 1,000.00 元。",
        ),
        (
            StepKind.RETURN,
            "programmes.return_over_allotted",
            {"subject": "line-1"},
            "要上缴结余 2,000.01 元，但到 2023-03-01 已核拨未支付的只有 1,000.00 元。",
        ),
        (
            StepKind.RELEASE,
            "programmes.release_over_reserve",
            {},
            "要动用预备费 2,000.01 元，但到 2023-03-01 预备费只有 500.00 元。",
        ),
    ],
)
def test_a_step_over_what_there_is_is_refused_with_both_sums_and_leaves_nothing(act, error, kw, sentence):
    a_programme()
    take(StepKind.ISSUE, 4000, reserve=Money.from_yuan(500))
    take(StepKind.ARRIVE, 2000)
    take(StepKind.ALLOT, 1000, subject="line-1")
    before = Entry.objects.count()

    with refused(Refused, error) as refusal:
        take(act, "2000.01", **kw)

    assert str(refusal.value).startswith(sentence)
    assert Entry.objects.count() == before


def test_one_line_does_not_pay_from_what_another_was_allotted():
    a_programme()
    take(StepKind.ARRIVE, 100)
    take(StepKind.ALLOT, 60, subject="line-1")
    take(StepKind.ALLOT, 40, subject="line-2")

    with refused(Refused, "programmes.payment_over_allotted", match=r"要支付 40\.01 元.*只有 40\.00 元"):
        take(StepKind.PAY, "40.01", subject="line-2")


def test_money_cannot_be_allotted_before_the_day_on_which_it_arrived():
    a_programme()
    take(StepKind.ARRIVE, 100, day="2023-06-01")

    with refused(Refused, "programmes.allotment_over_arrived", match=r"到 2023-05-31 .*只有 0\.00 元"):
        take(StepKind.ALLOT, 100, day="2023-05-31")


def test_an_arrival_over_the_plan_shows_as_more_than_the_plan_and_leaves_the_plan_as_it_is():
    a_programme()
    take(StepKind.ISSUE, 100)

    ref = take(StepKind.ARRIVE, 130, memo="省财厅拨款")

    entry = get_entry(viewer=AUDITOR, uuid=ref.uuid)
    assert [(p.from_kind, p.amount.yuan) for p in entry.postings] == [("issued", 100), ("commitment", 30)]
    assert entry.memo == "省财厅拨款 超计划到位"
    assert (gone_in("issued"), gone_in("arrived")) == (Money.from_yuan(100), Money.from_yuan(130))
    assert stands("issued") == Money(0)


def test_the_same_arrival_twice_is_posted_once_even_over_the_plan_and_after_more_was_issued():
    a_programme()
    take(StepKind.ISSUE, 100, day="2023-01-01")
    first = take(StepKind.ARRIVE, 130, "a", subject="s", place="513301")

    second = take(StepKind.ARRIVE, 130, "a", subject="s", place="513301")
    take(StepKind.ISSUE, 500, day="2023-01-02")
    third = take(StepKind.ARRIVE, 130, "a", subject="s", place="513301")

    assert first == second == third
    assert gone_in("arrived") == Money.from_yuan(130)


@pytest.mark.parametrize(
    "other",
    [
        {"yuan": 131},
        {"yuan": 130, "day": "2023-03-02"},
        {"yuan": 130, "subject": "t"},
        {"yuan": 130, "place": "513322"},
        {"yuan": 130, "strength": Strength.FORM},
    ],
    ids=str,
)
def test_another_arrival_from_the_same_source_is_a_conflict(other):
    a_programme()
    take(StepKind.ISSUE, 100, day="2023-01-01")
    take(StepKind.ARRIVE, 130, "a", subject="s", place="513301")

    with pytest.raises(SourceAlreadyUsed):
        take(StepKind.ARRIVE, other.pop("yuan"), "a", **{"subject": "s", "place": "513301", **other})


def test_an_arrival_dated_back_takes_from_the_plan_only_what_no_later_day_needs():
    a_programme()
    take(StepKind.ISSUE, 100, day="2023-01-01")
    take(StepKind.ARRIVE, 90, day="2023-06-01")
    take(StepKind.ISSUE, 50, day="2023-07-01")

    ref = take(StepKind.ARRIVE, 30, day="2023-03-01")

    entry = get_entry(viewer=AUDITOR, uuid=ref.uuid)
    assert [(p.from_kind, p.amount.yuan) for p in entry.postings] == [("issued", 10), ("commitment", 20)]


def test_an_arrival_without_any_plan_comes_straight_from_the_supporter():
    a_programme()

    ref = take(StepKind.ARRIVE, 30)

    assert [p.from_kind for p in get_entry(viewer=AUDITOR, uuid=ref.uuid).postings] == ["commitment"]


def test_the_same_step_twice_is_posted_once():
    a_programme()

    first = take(StepKind.ISSUE, 100, "a")
    second = take(StepKind.ISSUE, 100, "a")

    assert first == second
    assert gone_in("issued") == Money.from_yuan(100)


@pytest.mark.parametrize("amount", [Money(0), Money(-100), Money(100, "USD")], ids=str)
def test_an_amount_that_cannot_be_is_refused(amount):
    a_programme()

    with refused(BadInput, "programmes.amount_not_accepted"):
        take(StepKind.ISSUE, 1, "1", day="2023-01-01", amount=amount)


def test_a_reserve_over_the_amount_is_refused_although_older_money_would_cover_it():
    a_programme()
    take(StepKind.ISSUE, 1000)

    with refused(BadInput, "programmes.reserve_over_amount", match=r"101\.00 元多于计划 100\.00 元"):
        take(StepKind.ISSUE, 100, reserve=Money.from_yuan(101))


def test_an_unregistered_fund_source_is_named():
    a_programme()

    with pytest.raises(NotVisible, match="lottery"):
        take(StepKind.ISSUE, 1, "1", day="2023-01-01", fund_source="lottery", amount=Money(1))


@pytest.mark.parametrize("by", [DEPUTY, KANGDING, AUDITOR, STRANGER], ids=lambda actor: actor.name)
def test_only_a_bookkeeper_posts_by_himself(by):
    a_programme()

    with pytest.raises(NotAllowed):
        take(StepKind.ISSUE, 100, by=by)

    assert not Entry.objects.exists()


def test_an_act_that_another_permission_allows_posts_under_it_in_the_name_of_the_same_actor():
    a_programme()

    ref = take(StepKind.ARRIVE, 100, by=KANGDING, under="return.submit", place="513301")

    assert get_entry(viewer=AUDITOR, uuid=ref.uuid).recorded_by == "user:county_user"


def test_a_permission_is_lent_only_where_it_is_held():
    a_programme()

    for place in ("513322", ""):
        with pytest.raises(NotAllowed):
            take(StepKind.ARRIVE, 100, by=KANGDING, under="return.submit", place=place)
    with pytest.raises(NotAllowed):
        take(StepKind.ARRIVE, 100, by=AUDITOR, under="return.submit")


def test_a_lent_permission_does_not_stay_with_the_actor():
    a_programme()
    county = Actor("user:x", grants={**KANGDING.grants, "return.submit": (Scope("zj-ganzi", "513301"),)})

    take(StepKind.ARRIVE, 100, by=county, under="return.submit", place="513301")

    assert county.scopes("fund.post") == ()


def a_step(kind: StepKind, yuan: int, **kw) -> Step:
    facts = {"programme": "zj-ganzi", "fund_source": "province", "on_date": date(2023, 3, 1), **kw}
    facts.setdefault("source", Source("bulk", f"{kind}:{yuan}"))
    return Step(kind, amount=Money.from_yuan(yuan), **facts)


STEPS = (
    a_step(StepKind.ISSUE, 100),
    a_step(StepKind.ARRIVE, 120, over_plan=Money.from_yuan(20)),
    a_step(StepKind.ALLOT, 70, subject="line-1", place="513301"),
    a_step(StepKind.PAY, 60, subject="line-1", place="513301"),
)


def test_many_steps_are_taken_at_once_and_a_second_time_skipped():
    a_programme()

    first = chain.take_steps(by=FINANCE, at=AT, steps=STEPS)
    second = chain.take_steps(by=FINANCE, at=AT, steps=STEPS)

    assert (first.posted, first.skipped) == (4, 0)
    assert (second.posted, second.skipped) == (0, 4)
    assert (gone_in("issued").yuan, gone_in("arrived").yuan, gone_in("paid").yuan) == (100, 120, 60)


def test_of_many_steps_one_that_is_short_stops_all():
    a_programme()

    with pytest.raises(FundsInsufficient):
        chain.take_steps(by=FINANCE, at=AT, steps=[*STEPS, a_step(StepKind.PAY, 11, subject="line-1")])

    assert not Entry.objects.exists()


def test_many_steps_are_taken_under_another_permission_only_in_its_places():
    a_programme()
    here = a_step(StepKind.ARRIVE, 10, over_plan=Money.from_yuan(10), place="513301")
    elsewhere = a_step(StepKind.ARRIVE, 11, over_plan=Money.from_yuan(11), place="513322")

    with pytest.raises(NotAllowed):
        chain.take_steps(by=KANGDING, at=AT, steps=[here, elsewhere], under="return.submit")
    chain.take_steps(by=KANGDING, at=AT, steps=[here], under="return.submit")

    assert gone_in("arrived") == Money.from_yuan(10)


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (a_step(StepKind.ARRIVE, 10, over_plan=Money.from_yuan(11)), (BadInput, "programmes.reserve_over_amount")),
        (a_step(StepKind.ISSUE, 10, reserve=Money.from_yuan(11)), (BadInput, "programmes.reserve_over_amount")),
        (a_step(StepKind.ISSUE, 0), (BadInput, "programmes.amount_not_accepted")),
        (a_step(StepKind.ISSUE, 1, fund_source="lottery"), NotVisible),
    ],
)
def test_a_bad_step_among_many_is_refused(step, error):
    a_programme()

    with refused(error):
        chain.take_steps(by=FINANCE, at=AT, steps=[a_step(StepKind.ISSUE, 5), step])

    assert not Entry.objects.exists()


def test_control_without_asking_anybody_would_post(monkeypatch):
    a_programme()
    monkeypatch.setattr(Actor, "require", lambda self, permission, **where: None)

    take(StepKind.ARRIVE, 100, by=AUDITOR, under="return.submit")

    assert gone_in("arrived") == Money.from_yuan(100)
