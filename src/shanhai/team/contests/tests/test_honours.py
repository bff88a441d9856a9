# SPDX-License-Identifier: Apache-2.0
"""An honour is named, decided by another, noticed for working days, granted with a number, and is a certificate."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.workdays import after_workdays
from shanhai.registers.people.services import erase_person
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.contests.honours import selectors, services
from shanhai.team.contests.models import Honour
from shanhai.team.contests.tests.builders import (
    PERSONNEL,
    TODAY,
    a_finding,
    a_kind_of_honour,
    a_team,
    an_honour,
    the_questions,
)  # fmt: skip
from shanhai.team.secondments.tests.builders import a_post, a_secondment, two_counties
from tests.cast import AT, AUDITOR, DEPUTY, LEAD, OFFICE, STRANGER, a_user, actor, actor_of, waiting_for

pytestmark = pytest.mark.django_db
OTHER = actor("commander", ref="user:other")
OVER = AT + timedelta(days=7)


@pytest.fixture
def programme():
    return two_counties()


@pytest.fixture
def held(programme):
    return a_secondment(a_post(programme), a_person("甲一"))


def noticed(honour):
    return services.decide_honour(by=DEPUTY, at=AT, honour=honour.uuid, passed=True)


def test_from_the_name_to_the_certificate(held):
    made = an_honour(a_kind_of_honour(), held)
    page = f"/honours/{made.uuid}/"
    assert waiting_for(DEPUTY, "contests.waiting") == [page]
    found = noticed(made)
    # Sunday 22 November: five working days end on Friday.
    assert (found.notice_from, found.notice_until) == (TODAY, date(2026, 11, 28))
    with pytest.raises(Conflict, match="还没有满"):
        services.grant(by=DEPUTY, at=AT + timedelta(days=5), honour=made.uuid)
    assert waiting_for(DEPUTY, "contests.waiting", at=OVER) == [page]
    found = services.grant(by=DEPUTY, at=OVER, honour=made.uuid)
    assert (found.number, found.granted_on) == (1, date(2026, 11, 29))

    reader = PdfReader(io.BytesIO(selectors.certificate(selectors.get_honour(viewer=OFFICE, uuid=made.uuid))))
    text = "".join(one.extract_text() for one in reader.pages).replace(" ", "").replace("\n", "")
    assert len(reader.pages) == 1
    for words in ("荣誉证书", "甲一：", "被评为“先进个人”", "2026-001", "2026年11月29日"):
        assert words in text


def test_what_comes_up_during_the_notice_stands_against_it(programme):
    the_questions()
    group = a_team("甲组")
    made = an_honour(a_kind_of_honour(for_group=True), group)
    noticed(made)
    a_finding(group, a_user(username="整改人"), due_on=TODAY)
    with pytest.raises(Refused, match="现在不能通过"):
        services.grant(by=DEPUTY, at=OVER, honour=made.uuid)


def test_what_people_wrote_is_no_markup_on_the_certificate(programme):
    held = a_secondment(a_post(programme), a_person('#read("/etc/hostname") *粗* $x$'))
    made = an_honour(a_kind_of_honour(), held)
    noticed(made)
    services.grant(by=DEPUTY, at=OVER, honour=made.uuid)
    pdf = selectors.certificate(selectors.get_honour(viewer=OFFICE, uuid=made.uuid))
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert '#read("/etc/hostname")' in text
    assert "*粗*" in text


def test_an_objection_is_answered_by_another_before_it_is_granted(held):
    made = an_honour(a_kind_of_honour(), held)
    noticed(made)
    said = services.object_to(by=LEAD, at=AT, honour=made.uuid, words="他那个月不在")
    with pytest.raises(Conflict, match="有意见没有答复"):
        services.grant(by=DEPUTY, at=OVER, honour=made.uuid)
    own = services.object_to(by=DEPUTY, at=AT, honour=made.uuid, words="我也有意见")
    with pytest.raises(NotAllowed, match="由别人答复"):
        services.answer_objection(by=DEPUTY, at=AT, honour=made.uuid, objection=own.uuid, answer="好")
    for one in (said, own):
        services.answer_objection(by=OTHER, at=AT, honour=made.uuid, objection=one.uuid, answer="查过，在")
    with pytest.raises(Conflict, match="已经答复"):
        services.answer_objection(by=OTHER, at=AT, honour=made.uuid, objection=said.uuid, answer="再说")
    assert services.grant(by=DEPUTY, at=OVER, honour=made.uuid).state == "granted"
    with pytest.raises(Conflict, match="现在是“已授予”"):
        services.object_to(by=LEAD, at=OVER, honour=made.uuid, words="晚了")


def test_nobody_decides_on_their_own_or_what_they_named(programme):
    user = a_user("commander", username="指挥长")
    me = actor_of(user)
    held = a_secondment(a_post(programme), a_person("乙二", user=user))
    kind = a_kind_of_honour()
    with pytest.raises(NotAllowed, match="不能推荐自己"):
        an_honour(kind, held, by=me)
    made = an_honour(kind, held, by=DEPUTY)
    for by in (me, DEPUTY):
        with pytest.raises(NotAllowed, match="由别人审定"):
            services.decide_honour(by=by, at=AT, honour=made.uuid, passed=True)
    services.decide_honour(by=OTHER, at=AT, honour=made.uuid, passed=True)
    with pytest.raises(NotAllowed, match="由别人授予"):
        services.grant(by=me, at=OVER, honour=made.uuid)
    with pytest.raises(IntegrityError), transaction.atomic():
        Honour.objects.update(decided_by=DEPUTY.ref)


def test_a_quota_is_a_quota_and_once_a_year_is_once(programme, held):
    kind = a_kind_of_honour(quota=1)
    first = an_honour(kind, held)
    with pytest.raises(Conflict, match="已经推荐过"):
        an_honour(kind, held)
    other = an_honour(kind, a_secondment(a_post(programme, title="护士"), a_person("乙二")))
    noticed(first)
    with pytest.raises(Refused, match="一年 1 个，已经满了"):
        noticed(other)
    # Set anew on another day it is still the same kind.
    a_kind_of_honour(quota=1, valid_from=TODAY)
    with pytest.raises(Refused, match="已经满了"):
        noticed(other)
    services.withdraw_honour(by=PERSONNEL, at=AT, honour=first.uuid, because="重名")
    assert noticed(other).state == "noticed"
    new = selectors.kinds_in_force(programme="zj-ganzi", on=TODAY).get()
    assert an_honour(new, held).kind == new


def test_a_group_that_is_late_with_a_finding_is_not_honoured_meanwhile(programme):
    the_questions()
    group = a_team("甲组")
    kind = a_kind_of_honour("先进集体", for_group=True)
    a_finding(group, a_user("secondee"), due_on=TODAY)
    assert an_honour(kind, group).state == "nominated"
    Honour.objects.update(state="withdrawn")
    with pytest.raises(Refused, match="有 1 个问题过了期限没有整改"):
        an_honour(kind, group, at=AT + timedelta(days=1))
    assert an_honour(kind, a_team("乙组")).whose == "乙组"


@pytest.mark.parametrize(
    ("kw", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"year": 2027}, "year"),
        ({"year": 1999}, "year"),
        ({"secondment": None}, "secondment"),
    ],
    ids=str,
)
def test_what_cannot_be_named(held, kw, field):
    with pytest.raises(BadInput) as refused:
        an_honour(a_kind_of_honour(), held, **kw)
    assert refused.value.field == field


def test_who_was_erased_is_not_named_and_keeps_an_honour_without_a_name(held):
    kind = a_kind_of_honour()
    made = an_honour(kind, held)
    noticed(made)
    services.grant(by=DEPUTY, at=OVER, honour=made.uuid)
    erase_person(by=OFFICE, at=AT, uuid=held.person.uuid, because="本人要求")
    held.refresh_from_db()
    with pytest.raises(BadInput, match="已经清除"):
        an_honour(kind, held, year=2026)
    found = selectors.get_honour(viewer=OFFICE, uuid=made.uuid)
    assert found.whose == ""
    assert b"%PDF" in selectors.certificate(found)


def test_who_may_what(held):
    kind = a_kind_of_honour()
    with pytest.raises(NotAllowed):
        an_honour(kind, held, by=AUDITOR)
    made = an_honour(kind, held)
    with pytest.raises(NotAllowed):
        services.decide_honour(by=OFFICE, at=AT, honour=made.uuid, passed=True)
    with pytest.raises(NotVisible):
        services.object_to(by=STRANGER, at=AT, honour=made.uuid, words="不")
    with pytest.raises(Conflict, match="现在是“待审定”"):
        services.object_to(by=LEAD, at=AT, honour=made.uuid, words="不")
    declined = services.decide_honour(by=DEPUTY, at=AT, honour=made.uuid, passed=False, because="年限不够")
    assert declined.state == "declined"


def test_a_notice_counts_working_days_over_a_holiday():
    # The National Day of 2026: 1 to 7 October are free, 20 September and 10 October are worked.
    assert after_workdays(date(2026, 9, 29), 3) == date(2026, 10, 9)
    assert after_workdays(date(2026, 9, 19), 1) == date(2026, 9, 21)
    # A year whose notice is not out counts Monday to Friday.
    assert after_workdays(date(2031, 1, 1), 5) == date(2031, 1, 8)
