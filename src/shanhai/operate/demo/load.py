# SPDX-License-Identifier: Apache-2.0
"""Loading the demonstration through the same services that people use: all of it, or nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction

from shanhai.base.accounts import selectors as accounts
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.kernel.page_memory import remembering
from shanhai.kernel.registry import registries
from shanhai.kernel.units import WAN_YUAN, money_in
from shanhai.operate.archive import first_with_records
from shanhai.operate.demo.accounts import make_accounts
from shanhai.operate.demo.conduct import load_conduct
from shanhai.operate.demo.contests import load_contests
from shanhai.operate.demo.desk import load_desk, load_year
from shanhai.operate.demo.evaluations import load_evaluations
from shanhai.operate.demo.evidence import load_evidence
from shanhai.operate.demo.hazards import load_hazards
from shanhai.operate.demo.projects import load_dossiers, load_projects, move_money
from shanhai.operate.demo.reports import load_reports
from shanhai.operate.demo.sensors import load_sensors
from shanhai.operate.demo.team import load_team
from shanhai.operate.demo.traceability import load_traceability
from shanhai.operate.demo.visits import load_visits
from shanhai.planning.programmes.campaigns.selectors import list_groups
from shanhai.planning.programmes.campaigns.services import campaigns, tasks
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.planning.programmes.money import services as reference
from shanhai.planning.programmes.plans.services import plans
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES, SourceAmount
from shanhai.planning.warnings.services import evaluate_programme
from shanhai.portal.imports import importer_named, run
from shanhai.registers.tables.selectors.workbooks import open_workbook

Step = Callable[[str], None]


# The programme whose desk is full.
DESK = "zj-ganzi"


def demo_folder() -> Path:
    """Where the demo's data lie."""
    return Path(settings.SHARE_DIR) / "demo"


def make_tables() -> None:
    """Bring the database up to date; an empty one at once, for replaying the history of tables takes ten seconds."""
    empty = not connection.introspection.table_names()
    if empty:
        with connection.schema_editor() as editor:
            for model in apps.get_models():
                if model._meta.can_migrate(connection):
                    editor.create_model(model)
    call_command("migrate", fake=empty, verbosity=0, interactive=False)
    if empty:
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def load_demo(*, at: datetime, progress: Step) -> bool:
    """Load the demo into an empty database. False when it is there already; raises Conflict for other data."""
    if accounts.list_demo_accounts():
        return False
    if first_with_records():
        raise Conflict(
            gettext_noop("这里已经有别的数据。请换一个空的数据文件夹（SHANHAI_DATA_DIR）来看演示。"),
            "operate.not_a_demo",
        )
    by = system("demo", tuple(registries.permissions))
    with transaction.atomic():
        progress("地图轮廓 outlines")
        _load_places(by, at)
        progress("账号 accounts")
        make_accounts(by=by, at=at, bound=False)
        reference.record_classification(
            by=by, at=at, version="示例", valid_from=date(2021, 1, 1), categories=SAMPLE_CATEGORIES
        )
        given = json.loads((demo_folder() / "programmes.json").read_text("utf-8"))
        for programme in given:
            progress(f"{programme['name']}  {programme['name_en']}")
            _load_programme(by, at, programme)
        make_accounts(by=by, at=at, bound=True)
        progress("计划台 desk")
        load_desk(by=by, at=at, programme=DESK)
        load_year(by=by, at=at, programme=DESK, percents=_percents(given))
        progress("证据 evidence")
        load_evidence(at=at, programme=DESK)
        progress("考核 evaluations")
        load_evaluations(at=at, programme=DESK)
        progress("报告 reports")
        load_reports(by=by, at=at, programme=DESK)
        progress("监测 sensors")
        load_sensors(by=by, at=at)
        progress("队伍 team")
        load_team(by=by, at=at, programme=DESK)
        load_conduct(by=by, at=at, programme=DESK)
        load_contests(by=by, at=at, programme=DESK)
        load_visits(by=by, at=at, programme=DESK)
        progress("防灾 hazards")
        load_hazards(by=by, at=at)
        progress("溯源 traceability")
        load_traceability(by=by, at=at)
        for programme in list_programmes(viewer=by):
            evaluate_programme(by=by, at=at, programme=programme.code)
    return True


