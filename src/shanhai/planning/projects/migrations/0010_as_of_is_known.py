# SPDX-License-Identifier: Apache-2.0
"""What the migration before has filled in is there for good; apart from it, as PostgreSQL asks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_as_of")]

    operations = [
        migrations.AlterField("project", "since", models.DateField()),
        migrations.AlterField("allocationline", "since", models.DateField()),
        migrations.AddConstraint(
            "project",
            models.CheckConstraint(
                condition=models.Q(cancelled_on__isnull=False, stage="cancelled")
                | (~models.Q(stage="cancelled") & models.Q(cancelled_on=None)),
                name="projects_project_has_a_day_of_cancelling_when_cancelled",
            ),
        ),
    ]
