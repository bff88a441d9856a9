#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Django 5.2.19: an integer beyond the range of its column is simply not there for `exact`, but ends `in` with an error.
#
# Since 5.0 (ticket 27397) the lookups exact, gt, gte, lt and lte of an integer field know the range of the database's
# column and answer without asking it. `in` hands the number on: sqlite3 raises OverflowError. So a page that takes a
# year from its address answers "not found" with filter(year=…) and a server error with filter(year__in=[…]).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check django==5.2.19
"$folder/env/bin/python" - <<'PYTHON'
import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
from django.db import connection, models


class Plan(models.Model):
    year = models.PositiveSmallIntegerField()

    class Meta:
        app_label = "plans"


with connection.schema_editor() as editor:
    editor.create_model(Plan)
Plan.objects.create(year=2026)
far = 10**30
seen = [list(Plan.objects.filter(year=far)), list(Plan.objects.filter(year__gt=far))]
try:
    seen.append(list(Plan.objects.filter(year__in=[far])))
except OverflowError as error:
    seen.append(str(error))
print(django.get_version(), seen)
assert seen == [[], [], "Python int too large to convert to SQLite INTEGER"], seen
PYTHON
# Seen: 5.2.19 [[], [], 'Python int too large to convert to SQLite INTEGER']
