# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0005_taken_over"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="stagemove",
            name="projects_stagemove_stages_are_known",
        ),
        migrations.AddConstraint(
            model_name="stagemove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "new__in",
                        [
                            "preparation",
                            "tendering",
                            "ready",
                            "under_way",
                            "suspended",
                            "completed",
                            "accepted",
                            "settled",
                            "handed_over",
                            "cancelled",
                        ],
                    ),
                    (
                        "old__in",
                        [
                            "",
                            "preparation",
                            "tendering",
                            "ready",
                            "under_way",
                            "suspended",
                            "completed",
                            "accepted",
                            "settled",
                            "handed_over",
                            "cancelled",
                        ],
                    ),
                    models.Q(("old", models.F("new")), _negated=True),
                ),
                name="projects_stagemove_stages_are_known",
            ),
        ),
    ]
