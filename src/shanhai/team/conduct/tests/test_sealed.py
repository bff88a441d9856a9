# SPDX-License-Identifier: Apache-2.0
"""What lies under seal is met by nobody but the two who may: by address, on any page, in search, trail and tables."""

import io
import re
import zipfile
from html import unescape

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from shanhai.base.accounts.models import User
from shanhai.base.accounts.roles import ROLES
from shanhai.base.audit.models import AuditRow
from shanhai.kernel import clock
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.models import Programme
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.integrity.services import cases, letters
from shanhai.team.conduct.tests.builders import DISCIPLINE, KEEPER, a_case, a_sheet, somebody, the_lists
from shanhai.team.conduct.values import ListKind, MatterKind
from shanhai.team.secondments.tests.builders import a_post, a_secondment, two_counties
from tests.cast import AT, a_user

pytestmark = pytest.mark.django_db
# Words that stand nowhere else.
HEALTH, MATTER, CASE, FINDING = "麝香封存甲", "麝香封存乙", "麝香封存丙", "麝香封存丁"
MAY_READ = {"health_keeper": {HEALTH}, "discipline_officer": {MATTER, CASE, FINDING}}
_LINK = re.compile(r'(?:href|action)="(/[^"#]*)"')
# Of these every address without a part to fill in is asked, and what links to the first ones.
NEAR = ("/health/", "/integrity/", "/team/", "/topics/", "/vehicles/", "/leave/")
ASKED = (*NEAR, "/inbox/", "/search/", "/audit/", "/people/", "/handovers/", "/proof", "/jobs/", "/import/", "/views/")
# A search shows what was searched for: in its box, its title and its sentence that nothing was found.
ECHOED = 6


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def sealed():
    """What the first of two people has under seal: its addresses by word."""
    programme = two_counties()
    by, _held = somebody(programme, "甲一")
    _other, two = somebody(programme, "乙二")
    sheet = a_sheet(by, the_lists()[ListKind.MONTHLY], n0=170, n7=HEALTH)
    declared = letters.declare(by=by, at=AT, kind=MatterKind.OTHER, happened_on=AT.date(), words=MATTER)
    case = a_case(by, two, words=CASE)
    cases.inquire(by=DISCIPLINE, at=AT, case=case.uuid)
    cases.find(by=DISCIPLINE, at=AT, case=case.uuid, confirmed=True, finding=FINDING)
    return {
        HEALTH: f"/health/sheets/{sheet.uuid}/",
        MATTER: f"/integrity/declarations/{declared.uuid}/",
        CASE: f"/integrity/cases/{case.uuid}/",
        FINDING: f"/integrity/cases/{case.uuid}/",
    }


def signed_in(role, **kw):
    user = a_user(role, username=f"looks-{role}", **kw)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return user, client


def text_of(answer):
    """All that an answer says: a table is a packed file."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(name) for name in packed.namelist())
    return unescape(content.decode(errors="ignore"))


def plain_addresses(patterns, prefix=""):
    """Every address without a part to fill in."""
    for one in patterns:
        path = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from plain_addresses(one.url_patterns, path)
        elif isinstance(one, URLPattern) and "<" not in path and "(" not in path:
            yield f"/{path}"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_no_role_meets_what_is_sealed_but_the_two(sealed, role):
    scope = {"place": "513301"} if role == "county_user" else {}
    user, client = signed_in(role, **({"programme": "zj-ganzi", **scope} if role != "administrator" else {}))
    if role in {"secondee", "commander", "office", "work_group_lead"}:
        # Of the team as well, like whoever asks for leave.
        a_secondment(a_post(Programme.objects.get(), title="另一个岗位"), a_person("戊五", user=user))
    may_read = MAY_READ.get(role, set())

    for word, path in sealed.items():
        answer = client.get(path)
        assert answer.status_code == (200 if word in may_read else 404), path
        assert (word in text_of(answer)) is (word in may_read)
    seen = set()
    waiting = [one for one in plain_addresses(get_resolver().url_patterns) if one == "/" or one.startswith(ASKED)]
    waiting += [f"{path}?q={word}" for word in sealed for path in ("/search/", "/audit/", "/people/")]
    while waiting:
        path = waiting.pop(0)
        if path in seen or path in sealed.values():
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code != 200:
            continue
        told = text_of(answer)
        if "?q=" not in path:
            for word in sealed:
                assert word not in told or word in may_read, (role, path, word)
        else:
            assert told.count(path.split("=")[1]) <= ECHOED, (role, path)
        waiting += [found for found in _LINK.findall(told) if found.startswith(NEAR)]


def test_the_person_sees_their_own_and_the_case_not(sealed):
    client = Client()
    client.force_login(User.objects.get(username="甲一"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert [client.get(sealed[word]).status_code for word in (HEALTH, MATTER, CASE)] == [200, 200, 404]


def test_no_search_no_inbox_and_no_name_in_the_trail_holds_it(sealed):
    for viewer in (DISCIPLINE, KEEPER):
        found = [
            hit
            for source in registries.search
            for word in sealed
            for hit in source.find(viewer=viewer, text=word, limit=9)
        ]
        todos = [one for source in registries.todos for one in source.find(viewer=viewer, programme=None, at=AT)]
        assert found == []
        assert todos
        assert not any(word in f"{one.label}{one.why}" for one in todos for word in sealed)
    kept = {"conduct.healthsheet", "conduct.declaration", "conduct.casefile"}
    assert kept.isdisjoint(one.key for one in registries.things)
    trail = "".join(f"{one.changes}{one.because}" for one in AuditRow.objects.all())
    assert trail
    assert not any(word in trail for word in sealed)
