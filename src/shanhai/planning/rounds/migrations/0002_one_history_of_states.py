# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rounds", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="groupreportmove",
            name="new",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="groupreportmove",
            name="old",
            field=models.CharField(blank=True, max_length=20),
        ),
    ]
