# SPDX-License-Identifier: Apache-2.0
"""A bulletin on its way: who may do what in which state, what is frozen stays, what cannot be cited is refused."""

import json
from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.passages.selectors import find_passages
from shanhai.insight.reports.composing.rules.taking import from_kept
from shanhai.insight.reports.composing.selectors.bulletins import (
    altered_bulletins,
    get_bulletin,
    get_figure,
    list_differing,
)
from shanhai.insight.reports.composing.selectors.taking import take
from shanhai.insight.reports.composing.services import signing, writing
from shanhai.insight.reports.composing.services.writing import Said
from shanhai.insight.reports.models import Bulletin, BulletinMove
from shanhai.insight.reports.states import BULLETIN_MOVES, BulletinState
from shanhai.insight.reports.tests.builders import CHECKER, TEXT, a_bulletin, brought_to, some_ledger, written
from shanhai.insight.reports.values import BulletinKind
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.tests.builders import a_campaign, a_task, an_action
from shanhai.planning.projects.tests.builders import a_project, some_money
from shanhai.registers.ledger.models import Entry
from shanhai.registers.ledger.services.entries import reverse_entry
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor, waiting_for

pytestmark = pytest.mark.django_db

S = BulletinState
# Each act with who may do it and what it needs beside the bulletin.
ACTS = {
    "submit": (signing.submit_bulletin, OFFICE, {}, S.SUBMITTED),
    "check": (signing.check_bulletin, CHECKER, {}, S.CHECKED),
    "return": (signing.return_bulletin, DEPUTY, {"because": "写明金额"}, S.RETURNED),
    "approve": (signing.approve_bulletin, DEPUTY, {}, S.APPROVED),
    "freeze": (signing.freeze_bulletin, OFFICE, {}, S.FROZEN),
    "drop": (writing.drop_bulletin, OFFICE, {"because": "写重了"}, S.DROPPED),
}


@pytest.fixture
def line():
    return some_ledger()


def words_of(bulletin, viewer=OFFICE):
    content = get_bulletin(viewer=viewer, uuid=bulletin.uuid).content
    return ["".join(run.text for run in runs) for part in content.parts for runs in part.paragraphs]


def test_a_draft_begins_with_the_figures_of_its_day_cited_in_its_first_sentence(line):
    some_money("arrive", line, 100, on=date(2026, 11, 3))

    made = a_bulletin(text="")

    assert "到位资金600元" in words_of(made)[0]
    assert words_of(made)[0].startswith("截至2026年10月31日，共有项目1个项目")


@pytest.mark.parametrize("state", [one for one in S if one is not S.DROPPED])
def test_each_act_is_done_in_its_states_and_refused_in_the_others(line, state):
    found, done = brought_to(state), {}
    for act, (do, by, more, to) in ACTS.items():
        point = transaction.savepoint()
        try:
            done[act] = do(by=by, at=AT, bulletin=found.uuid, **more).state == to
        except Conflict:
            done[act] = False
        transaction.savepoint_rollback(point)

    assert done == {act: to in BULLETIN_MOVES[state] for act, (_do, _by, _more, to) in ACTS.items()}


@pytest.mark.parametrize("act", list(ACTS))
def test_who_may_not_write_or_sign_is_refused_every_act(line, act):
    before = {"check": S.SUBMITTED, "approve": S.SUBMITTED, "return": S.SUBMITTED, "freeze": S.APPROVED}.get(
        act, S.DRAFT
    )
    found = brought_to(before)
    do, _by, more, _to = ACTS[act]

    refused = [(AUDITOR, NotAllowed), (LEAD, NotAllowed), *((one, NotVisible) for one in (STRANGER, ADMIN, KANGDING))]
    for who, answer in refused:
        with pytest.raises(answer):
            do(by=who, at=AT, bulletin=found.uuid, **more)
    assert Bulletin.objects.get().state == before


def test_nobody_approves_what_they_have_written(line):
    found = a_bulletin(by=DEPUTY)
    signing.submit_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)

    with pytest.raises(NotAllowed):
        signing.approve_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)
    found.refresh_from_db()
    found.approved_by, found.state = found.written_by, S.APPROVED
    with pytest.raises(IntegrityError):
        found.save()


def test_nobody_approves_what_they_were_the_last_to_write_in(line):
    found = a_bulletin()
    written(found, TEXT, by=DEPUTY)
    signing.submit_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)

    with pytest.raises(NotAllowed):
        signing.approve_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)


