from django.db import migrations, models

from shanhai.registers.places.rules.names import looked_for


def spell(apps, schema_editor):
    division = apps.get_model("places", "Division")
    rows = list(division.objects.order_by("pk"))
    for row in rows:
        row.spelled = looked_for(row.name, row.name_en)
    division.objects.bulk_update(rows, ["spelled"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("places", "0002_changes_of_divisions")]

    operations = [
        migrations.AddField(
            model_name="division",
            name="spelled",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
