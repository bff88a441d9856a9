# SPDX-License-Identifier: Apache-2.0
"""django-import-export in bulk: ``python -m tests.bench.peers.tables import|export FILE``.

Its model has the columns of the table and nothing else: no other tables are asked, no rule is checked.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django
from django.conf import settings

from tests.bench.peers import ABSENT
from tests.bench.report import cost

REPEATS = 2
TEXT, NUMBER, DAY = ("code", "name", "county", "category", "delivery", "novelty", "stage", "source"), (
    "year", "total", "aid", "completed", "livelihood",
), ("starts_on", "ends_on")  # fmt: skip
ORDER = (
    "code", "name", "county", "category", "delivery", "novelty", "stage", "year", "source", "total", "aid", "completed",
    "livelihood", "beneficiary", "implementer", "starts_on", "ends_on",
)  # fmt: skip


def main(what: str, path: Path) -> int:
    """Take the workbook in, or write as many rows out; print what that cost."""
    settings.configure(
        DATABASES={"default": _database()},
        INSTALLED_APPS=["import_export"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    try:
        django.setup()
        import tablib
        from import_export import fields, resources, widgets
    except ImportError:
        return ABSENT
    from django.db import connection, models, transaction

    columns = {
        name: models.DecimalField(max_digits=18, decimal_places=2)
        if name in NUMBER
        else models.DateField()
        if name in DAY
        else models.CharField(max_length=200, unique=name == "code")
        for name in ORDER
    }
    meta = type("Meta", (), {"app_label": "bench"})
    row_model = type("Row", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})
    table = tablib.Dataset().load(path.read_bytes(), format="xlsx")
    kinds = dict.fromkeys(NUMBER, widgets.DecimalWidget) | dict.fromkeys(DAY, widgets.DateWidget)
    named = {
        name: fields.Field(attribute=name, column_name=header, widget=kinds.get(name, widgets.CharWidget)())
        for name, header in zip(ORDER, table.headers, strict=True)
    }
    bulk = type(
        "Meta",
        (),
        {"model": row_model, "import_id_fields": ("code",), "use_bulk": True, "skip_diff": True, "fields": ORDER},
    )
    resource = type("Resource", (resources.ModelResource,), {**named, "Meta": bulk})()

    def take_in() -> None:
        resource.import_data(tablib.Dataset().load(path.read_bytes(), format="xlsx"), raise_errors=True)

    with connection.schema_editor() as editor:
        editor.create_model(row_model)

    def take_in_anew() -> None:
        with transaction.atomic():
            row_model.objects.all().delete()
        nonlocal took
        once = cost(take_in)
        took = once if took is None or once.cpu < took.cpu else took

    took = None
    for _ in range(REPEATS if what == "import" else 1):
        take_in_anew()
    if what == "export":
        took = cost(lambda: resource.export(row_model.objects.order_by("code")).export("xlsx"), REPEATS)
    print(json.dumps(asdict(took)))
    return 0


def _database() -> dict[str, object]:
    import environ

    return environ.Env().db_url_config(
        os.environ.get("DATABASE_URL") or f"sqlite:///{os.environ['SHANHAI_DATA_DIR']}/peer.sqlite3"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