def test_a_form_names_who_wrote_checked_and_approved_it_each_another(line):
    found = brought_to(S.CHECKED)
    assert [waiting_for(who, "bulletin.waiting") for who in (OFFICE, CHECKER, DEPUTY)] == [[], [], [page_of(found)]]

    signing.approve_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)
    found.refresh_from_db()
    assert (found.written_by, found.checked_by, found.approved_by) == (OFFICE.ref, CHECKER.ref, DEPUTY.ref)
    signing.return_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid, because="再核")
    found.refresh_from_db()
    assert (found.checked_by, found.approved_by) == ("", "")


def test_nobody_checks_what_they_have_written_or_approves_what_they_have_checked(line):
    found = brought_to(S.SUBMITTED)
    with pytest.raises(NotAllowed):
        signing.check_bulletin(by=OFFICE, at=AT, bulletin=found.uuid)
    with pytest.raises(NotAllowed):
        signing.return_bulletin(by=OFFICE, at=AT, bulletin=found.uuid, because="重写")

    signing.check_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)
    with pytest.raises(NotAllowed):
        signing.approve_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)
    found.refresh_from_db()
    found.approved_by, found.state = found.checked_by, S.APPROVED
    with pytest.raises(IntegrityError):
        found.save()


def test_its_way_is_a_history_with_opinions(line):
    found = brought_to(S.FROZEN)

    moves = BulletinMove.objects.filter(bulletin=found).order_by("pk").values_list("old", "new", "because")
    assert list(moves) == [
        ("", "draft", ""),
        ("draft", "submitted", ""),
        ("submitted", "approved", "同意"),
        ("approved", "frozen", ""),
    ]


def test_what_waits_is_told_to_whose_turn_it_is(line):
    found = a_bulletin()
    address = [page_of(found)]
    turns = []
    for state in (S.DRAFT, S.SUBMITTED):
        found = brought_to(state, found)
        turns.append([waiting_for(who, "bulletin.waiting") for who in (OFFICE, DEPUTY, AUDITOR)])
    signing.approve_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid)
    turns.append([waiting_for(who, "bulletin.waiting") for who in (OFFICE, DEPUTY, AUDITOR)])

    assert turns == [[address, [], []], [[], address, []], [address, [], []]]


def page_of(bulletin):
    return f"/bulletins/{bulletin.uuid}/"


def reversed_payment(line, yuan):
    entry = Entry.objects.filter(postings__subject=str(line.uuid), postings__amount_fen=yuan * 100).first()
    reverse_entry(by=FINANCE, at=AT, entry=entry.uuid, on_date=entry.on_date, because="记重了")


def test_a_frozen_figure_stays_when_its_voucher_is_reversed_and_its_page_says_todays(line):
    found = brought_to(S.FROZEN)
    kept = found.taken
    assert list_differing(viewer=OFFICE, uuid=found.uuid) == []

    reversed_payment(line, 300)

    page = get_bulletin(viewer=OFFICE, uuid=found.uuid)
    others = {one.key: (one.value, now) for _ref, one, now in list_differing(viewer=OFFICE, uuid=found.uuid)}
    paid = get_figure(viewer=OFFICE, uuid=found.uuid, ref=page.taken.ref_of("funds_paid"))
    assert others["funds_paid"] == (Money.from_yuan(300), Money.from_yuan(0))
    assert (paid.figure.value, paid.moved, paid.now) == (Money.from_yuan(300), True, Money.from_yuan(0))
    assert [row.measure for row in paid.pages["part"].rows] == [Money.from_yuan(300)]
    assert Bulletin.objects.get().taken == kept
    assert altered_bulletins() == ()


def test_what_changed_between_approval_and_freezing_is_not_frozen(line):
    found = brought_to(S.APPROVED)
    reversed_payment(line, 300)

    with pytest.raises(Conflict, match="支付资金"):
        signing.freeze_bulletin(by=OFFICE, at=AT, bulletin=found.uuid)
    signing.return_bulletin(by=DEPUTY, at=AT, bulletin=found.uuid, because="重新取数")
    assert brought_to(S.FROZEN, found).state == S.FROZEN


def test_figures_keep_their_places_whatever_the_order_in_which_a_database_keeps_keys(line):
    found = a_bulletin()
    taken_now = list(take(viewer=OFFICE, bulletin=found).figures)

    kept = [from_kept(Bulletin.objects.get().taken), from_kept(json.loads(json.dumps(found.taken, sort_keys=True)))]

    assert taken_now != sorted(taken_now)
    assert [list(one.figures) for one in kept] == [taken_now, taken_now]


