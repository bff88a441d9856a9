# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_initials_in_every_reading")]

    operations = [
        migrations.AddField("project", "taken_over", models.BooleanField(default=False)),
    ]
