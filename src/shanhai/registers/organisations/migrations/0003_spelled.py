from django.db import migrations

from shanhai.kernel.pinyin import spelled


def spell(apps, schema_editor):
    organisation = apps.get_model("organisations", "Organisation")
    rows = []
    for row in organisation.objects.order_by("pk").iterator(chunk_size=2000):
        row.spelled = spelled(row.name, row.short_name)
        rows.append(row)
    organisation.objects.bulk_update(rows, ["spelled"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_initials_in_every_reading")]

    operations = [
        migrations.RenameField("organisation", "initials", "spelled"),
        migrations.RunPython(spell, migrations.RunPython.noop),
    ]
