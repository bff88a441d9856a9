# SPDX-License-Identifier: Apache-2.0
"""Batches and their rows, which were made by ``projects``: known here, then renamed after the app."""

import django.db.models.deletion
from django.db import migrations, models

import shanhai.kernel.ids

UNDONE = models.Q(
    models.Q(("undone_at", None), ("undone_because", ""), ("undone_by", "")),
    models.Q(
        ("undone_at__isnull", False),
        models.Q(("undone_by", ""), _negated=True),
        models.Q(("undone_because", ""), _negated=True),
    ),
    _connector="OR",
)
ONCE = {"fields": ("batch", "row")}


def constraints(prefix: str, operation: type) -> list:
    made = (
        ("importbatch", "undone_by_somebody_for_a_reason", models.CheckConstraint, {"condition": UNDONE}),
        ("importedrow", "stands_once_in_its_batch", models.UniqueConstraint, ONCE),
    )
    if operation is migrations.RemoveConstraint:
        return [migrations.RemoveConstraint(model, f"{prefix}_{model}_{name}") for model, name, _, _ in made]
    return [
        migrations.AddConstraint(model, kind(name=f"{prefix}_{model}_{name}", **said))
        for model, name, kind, said in made
    ]


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("documents", "0001_initial"),
        ("programmes", "0001_initial"),
        ("projects", "0007_imports_apart"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="ImportBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=shanhai.kernel.ids.new_id, editable=False, unique=True)),
                        ("source", models.CharField(max_length=80)),
                        ("name", models.CharField(max_length=200)),
                        ("by", models.CharField(max_length=100)),
                        ("at", models.DateTimeField()),
                        ("counts", models.JSONField()),
                        ("undone_by", models.CharField(blank=True, max_length=100)),
                        ("undone_at", models.DateTimeField(null=True)),
                        ("undone_because", models.CharField(blank=True, max_length=500)),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                            ),
                        ),
                        (
                            "programme",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.programme"
                            ),
                        ),
                    ],
                    options={"db_table": "projects_importbatch"},
                ),
                migrations.CreateModel(
                    name="ImportedRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("row", models.PositiveIntegerField()),
                        ("project", models.UUIDField()),
                        ("line", models.UUIDField()),
                        ("before", models.JSONField(null=True)),
                        ("after", models.JSONField()),
                        ("line_before", models.JSONField(null=True)),
                        ("line_after", models.JSONField()),
                        ("funds", models.JSONField()),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="imports.importbatch",
                            ),
                        ),
                    ],
                    options={"db_table": "projects_importedrow"},
                ),
                migrations.AddIndex(
                    "importbatch", models.Index(fields=["programme", "document"], name="projects_batch_of_document")
                ),
                *constraints("projects", migrations.AddConstraint),
            ]
        ),
        *constraints("projects", migrations.RemoveConstraint),
        migrations.AlterModelTable("importbatch", None),
        migrations.AlterModelTable("importedrow", None),
        *constraints("imports", migrations.AddConstraint),
        migrations.RenameIndex("importbatch", "imports_batch_of_document", old_name="projects_batch_of_document"),
    ]
