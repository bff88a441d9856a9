# SPDX-License-Identifier: Apache-2.0
"""Since when projects and lines are in force, and what lines were before they were changed.

Of what is stored already no change is known: a line counts from its plan's day of issue or its first posting, a project
from its first move, its first known day or its first line. A cancelled project's lines become what was paid, from the day it was cancelled.
"""

from datetime import timedelta, timezone

import django.db.models.deletion
from django.db import migrations, models

SHANGHAI = timezone(timedelta(hours=8))


def fill(apps, schema_editor):
    projects, lines = apps.get_model("projects", "Project"), apps.get_model("projects", "AllocationLine")
    moves, changes = apps.get_model("projects", "StageMove"), apps.get_model("projects", "LineChange")
    first, cancelled = {}, {}
    for project, new, day in moves.objects.order_by("-at", "-pk").values_list("project", "new", "on_date").iterator():
        first[project] = day
        if new == "cancelled":
            cancelled.setdefault(project, day)
    since, changed = {}, []
    begun = dict(moves.objects.filter(old="").values_list("project", "at"))
    totals = apps.get_model("ledger", "SubjectTotal").objects.exclude(subject="")
    posted = dict(totals.values_list("subject").annotate(models.Min("on_date")).order_by("subject"))
    for line in lines.objects.select_related("yearly_plan").order_by("pk").iterator():
        at = begun.get(line.project_id)
        known = at.astimezone(SHANGHAI).date() if at else first[line.project_id]
        given = line.yearly_plan.issued_on or known
        line.since = min(given, posted.get(str(line.uuid), given))
        since[line.project_id] = min(since.get(line.project_id, line.since), line.since)
        day = cancelled.get(line.project_id)
        if day is not None and line.amount_fen != line.paid_fen:
            tags = {name: getattr(line, name) for name in TAGS}
            changes.objects.create(line_id=line.pk, on=day, **tags)
            line.amount_fen, line.changed_on = line.paid_fen, day
        changed.append(line)
        if len(changed) == 500:
            lines.objects.bulk_update(changed, ["since", "amount_fen", "changed_on"])
            changed.clear()
    lines.objects.bulk_update(changed, ["since", "amount_fen", "changed_on"])
    changed.clear()
    for project in projects.objects.order_by("pk").iterator():
        days = (
            first.get(project.pk),
            since.get(project.pk),
            project.started_on,
            project.finished_on,
            project.accepted_on,
        )
        project.since = min((day for day in days if day is not None), default=project.programme.starts_on)
        project.cancelled_on = cancelled.get(project.pk, project.since) if project.stage == "cancelled" else None
        changed.append(project)
        if len(changed) == 500:
            projects.objects.bulk_update(changed, ["since", "cancelled_on"])
            changed.clear()
    projects.objects.bulk_update(changed, ["since", "cancelled_on"])


TAGS = ("amount_fen", "livelihood_percent", "beneficiary_level", "implementer_level")


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_corrections"), ("ledger", "0003_fill_totals")]

    operations = [
        migrations.AddField("project", "since", models.DateField(null=True)),
        migrations.AddField("project", "cancelled_on", models.DateField(null=True)),
        migrations.AddField("allocationline", "since", models.DateField(null=True)),
        migrations.AddField("allocationline", "changed_on", models.DateField(null=True)),
        migrations.CreateModel(
            name="LineChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("amount_fen", models.BigIntegerField()),
                ("livelihood_percent", models.PositiveSmallIntegerField()),
                ("beneficiary_level", models.CharField(max_length=20)),
                ("implementer_level", models.CharField(max_length=20)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="projects.allocationline",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["line", "on"], name="projects_linechange_is_one_a_day")]
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
