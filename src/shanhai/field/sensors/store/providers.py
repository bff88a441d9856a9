# SPDX-License-Identifier: Apache-2.0
"""What the store does every night, and what ``shanhai audit verify`` asks of it.

What brings DuckDB and Parquet is imported where it is used: neither pages nor ingest need it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef

from shanhai.field.sensors.models import Datastream, Observation
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.values import STREAMS
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.beats import Daily
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.news import NewsSource
from shanhai.kernel.registry import IntegrityCheck


class Archive(Daily):
    """Months that are closed and old go to files."""

    key = "sensors.archive"
    label = message(gettext_noop("把过去月份的观测值归档"))
    after = "02:30"

    def run(self, *, by: Actor, at: datetime) -> str:
        """Move them, and say which they were."""
        from shanhai.field.sensors.store.services.archiving import archive_months  # noqa: PLC0415 - see above

        worker = system("worker", (SensorPermission.MANAGE,))
        return ", ".join(one.month for one in archive_months(by=worker, at=at))


class Streams(NewsSource):
    """Datastreams, by their ids."""

    key = STREAMS

    def may_hear(self, *, viewer: Actor, keys: Collection[Any]) -> bool:
        """Who sees all of them."""
        return Datastream.objects.visible_to(viewer).filter(pk__in=keys).count() == len(keys)

    def states(self, *, keys: Collection[Any]) -> Mapping[Any, Any]:
        """The latest of each: time, number, arrival, how many there are."""
        rows = Datastream.objects.filter(pk__in=keys)
        return {row[0]: row[1:] for row in rows.values_list("pk", "last_time", "last_number", "arrived", "count")}


class Owners(IntegrityCheck):
    """That every observation has its datastream, which the database does not watch over."""

    key = "sensors.owners"
    label = message(gettext_noop("观测值与其数据流"))

    def run(self) -> tuple[str, ...]:
        """A sentence where some have none."""
        of = Datastream.objects.filter(pk=OuterRef("datastream"))
        lost = Observation.objects.filter(~Exists(of)).aggregate(count=Count("pk"))["count"]
        text = gettext_noop("%(count)s 个观测值的数据流已经不在。请告诉系统管理员。")
        return (str(message(text, count=lost)),) if lost else ()


class Files(IntegrityCheck):
    """That files of months are what they were."""

    key = "sensors.archive"
    label = message(gettext_noop("归档的观测值与其校验值"))

    def run(self) -> tuple[str, ...]:
        """A sentence for each file that is not."""
        from shanhai.field.sensors.store.selectors.archive import broken_files  # noqa: PLC0415 - see above

        return broken_files()
