# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_imports_apart"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="settlement",
            name="projects_settlement_is_approved_with_its_sum",
        ),
        migrations.AddField(
            model_name="stagemove",
            name="kind",
            field=models.CharField(db_default="step", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_fen", None), ("approved_on", None)),
                    models.Q(
                        ("approved_fen__gte", 0),
                        ("approved_fen__isnull", False),
                        ("approved_fen__lte", 1000000000000000),
                    ),
                    _connector="OR",
                ),
                name="projects_settlement_is_approved_with_its_sum",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagemove",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["correction", "step", "taken_back"])),
                name="projects_stagemove_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagemove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "correction"), _negated=True),
                    models.Q(("because", ""), _negated=True),
                    _connector="OR",
                ),
                name="projects_stagemove_correction_has_a_reason",
            ),
        ),
    ]
