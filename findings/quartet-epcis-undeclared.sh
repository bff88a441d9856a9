#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# quartet-epcis 4.1.5, installed with all that it declares: its models and its parser cannot be imported without
# haikunator, and its steps, by which documents get into its database, not without quartet_capture either. It declares
# neither; with both installed all can be imported. Exits 1 if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv v
v/bin/pip install --quiet --disable-pip-version-check "setuptools<81" quartet-epcis==4.1.5
cat >try.py <<'PY'
import importlib.util
import django
from django.conf import settings

apps = ["django.contrib.contenttypes", "django.contrib.auth", "quartet_epcis"]
apps += ["quartet_capture"] if importlib.util.find_spec("quartet_capture") else []
settings.configure(INSTALLED_APPS=apps, DATABASES={})
try:
    django.setup()
    import quartet_epcis.parsing.business_parser
    import quartet_epcis.parsing.steps
except ImportError as error:
    print(error)
else:
    print("imported")
PY
first=$(v/bin/python -W ignore try.py)
echo "as declared: $first"
v/bin/pip install --quiet --disable-pip-version-check haikunator==2.1.0
second=$(v/bin/python -W ignore try.py)
echo "with haikunator: $second"
v/bin/pip install --quiet --disable-pip-version-check quartet-capture==4.1.0
third=$(v/bin/python -W ignore try.py)
echo "with both: $third"
[[ $first == "No module named 'haikunator'" && $second == "No module named 'quartet_capture'" && $third == imported ]]
echo "as described"
