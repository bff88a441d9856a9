# SPDX-License-Identifier: Apache-2.0
"""The form of a backup: a gzip tar of a manifest, one JSON-lines file a table, and the documents by their hash.

It is neutral between databases: values, not dumps. Which tables it leaves out, and why, stands in ``LEFT_OUT``.
"""

from __future__ import annotations

import base64
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.serializers import sort_dependencies
from django.db import models
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1

LEFT_OUT = {
    "sessions.session": "people sign in again after a restore",
    "usersessions.usersession": "people sign in again after a restore",
    "contenttypes.contenttype": "made anew by migrate",
    "auth.permission": "made anew by migrate",
    "auth.group": "not used: roles are classes",
    "axes.accessattempt": "lockouts end with the old machine",
    "axes.accessattemptexpiration": "lockouts end with the old machine",
    "axes.accessfailurelog": "not written",
    "axes.accesslog": "sign-ins stand in the audit trail",
    "account.emailaddress": "not used",
    "account.emailconfirmation": "not used",
}
# Migrate brings these rows; a backup holds them with those that people added.
BROUGHT = {"places.divisionchange"}


def models_kept() -> list[type[models.Model]]:
    """The models in a backup, those pointed at before those that point."""
    by_app = [(config, None) for config in apps.get_app_configs()]
    return [model for model in sort_dependencies(by_app, allow_cycles=True) if model._meta.label_lower not in LEFT_OUT]


def first_with_records() -> str:
    """The label of a table into which somebody put records; "" for a database that is empty but migrated."""
    kept = ((model._meta.label_lower, model) for model in models_kept())
    return next((label for label, model in kept if label not in BROUGHT and model._base_manager.exists()), "")


def columns(model: type[models.Model]) -> list[str]:
    """The attribute names of a model's columns, in order of definition."""
    return [field.attname for field in model._meta.concrete_fields]


def plain(value: Any) -> Any:
    """A database value as JSON can carry it without loss (instants to the microsecond, bytes in base64)."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    raise TypeError(f"a backup cannot carry {type(value).__name__}")


def migration_heads() -> dict[str, str]:
    """The newest applied migration of each of our apps: a backup fits only the same ones."""
    heads: dict[str, str] = {}
    for app, name in MigrationRecorder.Migration.objects.order_by("app", "name").values_list("app", "name"):
        heads[app] = name
    return heads
