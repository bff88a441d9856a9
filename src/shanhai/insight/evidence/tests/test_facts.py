# SPDX-License-Identifier: Apache-2.0
"""Indicators, the facts that claims become, conflicts and revisions, and the figures of them."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shanhai.base.formats import say
from shanhai.insight.evidence.facts import rules, selectors, services
from shanhai.insight.evidence.models import Fact, FoundClaim
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.tests.builders import TEXT, a_source, an_indicator, claim_of
from shanhai.insight.evidence.values import Bound, IndicatorRow, Meant, PeriodKind
from shanhai.kernel import proofs
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope, Strength
from shanhai.kernel.money import Money
from shanhai.kernel.units import SCHOOL, Quantity
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.documents.tests.builders import PDF
from tests.cast import AT, AUDITOR, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ganzi")]
SCOPE = FigureScope("zj-ganzi", date(2026, 11, 22))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def decide(claim, to=ClaimState.ACCEPTED, **given):
    return services.decide(by=OFFICE, at=AT, claim=claim.uuid, to=to, **given)


def a_fact(text="结对学校达到92所。", value="92所", **given):
    source = a_source(text=text, published_on=given.pop("published_on", date(2023, 4, 14)))
    indicator = given.pop("indicator", None) or an_indicator()
    decide(claim_of(source, value), indicator=indicator.uuid, period="2022", **given)
    return Fact.objects.get(claim__source=source)


def test_a_claim_that_is_taken_into_an_indicator_becomes_its_fact_in_the_same_act():
    fact = a_fact()

    assert (fact.value, fact.bound, fact.strength, fact.known_on) == (92, "exact", "news", date(2023, 4, 14))
    assert (fact.starts_on, fact.ends_on, fact.provenance) == (date(2022, 1, 1), date(2022, 12, 31), "public")


def test_money_is_counted_in_the_unit_of_its_indicator():
    indicator = an_indicator(code="arrived", name="到位资金", unit="yi_yuan")
    fact = a_fact(TEXT, "7.2亿元", indicator=indicator)

    assert (fact.value, fact.step) == (Decimal("7.2"), Decimal("0.1"))
    assert selectors.measure_of(fact) == Money.from_yuan(720_000_000)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"period": "去年吧"}, "period"),
        ({"period": ""}, "period"),
        ({"period": "2022", "place": "110000"}, "place"),
        ({"period": "2022", "unit": "yuan"}, "indicator"),
    ],
)
def test_what_does_not_fit_leaves_the_claim_undecided(given, field):
    claim = claim_of(a_source(), "92所")
    indicator = an_indicator(unit=given.pop("unit", "school"))

    with pytest.raises(DomainError) as caught:
        decide(claim, indicator=indicator.uuid, **given)

    assert caught.value.field == field
    assert (FoundClaim.objects.get(pk=claim.pk).state, Fact.objects.count()) == ("proposed", 0)


def test_an_indicator_of_another_programme_is_not_found():
    claim = claim_of(a_source(), "92所")
    a_programme(code="fj-changdu")
    other = an_indicator(programme="fj-changdu")

    with pytest.raises(NotVisible):
        decide(claim, indicator=other.uuid, period="2022")


def test_a_decision_that_is_taken_back_takes_its_fact_along():
    fact = a_fact()
    services.take_back(by=OFFICE, at=AT, claim=fact.claim.uuid, because="数的是另一回事")

    fact.refresh_from_db()
    assert (fact.withdrawn_at, fact.withdrawn_because) == (AT, "数的是另一回事")
    decide(fact.claim, indicator=fact.indicator.uuid, period="2022")
    assert Fact.objects.filter(claim=fact.claim, withdrawn_at=None).count() == 1


def test_what_was_rounded_does_not_contradict_and_what_differs_stands_side_by_side_until_a_person_decides():
    first = a_fact("结对学校近100所。", "100所")
    second = a_fact("结对学校92所。", indicator=first.indicator)
    (group,) = selectors.list_groups(viewer=OFFICE, indicator=first.indicator)
    assert (len(group.holding), group.conflict) == (2, False)

    third = a_fact("结对学校95所。", "95所", indicator=first.indicator)
    (group,) = selectors.list_groups(viewer=OFFICE, indicator=first.indicator)
    assert (len(group.holding), group.conflict) == (3, True)

    revise = {"by": OFFICE, "at": AT, "fact": third.uuid, "older": second.uuid}
    services.mark_revision(**revise, because="县里补报了三所")
    (group,) = selectors.list_groups(viewer=OFFICE, indicator=first.indicator)
    assert (set(group.holding), group.past, group.conflict) == ({first, third}, (second,), False)
    with refused(Conflict, "evidence.fact_no_longer_holds"):
        services.mark_revision(**revise, because="再来一次")


def test_only_facts_of_one_thing_replace_one_another():
    first = a_fact()
    other = a_fact("结对学校95所。", "95所", indicator=first.indicator, place="513301")

    with refused(Refused, "evidence.facts_of_different_things"):
        services.mark_revision(by=OFFICE, at=AT, fact=other.uuid, older=first.uuid, because="不是一回事")
    with pytest.raises(NotAllowed):
        services.mark_revision(by=AUDITOR, at=AT, fact=other.uuid, older=first.uuid, because="不归我")


def test_a_figure_says_how_far_it_binds_and_its_proof_opens_the_sentence():
    fact = a_fact("结对学校\ue789多，达到90余所。", "90余所", because="对照了报纸版")

    figure = proofs.get_figure(OFFICE, SCOPE, "fact:paired-schools")
    page = proofs.evidence(OFFICE, SCOPE, figure.key, "whole")

    assert (figure.value, figure.provenance, figure.strength) == (
        Quantity(Decimal(90), SCHOOL),
        "public",
        Strength.NEWS,
    )
    assert say(figure.note) == "2022，至少 90 所"
    assert any("缺损" in flag.text for flag in figure.flags)
    (row,) = page.rows
    assert ("达到90余所" in row.label, row.measure, page.total) == (True, figure.value, figure.value)
    assert row.source.url == fact.claim.url == f"/evidence/sources/{fact.claim.source.uuid}/?claim=1#c-1"


def test_a_figure_knows_what_was_known_on_the_day_in_the_place_and_the_year():
    first = a_fact()
    a_fact("结对学校95所。", "95所", indicator=first.indicator, published_on=date(2024, 1, 5))

    def value(**asked):
        found = proofs.some_figures(OFFICE, replace(SCOPE, **asked), ["facts"])
        return [figure.value.number for figure in found.values()]

    assert value() == [95]
    assert value(as_of=date(2023, 12, 31)) == [92]
    assert value(as_of=date(2023, 4, 13)) == value(place="513301") == value(year=2021) == []
    assert any("不一样" in flag.text for flag in proofs.get_figure(OFFICE, SCOPE, "fact:paired-schools").flags)
    with pytest.raises(NotVisible):
        proofs.some_figures(STRANGER, SCOPE, ["facts"])


def test_a_correction_is_what_the_fact_counts_and_is_said():
    meant = Meant(Decimal(85), "所")
    fact = a_fact(to=ClaimState.CORRECTED, because="通报里改过", meant=meant)

    assert (fact.value, fact.claim.value) == (85, 92)
    assert any("更正" in flag.text for flag in proofs.get_figure(OFFICE, SCOPE, "fact:paired-schools").flags)


def test_a_paper_states_a_fact_of_its_own_strength():
    indicator = an_indicator()
    given = {"by": OFFICE, "at": AT, "indicator": indicator.uuid, "value": Decimal(91), "period": "2022"}
    paper = {"strength": Strength.FORM, "says": "教育局统计表", "name": "统计表.pdf"}

    fact = services.enter_fact(**given, **paper, file=io.BytesIO(PDF))

    figure = proofs.get_figure(OFFICE, SCOPE, "fact:paired-schools")
    assert (fact.claim, figure.strength, figure.provenance) == (None, Strength.FORM, "")
    with pytest.raises(NotAllowed):
        services.enter_fact(**{**given, "by": AUDITOR}, **paper, file=io.BytesIO(PDF))


def test_an_indicator_keeps_its_code_and_its_unit_once_something_is_stated_in_it():
    fact = a_fact()
    row = IndicatorRow("paired-schools", "结对学校", "school", PeriodKind.YEAR, owner="教育组")
    given = {"by": OFFICE, "at": AT, "indicator": fact.indicator.uuid, "because": "定归口"}

    assert services.correct_indicator(**given, facts=row).owner == "教育组"
    for wrong, code in (("unit", "evidence.unit_in_use"), ("code", "evidence.code_in_use")):
        with refused(Refused, code):
            services.correct_indicator(**given, facts=replace(row, **{wrong: "person"}))
    with pytest.raises(Conflict):
        services.correct_indicator(**given, facts=row, seen={"owner": ""})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "Paired Schools"}, "code"),
        ({"name": ""}, "name"),
        ({"unit": "furlong"}, "unit"),
        ({"figure_key": "fact:paired-schools"}, "figure_key"),
        ({"figure_key": "nothing"}, "figure_key"),
        ({"name": "结对学校"}, "name"),
        ({"code": "paired-schools"}, "code"),
    ],
)
def test_what_an_indicator_may_not_be_is_told_beside_its_field(wrong, field):
    an_indicator()
    with pytest.raises((BadInput, Conflict)) as caught:
        an_indicator(**{"code": "new-one", "name": "新的", **wrong})

    assert caught.value.field == field


def test_our_own_books_stand_beside_what_was_printed():
    indicator = an_indicator(code="arrived", name="到位资金", unit="yi_yuan", figure_key="funds_arrived")
    a_fact(TEXT, "7.2亿元", indicator=indicator)
    groups = selectors.list_groups(viewer=OFFICE, indicator=indicator)

    beside = selectors.computed_beside(viewer=OFFICE, indicator=indicator, groups=groups, on=SCOPE.as_of)

    assert [figure.key for figure in beside.values()] == ["funds_arrived"]


@pytest.mark.parametrize(
    ("subject", "unit", "code"),
    [
        ("结对的学校", "所", "paired-schools"),
        ("结对学校", "元", ""),
        ("修路", "所", ""),
        ("结对医院", "所", "paired-hospitals"),
    ],
)
def test_an_indicator_is_suggested_by_its_unit_and_its_name(subject, unit, code):
    known = [("paired-schools", "结对学校", "school"), ("paired-hospitals", "结对医院", "school")]

    assert rules.suggested(subject, unit, known) == code


@pytest.mark.parametrize(
    ("bound", "number", "other", "apart"),
    [
        (Bound.AT_LEAST, 500, 523, False),
        (Bound.AT_LEAST, 500, 480, True),
        (Bound.BELOW, 500, 480, False),
        (Bound.EXACT, 500, 501, True),
        (Bound.ABOUT, 500, 501, False),
    ],
)
def test_a_bound_says_what_contradicts_it(bound, number, other, apart):
    stated = rules.reach(Meant(Decimal(number), "人", bound), Decimal(1))
    exact = rules.reach(Meant(Decimal(other), "人"), Decimal(0))

    assert rules.disagree([stated, exact]) is apart
