"""The form by which possible twins among source ids are looked up, of what has been posted."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from shanhai.registers.ledger.rules import source_form

BATCH = 10_000


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the form of every entry."""
    entries = apps.get_model("ledger", "Entry").objects.using(schema_editor.connection.alias).order_by("pk")
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while rows := list(entries.filter(pk__gt=last).values_list("source_id", "pk")[:BATCH]):
            last = rows[-1][1]
            forms = [(source_form(source_id), pk) for source_id, pk in rows]
            cursor.executemany("UPDATE ledger_entry SET source_form = %s WHERE id = %s", forms)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_fill_totals")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="source_form",
            field=models.CharField(default="", editable=False, max_length=160),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["source_kind", "source_form"], name="ledger_entry_by_form"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=False),
    ]
