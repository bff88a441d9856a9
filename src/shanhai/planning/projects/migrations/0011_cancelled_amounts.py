# SPDX-License-Identifier: Apache-2.0
"""A cancellation keeps what the lines had that it has lowered; of those before, what is kept of the day they were."""

from django.db import migrations, models


def fill(apps, schema_editor):
    moves, changes = apps.get_model("projects", "StageMove"), apps.get_model("projects", "LineChange")
    for move in moves.objects.filter(new="cancelled", kind="step").exclude(old="").order_by("pk").iterator():
        of_day = changes.objects.filter(line__project=move.project_id, on=move.on_date)
        move.amounts = {str(uuid): fen for uuid, fen in of_day.values_list("line__uuid", "amount_fen")}
        move.save(update_fields=["amounts"])


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_as_of_is_known")]

    operations = [
        migrations.AddField("stagemove", "amounts", models.JSONField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
