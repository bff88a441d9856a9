# SPDX-License-Identifier: Apache-2.0
import ast
import re
from datetime import timedelta
from importlib import import_module

import pytest

from shanhai.base.audit import services
from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.stations.services.tokens import give_token
from shanhai.kernel import errors as kernel_errors
from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries
from shanhai.kernel.subjects import Subject
from shanhai.portal import trail
from tests.architecture.tree import SRC, apps, modules
from tests.cast import KANGDING, OFFICE, a_user, actor_of

pytestmark = pytest.mark.django_db


def record(at, by=None, action="projects.project.moved", **given):
    where = {"programme": given.pop("programme", ""), "place": given.pop("place", "")}
    on = Subject("projects.project", given.pop("subject_id", "p1"), **where)
    given = {"changes": {"stage": ["ready", "under_way"]}, **given}
    services.record(by=by or system("demo"), at=at, action=action, on=on, **given)


def sign_in(client, role="auditor", **scope):
    user = a_user(role, **scope)
    client.force_login(user)
    return actor_of(user)


def test_an_act_is_shown_in_words_with_who_and_what_changed(client, at):
    viewer = sign_in(client)
    record(at, by=viewer)
    # Of an app that is not there any more.
    AuditRow.objects.create(
        seq=99, at=at, actor="system:demo", action="relief.parcel.sent", subject_type="t", subject_id="s", hash="0" * 64
    )

    page = client.get("/audit/").content.decode()

    assert "项目流转" in page
    assert viewer.name in page
    assert "待开工</td><td>→ 已开工</td>" in page
    assert "relief.parcel.sent" not in page
    assert "系统</a> <strong>已停用的操作</strong>" in page


def test_what_changed_is_named_and_amounts_are_money(client, at):
    sign_in(client)
    changes = {"amount_fen": [None, 1_400_000_000], "cross_year": [False, True], "plan_amount_fen:x": 1}
    record(at, action="adjustments.adjustment.proposed", changes=changes)
    record(at, changes={"of_no_field": "x"})

    last, first, *_ = client.get("/audit/").context["lines"]

    assert [str(one) for one in first.changes] == ["金额 — → 1,400 万元", "跨年 否 → 是", "下达计划 0.01 元"]
    assert [str(one) for one in last.changes] == ["其他 x"]


@pytest.mark.parametrize(
    ("action", "changes", "chinese", "english"),
    [
        ("rounds.report.returned", {"state": ["submitted", "returned"]}, "已上报 → 已退回", "Handed in → Returned"),
        ("handovers.item.waived", {"state": ["open", "waived"]}, "未办 → 已放行", "Open → Waived"),
        (
            "handovers.handover.released",
            {"state": ["open", "released"]},
            "办理中 → 已准予离任",
            "Under way → Released",
        ),
        ("adjustments.adjustment.submitted", {"state": [None, "draft"]}, "— → 草稿", "— → Draft"),
        ("projects.contract.added", {"method": "open_tender"}, "公开招标", "Open tender"),
        ("accounts.role.granted", {"role": "finance"}, "财务", "Finance"),
        # Left by an earlier release, and a name that only looks like a state.
        ("projects.project.moved", {"stage": ["frozen", "ready"]}, "frozen → ready", "frozen → ready"),
        ("programmes.group.added", {"name": "draft"}, "draft", "draft"),
    ],
)
def test_states_and_kinds_are_shown_in_words_of_both_languages(client, at, action, changes, chinese, english):
    sign_in(client)
    record(at, action=action, changes=changes)

    for language, words in (("zh-hans", chinese), ("en", english)):
        line, *_ = client.get("/audit/", headers={"accept-language": language}).context["lines"]
        assert [str(one).partition(" ")[2] for one in line.changes][-1].endswith(words)


def test_what_was_done_and_what_it_changed_begin_with_a_capital_in_english(client, at):
    sign_in(client)
    shared = dict.fromkeys(registries.area_of("audit").fields, "x")
    shown = []
    for area in registries.areas:
        for act in area.acts:
            record(at, action=act, changes={**shared, **dict.fromkeys(area.fields, "x")})
        shown += client.get("/audit/", {"area": area.key}, headers={"accept-language": "en"}).context["lines"]

    labels = {line.what for line in shown} | {change.name for line in shown for change in line.changes}
    assert len(labels) > 200
    assert [label for label in sorted(labels) if label[0].islower()] == []


@pytest.mark.parametrize("role", ["county_user", "work_group_lead", "finance", None])
def test_those_who_may_not_read_the_trail_do_not_know_of_it(client, role):
    sign_in(client, role)

    assert client.get("/audit/").status_code == 404