def test_every_number_of_a_frozen_bulletin_opens_without_the_ledger(line, django_assert_max_num_queries):
    found = brought_to(S.FROZEN)
    page = get_bulletin(viewer=OFFICE, uuid=found.uuid)
    refs = {cell.ref for part in page.content.parts if part.grid for row in part.grid.rows for cell in row if cell.ref}
    assert {"c1-3", "p1-2", page.taken.ref_of("funds_arrived")} <= refs

    with django_assert_max_num_queries(0):
        figures = {ref: page.taken.figure(ref) for ref in refs}
        behind = {ref: page.taken.pages(ref) for ref in refs}

    with_value = [ref for ref, figure in figures.items() if figure.value is not None]
    assert all(figures[ref].formula.text for ref in refs)
    assert [ref for ref in with_value if "part" not in behind[ref]] == []
    assert behind["c1-3"]["part"].total == Money.from_yuan(600) == figures["c1-3"].value


def test_evidence_is_kept_up_to_the_setting_and_its_count_is_said(line, settings):
    settings.BULLETIN_EVIDENCE_ROWS = 2
    for day in range(1, 5):
        some_money("arrive", line, 10, on=date(2026, 7, day))
    found = brought_to(S.FROZEN)

    taken = get_bulletin(viewer=OFFICE, uuid=found.uuid).taken
    page = taken.pages(taken.ref_of("funds_arrived"))["part"]
    assert (len(page.rows), page.count, page.total) == (2, 5, Money.from_yuan(640))


def test_a_frozen_one_is_never_altered_and_an_altered_row_is_told(line):
    found = brought_to(S.FROZEN)

    with pytest.raises(Conflict):
        written(found, "改一改")
    assert altered_bulletins() == ()
    found.content["title"] = "改过的标题"
    Bulletin.objects.filter(pk=found.pk).update(content=found.content)
    assert altered_bulletins() == (found.title,)


def test_the_text_of_a_frozen_one_is_found_by_whom_it_is_for_and_by_nobody_before(line):
    found = brought_to(S.APPROVED, a_bulletin(text="雅江的牧道已经修通，到位资金{到位资金}。"))
    assert not find_passages(viewer=OFFICE, text="牧道", limit=5)

    signing.freeze_bulletin(by=OFFICE, at=AT, bulletin=found.uuid)

    seen = [find_passages(viewer=who, text="已经修通", limit=5) for who in (OFFICE, KANGDING)]
    assert [[hit.passage.url for hit in hits] for hits in seen] == [[page_of(found)]] * 2
    elsewhere = actor("office", programme="zj-aksu")
    assert not [hit for who in (elsewhere, STRANGER) for hit in find_passages(viewer=who, text="牧道", limit=5)]


def test_a_correction_is_another_version_and_both_stay(line):
    old = brought_to(S.FROZEN)
    made = writing.start_correction(by=OFFICE, at=AT, bulletin=old.uuid)

    assert (made.version, made.replaces, made.state) == (2, old, S.DRAFT)
    assert words_of(made) == words_of(old)
    with pytest.raises(Refused):
        writing.start_correction(by=OFFICE, at=AT, bulletin=old.uuid)
    brought_to(S.FROZEN, made)
    assert Bulletin.objects.filter(state=S.FROZEN).count() == 2


def test_a_period_has_one_bulletin_until_it_is_dropped(line):
    found = a_bulletin()

    with pytest.raises(Conflict):
        a_bulletin()
    writing.drop_bulletin(by=OFFICE, at=AT, bulletin=found.uuid, because="写重了")
    assert a_bulletin().version == 1


def test_the_last_frozen_period_stands_beside_this_one(line):
    brought_to(S.FROZEN, a_bulletin(month=9))
    some_money("pay", line, 50, on=date(2026, 10, 5))

    content = get_bulletin(viewer=OFFICE, uuid=a_bulletin().uuid).content
    paid = next(row for row in content.parts[0].grid.rows if row[0].text == "支付资金")
    rate = next(row for row in content.parts[0].grid.rows if row[0].text == "支付率")
    assert [cell.text for cell in paid] == ["支付资金", "350元", "350.00 元", "300元", "+50元"]
    assert rate[4].text == "+8.3个百分点"
    assert next(row for row in content.parts[0].grid.rows if row[0].text == "到位率")[4].text == "0.0个百分点"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("到位{不存在的数}", "没有叫“不存在的数”的数"),
        ("到位{到位资金一}", "没有叫"),
        ("到位{到位资金", "花括号"),
        ("到位{}", "花括号"),
        ("到位{  }", "花括号"),
        ("结束\x07", "看不见"),
        ("零宽\ud800", "看不见"),
        ("长" * 50_001, "最多 50000 个"),
        ("x" * 1_000_000, "最多 50000 个"),
    ],
    ids=lambda one: one[:12],
)
def test_what_cannot_be_printed_or_cited_is_said_beside_its_field_and_nothing_is_written(line, text, told):
    found = a_bulletin()

    with pytest.raises(BadInput, match=told) as caught:
        written(found, text)
    assert caught.value.field == "text-0"
    assert words_of(found) == ["截至10月31日，到位资金600元，到位率6.0%。"]


