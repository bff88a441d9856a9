# SPDX-License-Identifier: Apache-2.0
"""The page: a file is checked by whoever is signed in, a programme is taken out by who publishes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanhai.insight.iati.tests.vectors import SMALL, changed, line_of, tree
from shanhai.planning.projects.tests.builders import a_programme, a_project

pytestmark = pytest.mark.django_db
FILES = ("/iati/zj-ganzi/activities.xml", "/iati/zj-ganzi/organisations.xml")


def checked(client, content):
    return client.post("/iati/", {"file": SimpleUploadedFile("a.xml", content.encode(), "text/xml")})


def test_a_file_is_checked_and_each_finding_has_its_line_place_and_remedy(sign_in):
    text = changed('<activity-status code="2"/>', '<activity-status code="22"/>')
    page = checked(sign_in("auditor"), text).content.decode()

    assert f'class="num">{line_of(text, "22")}</td>' in page
    assert "<code>/iati-activities/iati-activity/activity-status/@code</code>" in page
    assert "可以用的代码：1 2 3 4 5 6" in page
    assert "结构合格" in page


def test_a_right_file_and_one_that_cannot_be_read_are_told_apart(sign_in):
    client = sign_in("auditor")

    assert "没有发现问题" in checked(client, SMALL).content.decode()
    assert "DOCTYPE" in checked(client, f"<!DOCTYPE a []>{SMALL[SMALL.index('<iati') :]}").content.decode()


def test_an_empty_file_is_told_of_with_what_to_do_and_the_file_is_named(sign_in):
    page = checked(sign_in("auditor"), "").content.decode()

    assert "文件是空的。请重新导出后再试。" in page
    assert "a.xml" in page


def test_no_file_is_a_fault_of_the_form(sign_in):
    assert sign_in("auditor").post("/iati/").status_code == 422


@pytest.mark.parametrize("url", FILES)
def test_who_publishes_takes_the_files_out(sign_in, url):
    a_programme()
    a_project(yuan=10)
    client = sign_in("office")
    answer = client.get(url)

    assert answer["Content-Type"].startswith("application/xml")
    assert tree(answer.content).get("version") == "2.03"
    assert url in client.get("/iati/").content.decode()
    assert "/iati/" in client.get("/programmes/zj-ganzi/").content.decode()


@pytest.mark.parametrize("url", FILES)
def test_nobody_else_does(sign_in, url):
    a_programme()
    auditor = sign_in("auditor")

    assert Client().get(url).status_code == 302
    assert auditor.get(url).status_code == 403
    assert url not in auditor.get("/iati/").content.decode()
    assert sign_in(None).get(url).status_code == 404
