from django.db import migrations, models

from shanhai.planning.programmes.values import SAMPLE_CATEGORIES


def name_the_samples(apps, schema_editor):
    items = apps.get_model("programmes", "ClassificationItem").objects.using(schema_editor.connection.alias)
    for one in SAMPLE_CATEGORIES:
        items.filter(name=one.name).update(name_en=one.name_en)


class Migration(migrations.Migration):
    dependencies = [("programmes", "0003_plan_changes")]
    operations = [
        migrations.AddField("classificationitem", "name_en", models.CharField(blank=True, max_length=100)),
        migrations.AddField("fundsource", "name_en", models.CharField(blank=True, max_length=100)),
        migrations.RunPython(name_the_samples, migrations.RunPython.noop),
    ]