def test_an_auditor_of_one_programme_sees_only_its_acts(client, at):
    sign_in(client, programme="zj-ganzi")
    record(at, programme="zj-ganzi", because="甘孜的理由")
    record(at, programme="zj-nagqu", because="那曲的理由")

    page = client.get("/audit/").content.decode()

    assert "甘孜的理由" in page
    assert "那曲的理由" not in page


def test_the_trail_is_narrowed_by_kind_and_by_the_day_in_shanghai(client, at):
    sign_in(client)
    record(at - timedelta(hours=10, minutes=1), because="前一天深夜")
    record(at - timedelta(hours=10), because="当天零点")
    record(at, because="记账的理由", action="ledger.entry.posted")

    of_day = client.get("/audit/", {"since": "2026-11-22", "until": "2026-11-22"}).content.decode()
    of_ledger = client.get("/audit/", {"area": "ledger"}).content.decode()

    assert ("前一天深夜" in of_day, "当天零点" in of_day, "记账的理由" in of_day) == (False, True, True)
    assert ("当天零点" in of_ledger, "记账的理由" in of_ledger) == (False, True)


def test_older_acts_are_on_the_next_page_and_the_filter_stays(client, at):
    sign_in(client)
    for number in range(51):
        record(at, because=f"第{number}条。")

    first = client.get("/audit/", {"area": "projects"})
    second = client.get("/audit/?" + first.context["older"]).content.decode()

    assert "第50条。" in first.content.decode()
    assert "第0条。" not in first.content.decode()
    assert "第0条。" in second
    assert "第1条。" not in second
    assert "area=projects" in first.context["older"]


@pytest.mark.parametrize(
    "asked",
    [
        {"until": "9999-12-31"}, {"since": "0001-01-01"}, {"since": "2026-02-30"}, {"until": "昨天"}, {"before": "-1"},
        {"before": "9" * 40}, {"area": "x' OR 1=1"}, {"of": "\x00"}, {"subject": "长" * 500},
    ],
)  # fmt: skip
def test_an_address_somebody_made_up_is_no_fault(client, at, asked):
    sign_in(client)
    record(at)

    assert client.get("/audit/", asked).status_code == 200


ERRORS = {name for name, made in vars(kernel_errors).items() if isinstance(made, type) and issubclass(made, Exception)}


def acts_written():
    """The codes of acts that services write as they stand, three words with dots."""
    code = re.compile(rf"({'|'.join(area.key for area in registries.areas)})\.[a-z_]+\.[a-z_]+")
    for path in (path for app in apps() for kind in ("services", "subscribers") for path in modules(app, kind)):
        tree = ast.parse(path.read_text("utf-8"))
        others = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AnnAssign)}
        # The codes of errors look alike; they stand in the making of an error.
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        errors = [node for node in calls if getattr(node.func, "id", "") in ERRORS]
        others |= {id(inner) for node in errors for inner in ast.walk(node)}
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        yield from (node.value for node in texts if id(node) not in others and code.fullmatch(node.value))


def test_every_act_has_words():
    written = set(acts_written())

    assert len(written) > 20
    assert [act for act in sorted(written) if not registries.words_for(act)] == []


def area_of(app):
    """The key with which the acts of an app begin."""
    labels = import_module(".".join(app.relative_to(SRC.parent).parts) + ".labels")
    return labels.AREA.key if hasattr(labels, "AREA") else app.name


def fields_written():
    """The fields that services write in dictionaries as they stand, by the act's area."""
    for app in apps():
        for path in (path for kind in ("services", "subscribers") for path in modules(app, kind)):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                given = node.value if isinstance(node, ast.Assign | ast.keyword) else None
                name = getattr(node, "arg", None) or getattr(getattr(node, "targets", [None])[0], "id", "")
                if isinstance(given, ast.Dict) and name == "changes":
                    keys = (key.value for key in given.keys if isinstance(key, ast.Constant))
                    yield from ((area_of(app), key) for key in keys)


def nameless(fields):
    return sorted({(area, name) for area, name in fields if not registries.words_for_field(area, name)})


def test_every_field_that_an_act_changes_has_words():
    written = set(fields_written())

    assert len(written) > 30
    assert nameless(written) == []
    assert nameless([*written, ("projects", "of_no_field")]) == [("projects", "of_no_field")]


def test_a_program_is_called_by_the_name_of_its_token(ganzi, at):
    give_token(name="气象局", write=True, programme="zj-ganzi", place="", by=OFFICE, at=at)
    row = AuditRow.objects.latest("seq")
    row.actor = f"token:{row.subject_id}"

    assert [trail.lines(viewer, [row])[0].who for viewer in (OFFICE, KANGDING)] == ["程序“气象局”", "程序"]