def _load_places(by: Actor, at: datetime) -> None:
    importer = importer_named("divisions")
    for name, crs in (("divisions.csv", ""), ("divisions.geojson", "wgs84")):
        options = {"provenance": "public"} | ({"crs": crs} if crs else {})
        with open_workbook(path=demo_folder() / name) as file:
            report = run(importer=importer, file=file, options=options, answers={}, by=by, at=at, dry_run=False)
        if not report.applied and report.problems:
            raise Conflict(gettext_noop("演示用的 %(name)s 读不进去。"), "operate.not_a_demo", name=name)


def _load_programme(by: Actor, at: datetime, given: dict[str, Any]) -> None:
    code = given["code"]
    programmes.create_programme(
        by=by,
        at=at,
        code=code,
        name=given["name"],
        name_en=given["name_en"],
        supporter=given["supporter"],
        recipient=given["recipient"],
        starts_on=date.fromisoformat(given["starts_on"]),
        ends_on=date.fromisoformat(given["ends_on"]),
        five_year_plan=_wan(given["five_year_plan_wan"]),
        provenance=given.get("provenance", "demo"),
    )
    for batch in given["batches"]:
        days = {name: date.fromisoformat(batch[name]) for name in ("starts_on", "ends_on")}
        programmes.add_batch(by=by, at=at, programme=code, number=batch["number"], **days)
    for source in given["sources"]:
        programmes.add_fund_source(by=by, at=at, programme=code, **source)
    for statement in given["statements"]:
        statement |= {"on": date.fromisoformat(statement["on"]), "value": Decimal(statement["value"])}
        reference.record_statement(by=by, at=at, programme=code, **statement)
    for campaign in given["campaigns"]:
        _load_campaign(by, at, code, campaign)
    for plan in given["plans"]:
        _load_plan(by, at, given, plan)


def _load_campaign(by: Actor, at: datetime, code: str, given: dict[str, Any]) -> None:
    campaign = campaigns.start_campaign(
        by=by, at=at, programme=code, year=given["year"], name=given["name"], provenance=given["provenance"]
    )
    for wanted in given["actions"]:
        action = campaigns.add_action(by=by, at=at, campaign=campaign.uuid, name=wanted["name"])
        for name, group, due, percent in wanted["tasks"]:
            _load_group(by, at, code, group)
            due_on = date.fromisoformat(due) if due else None
            task = tasks.add_task(by=by, at=at, action=action.uuid, name=name, owner_group=group, due_on=due_on)
            if percent and code != DESK:
                tasks.report_progress(by=by, at=at, task=task.uuid, progress_percent=percent)


def _percents(given: list[dict[str, Any]]) -> dict[str, int]:
    """How far each task of the desk's programme has come: its monthly reports bring it there."""
    desk = next(programme for programme in given if programme["code"] == DESK)
    actions = (action for campaign in desk["campaigns"] for action in campaign["actions"])
    return {name: percent for action in actions for name, _group, _due, percent in action["tasks"]}


def _load_group(by: Actor, at: datetime, code: str, name: str) -> None:
    if not any(one.name == name for one in list_groups(viewer=by, programme=code)):
        campaigns.add_group(by=by, at=at, programme=code, name=name)


def _load_plan(by: Actor, at: datetime, given: dict[str, Any], plan: dict[str, Any]) -> None:
    code, year = given["code"], plan["year"]
    source = given["sources"][0]["code"]
    amounts = [SourceAmount(source, _wan(plan["amount_wan"]), _wan(plan["reserve_wan"]))]
    made = plans.make_yearly_plan(by=by, at=at, programme=code, year=year, amounts=amounts)
    plans.issue_yearly_plan(by=by, at=at, plan=made.uuid, issued_on=date(year, 1, 20))
    # Nothing that is remembered changes meanwhile: programmes, places, and what has become of them.
    with remembering():
        loaded = load_projects(by=by, at=at, programme=code, fund_source=source, rows=_project_rows(code, year))
    tranches = given["arrivals"][str(year)]
    move_money(by=by, at=at, programme=code, fund_source=source, year=year, tranches=tranches, loaded=loaded)
    if year == at.year and code == DESK:
        load_dossiers(by=by, at=at, programme=code, year=year)


def _project_rows(code: str, year: int) -> list[dict[str, str]]:
    with (demo_folder() / "projects.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["programme"] == code and row["year"] == str(year)]


def _wan(number: int) -> Money:
    return money_in(number, WAN_YUAN)
