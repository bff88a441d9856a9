# SPDX-License-Identifier: Apache-2.0
"""Batches and their rows become the app ``imports``'s, tables and rows as they are."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_one_history_of_states")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel("ImportedRow"), migrations.DeleteModel("ImportBatch")]
        ),
    ]