def test_a_figure_without_a_value_is_not_cited(line):
    with pytest.raises(BadInput, match="现在没有数"):
        written(a_bulletin(year=2025, month=10, text="", number=10, cut_off=date(2025, 10, 31)), "项目{项目数}")


def test_two_who_write_at_once_do_not_overwrite_one_another(line):
    found = a_bulletin()
    asked = {"at": AT, "bulletin": found.uuid, "revision": found.revision, "title": "甲"}
    writing.save_bulletin(by=OFFICE, **asked, sections=[Said("一", "甲写的")])

    with pytest.raises(Conflict):
        writing.save_bulletin(by=DEPUTY, **asked, sections=[Said("一", "乙写的")])
    assert words_of(found) == ["甲写的"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"number": 13}, "number"),
        ({"number": None}, "number"),
        ({"year": None}, "year"),
        ({"cut_off": date(2026, 12, 31)}, "cut_off"),
        ({"cut_off": date(2026, 9, 30)}, "cut_off"),
        ({"kind": BulletinKind.BATCH}, "about"),
        ({"kind": BulletinKind.QUARTER, "number": 5}, "number"),
    ],
    ids=str,
)
def test_a_period_that_is_none_is_said_beside_its_field(line, given, field):
    facts = {"kind": BulletinKind.MONTH, "year": 2026, "number": 10, "cut_off": date(2026, 10, 31), **given}

    with pytest.raises(DomainError) as caught:
        writing.start_bulletin(by=OFFICE, at=AT, programme="zj-ganzi", **facts)
    assert caught.value.field == field
    assert not Bulletin.objects.exists()


def test_a_campaign_a_batch_and_a_project_have_bulletins_of_their_own(line):
    campaign = a_campaign(year=2026)
    a_task(action=an_action(campaign=campaign.uuid).uuid)
    other = a_campaign(year=2025, name="雕冰琢雪")
    an_action(campaign=other.uuid, name="另一个行动")
    days = {"starts_on": date(2024, 8, 1), "ends_on": date(2027, 7, 31)}
    batch = programmes.add_batch(by=OFFICE, at=AT, programme="zj-ganzi", number=2, **days)
    a_project(code="GZ-2", name="另一个项目")
    start = {"by": OFFICE, "at": AT, "programme": "zj-ganzi", "cut_off": date(2026, 10, 31)}

    of_campaign = writing.start_bulletin(**start, kind=BulletinKind.CAMPAIGN, about=campaign.uuid, number=10)
    of_batch = writing.start_bulletin(**start, kind=BulletinKind.BATCH, about=batch.uuid)
    of_project = writing.start_bulletin(**start, kind=BulletinKind.PROJECT, about=line.project.uuid)

    rows = [[row[0].text for row in _grid(one).rows] for one in (of_campaign, of_project)]
    assert rows == [["融冰化雪", "产业提升行动"], ["GZ-1"]]
    assert "第2批" in of_batch.title
    assert get_bulletin(viewer=OFFICE, uuid=of_batch.uuid).taken.counties[0].fen[1] == 60000
    with pytest.raises(NotVisible):
        writing.start_bulletin(**start, kind=BulletinKind.PROJECT, about=UUID(int=1))


def _grid(bulletin):
    return get_bulletin(viewer=OFFICE, uuid=bulletin.uuid).content.parts[0].grid


def test_what_is_not_frozen_is_seen_only_by_who_sees_the_whole_programme(line):
    found = a_bulletin()
    with pytest.raises(NotVisible):
        get_bulletin(viewer=KANGDING, uuid=found.uuid)

    brought_to(S.FROZEN, found)

    page = get_bulletin(viewer=KANGDING, uuid=found.uuid)
    own = get_figure(viewer=KANGDING, uuid=found.uuid, ref="c1-3")
    assert (page.acts, page.sees_whole) == ((), False)
    assert (own.figure.value, own.pages) == (Money.from_yuan(600), {})
