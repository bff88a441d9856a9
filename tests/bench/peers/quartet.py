# SPDX-License-Identifier: Apache-2.0
"""quartet-epcis: ``python -m tests.bench.peers.quartet FILE FOLDER`` parses and stores a document of EPCIS 1.2."""

from __future__ import annotations

import io
import json
import sys
import warnings
from dataclasses import asdict
from pathlib import Path

import django
from django.conf import settings

from tests.bench.peers import ABSENT
from tests.bench.report import cost


def main(path: Path, folder: Path) -> int:
    """Parse and store all events of the document in a new SQLite database; print what that cost."""
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "quartet.sqlite3")}
    installed = ["django.contrib.contenttypes", "django.contrib.auth", "quartet_capture", "quartet_epcis"]
    settings.configure(
        INSTALLED_APPS=installed,
        DATABASES={"default": database},
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="of a measurement",
    )
    warnings.simplefilter("ignore")
    try:
        django.setup()
        from quartet_epcis.models import events
        from quartet_epcis.parsing.parser import QuartetParser
    except ImportError:
        return ABSENT
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    content = path.read_bytes()
    took = cost(lambda: QuartetParser(io.BytesIO(content)).parse())
    if events.Event.objects.count() != content.count(b"</ObjectEvent>"):
        raise RuntimeError("the peer did not store all events")
    print(json.dumps(asdict(took)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
