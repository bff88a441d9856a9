# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="planmove",
            name="new",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="planmove",
            name="old",
            field=models.CharField(blank=True, max_length=20),
        ),
    ]
