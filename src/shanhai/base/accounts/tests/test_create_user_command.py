# SPDX-License-Identifier: Apache-2.0
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shanhai.base.accounts.models import RoleGrant, User
from shanhai.base.accounts.tests.builders import acts
from shanhai.base.audit.models import AuditRow
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("SHANHAI_NEW_PASSWORD", PASSWORD)


def run(*arguments):
    out = StringIO()
    call_command("create-user", *arguments, stdout=out)
    return out.getvalue()


def test_the_first_administrator_is_made():
    printed = run("zhangsan", "--role", "administrator", "--display-name", "张三")
    user = User.objects.get()

    assert printed == "zhangsan: administrator\n"
    assert (user.username, user.display_name, user.must_change_password) == ("zhangsan", "张三", False)
    assert user.check_password(PASSWORD)
    assert AuditRow.objects.first().actor == "system:console"


def test_a_role_in_a_scope_is_given(ganzi):
    printed = run("kangding", "--role", "county_user", "--programme", "zj-ganzi", "--place", "513301")
    grant = RoleGrant.objects.get()

    assert printed == "kangding: county_user (zj-ganzi 513301)\n"
    assert (grant.programme, grant.place) == ("zj-ganzi", "513301")


def test_once_there_is_an_administrator_who_acts_and_why_are_asked_for_and_kept():
    run("zhangsan", "--role", "administrator")

    for missing in ([], ["--by", "zhangsan"], ["--because", "新同事"], ["--by", "nobody", "--because", "新同事"]):
        with pytest.raises(CommandError, match=r"--by 写明|没有可用的账号"):
            run("lisi", "--role", "office", "--everywhere", *missing)
    run("lisi", "--role", "office", "--everywhere", "--by", "zhangsan", "--because", "新同事到岗")

    zhangsan = User.objects.get(username="zhangsan")
    rows = AuditRow.objects.order_by("-seq")[:3]
    assert {row.actor for row in rows} == {f"user:{zhangsan.uuid}"}
    asked = rows[2]
    assert (asked.action, asked.subject_id, asked.because) == ("accounts.console.acted", "create-user", "新同事到岗")


def test_the_account_at_the_console_needs_the_permission_and_to_be_active():
    run("zhangsan", "--role", "administrator")
    run("lisi", "--role", "office", "--everywhere", "--by", "zhangsan", "--because", "新同事到岗")
    before = AuditRow.objects.count()

    with pytest.raises(CommandError, match="您的岗位不能做这件事"):
        run("wangwu", "--role", "office", "--everywhere", "--by", "lisi", "--because", "帮忙")
    User.objects.filter(username="lisi").update(is_active=False)
    with pytest.raises(CommandError, match="没有可用的账号"):
        run("wangwu", "--role", "office", "--everywhere", "--by", "lisi", "--because", "帮忙")

    assert AuditRow.objects.count() == before
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["zhangsan", "--role", "emperor"], "emperor"),
        (["张三", "--role", "office", "--everywhere"], "用户名须为"),
        (["zhangsan", "--role", "office", "--everywhere", "--place", "5133"], "从列表中选"),
        (["zhangsan", "--role", "office"], "在哪个援助项目"),
        (["zhangsan", "--role", "administrator", "--place", "513301"], "不能只限于"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_half_made(arguments, sentence):
    with pytest.raises(CommandError, match=sentence) as refused:
        run(*arguments)

    assert refused.value.returncode == 1
    assert not User.objects.exists()
    assert acts() == []


def test_a_name_that_is_taken_is_refused():
    run("zhangsan", "--role", "office", "--everywhere")

    with pytest.raises(CommandError, match="已经有人使用"):
        run("zhangsan", "--role", "office", "--everywhere")


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setenv("SHANHAI_NEW_PASSWORD", "123")

    with pytest.raises(CommandError, match="密码不合要求"):
        run("zhangsan", "--role", "office", "--everywhere")


def test_without_terminal_and_environment_it_says_what_to_do(monkeypatch):
    monkeypatch.delenv("SHANHAI_NEW_PASSWORD")
    monkeypatch.setattr("sys.stdin", StringIO())

    with pytest.raises(CommandError, match="SHANHAI_NEW_PASSWORD"):
        run("zhangsan", "--role", "office", "--everywhere")


@pytest.mark.parametrize(("typed", "made"), [((PASSWORD, PASSWORD), True), ((PASSWORD, "another"), False)])
def test_the_password_is_asked_twice_at_a_terminal(monkeypatch, typed, made):
    terminal, answers = StringIO(), iter(typed)
    terminal.isatty = lambda: True
    monkeypatch.delenv("SHANHAI_NEW_PASSWORD")
    monkeypatch.setattr("sys.stdin", terminal)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))

    if made:
        run("zhangsan", "--role", "office", "--everywhere")
    else:
        with pytest.raises(CommandError, match="不一样"):
            run("zhangsan", "--role", "office", "--everywhere")

    assert User.objects.exists() is made
