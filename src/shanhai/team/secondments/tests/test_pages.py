# SPDX-License-Identifier: Apache-2.0
"""The pages of the team: the way of a post from a county's wish to the farewell, who sees and does what."""

import io
import re
from datetime import date

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Nomination, Post, Secondment, TeachingRecord
from shanhai.team.secondments.tests.builders import a_batch, a_nomination, a_post, a_secondment, a_unit, two_counties
from tests.cast import a_user

pytestmark = pytest.mark.django_db
SCOPED = {"programme": "zj-ganzi"}


def signed_in(role, **kw):
    client = Client()
    client.force_login(
        a_user(role, username=f"{role}-{len(kw)}", **kw), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.fixture
def programme():
    return two_counties()


@pytest.fixture
def personnel(programme):
    return signed_in("personnel_officer")


@pytest.fixture
def county(programme):
    return signed_in("county_user", place="513301", **SCOPED)


def send(client, path, **given):
    answer = client.post(path, given)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_from_a_countys_wish_to_a_doctor_who_is_there_and_relieved(programme, personnel, county):
    a_unit("康定市人民医院"), a_unit("杭州市第一人民医院")
    first, second = a_person("甲一", valid_from=date(2024, 1, 1)), a_person("乙二", valid_from=date(2024, 1, 1))
    checker = signed_in("commander")
    at = send(
        county,
        "/team/posts/new?programme=zj-ganzi",
        batch=a_batch(programme).uuid,
        title="骨科医生",
        kind="medical_team",
        place="513301",
        receiver="康定市人民医院",
        since="2026-01-01",
        until="2027-06-30",
        full_time="on",
    )
    send(personnel, f"{at}open")
    send(personnel, f"{at}propose", person=first.uuid, sender="杭州市第一人民医院")
    named = f"/team/nominations/{Nomination.objects.get().uuid}/"
    assert personnel.post(f"{named}check", {"check": "papers", "passed": "yes"}).status_code == 403
    for check in ("papers", "fitness"):
        send(checker, f"{named}check", check=check, passed="yes")
    wrong = personnel.post(f"{named}dispatch", {"since": "2026-03-01", "until": "2026-02-01"})
    assert wrong.status_code == 400
    assert "截止日是不再在岗的第一天" in wrong.content.decode()
    send(personnel, f"{named}dispatch", since="2026-03-01", until="2027-03-01")
    held = Secondment.objects.get()
    page = f"/team/secondments/{held.uuid}/"
    send(personnel, f"{page}teach", kind="technique", title="关节镜手术", since="2026-04-01")
    assert "关节镜手术" in county.get(page).content.decode()
    confirm = f"/team/teaching/{TeachingRecord.objects.get().uuid}/confirm"
    send(county, confirm)
    # What is not offered any more says why.
    again = county.post(confirm)
    assert again.status_code == 409
    assert "现在是“受援方已确认”" in again.content.decode()

    send(personnel, f"{at}propose", person=second.uuid, sender="杭州市第一人民医院")
    after = Nomination.objects.get(person=second)
    for check in ("papers", "fitness"):
        send(checker, f"/team/nominations/{after.uuid}/check", check=check, passed="yes")
    send(personnel, f"{page}relieve", nomination=after.uuid, on="2026-12-01", until="2027-06-01")

    told = county.get(at).content.decode()
    assert "由他人接替" in told
    assert "没有人的日子：" in told
    assert '<time datetime="2026-01-01">2026-01-01</time> 起' in told
    batch = personnel.get(f"/team/batches/{a_batch(programme).uuid}/?programme=zj-ganzi").content.decode()
    assert "甲一" in batch
    assert "乙二" in batch
    assert re.search("关节镜手术<.strong>.*受援方已确认", batch)


def test_the_roster_of_a_day_filtered_and_as_a_table(programme, personnel):
    a_secondment(a_post(programme), a_person("甲一"))
    luding = a_post(programme, place="513322", title="=1+1", kind="cadre")
    a_secondment(luding, a_person("乙二"), until=date(2026, 6, 1))

    def names(**asked):
        page = personnel.get("/team/", SCOPED | asked)
        return {name for name in ("甲一", "乙二") if name in page.content.decode()}

    assert names(as_of="2026-05-31") == {"甲一", "乙二"}
    assert names(as_of="2026-06-01") == {"甲一"}
    assert names(as_of="2026-05-31", place="513322") == {"乙二"}
    # Who will be there, as it is arranged; without figures, which are of what has been.
    now, ahead = (personnel.get("/team/", SCOPED | {"as_of": day}).content.decode() for day in ("", "2027-01-10"))
    assert "会在岗的人" in ahead
    assert ("/proof/" in now, "/proof/" in ahead) == (True, False)
    assert personnel.get("/team/", SCOPED | {"as_of": "2200-01-01"}).status_code == 400
    assert names(as_of="2026-05-31", kind="cadre") == {"乙二"}
    assert names(as_of="2026-05-31", text="骨科") == {"甲一"}
    # What cannot be understood filters nothing.
    assert names(as_of="2026-05-31", kind="nothing") == {"甲一", "乙二"}
    sheet = personnel.get("/team/roster.xlsx", SCOPED | {"as_of": "2026-05-31"})
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert rows[1][:2] == ["姓名", "岗位"]
    assert [row[0] for row in rows[2:4]] == ["甲一", "乙二"]
    assert rows[3][1] == "=1+1"


def test_more_people_cost_no_more_queries(programme, personnel, django_assert_max_num_queries):
    for number in range(6):
        a_secondment(a_post(programme, title=f"岗位{number}"), a_person(f"人{number}"))

    for path in ("/team/", "/team/posts/", "/team/roster.xlsx"):
        with django_assert_max_num_queries(22):
            assert personnel.get(path, SCOPED).status_code == 200


@pytest.mark.parametrize(
    ("role", "kw", "status"),
    [
        ("personnel_officer", {}, 200),
        ("auditor", {}, 200),
        ("county_user", {"place": "513301", **SCOPED}, 200),
        ("county_user", {"place": "513322", **SCOPED}, 404),
        ("duty_officer", {}, 404),
        (None, {}, 404),
    ],
    ids=str,
)
def test_who_may_look(programme, role, kw, status):
    held = a_secondment(a_post(programme))
    client = signed_in(role, **kw)

    for path in (f"/team/posts/{held.post.uuid}/", f"/team/secondments/{held.uuid}/"):
        assert client.get(path).status_code == status, path


def test_who_looks_finds_no_button_and_no_name_of_who_is_named(programme):
    named = a_nomination(a_post(programme), a_person("丙三"), cleared=False)
    auditor = signed_in("auditor")

    page = auditor.get(f"/team/posts/{named.post.uuid}/").content.decode()

    assert "丙三" not in page
    assert '<form method="post" action="/team' not in page
    assert auditor.post(f"/team/nominations/{named.uuid}/check").status_code == 404
    assert auditor.post(f"/team/posts/{named.post.uuid}/close", {"because": "x"}).status_code == 403
    assert auditor.post(f"/team/posts/{named.post.uuid}/nothing").status_code == 404
    assert auditor.get("/team/posts/new?programme=zj-ganzi").status_code == 403
    assert Post.objects.get().state == "open"
