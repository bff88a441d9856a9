# SPDX-License-Identifier: Apache-2.0
"""Events as an EPCISQueryDocument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shanhai.field.traceability.query.rules.formats import EpcFormat, in_format
from shanhai.field.traceability.store.rules.preparing import as_text
from shanhai.field.traceability.store.values import EPOCH

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"


def document(
    events: Iterable[tuple[Mapping[str, Any], int]],
    *,
    name: str,
    wanted: EpcFormat,
    at: datetime,
    subscription: str = "",
) -> bytes:
    """The document of these events, each with the microseconds at which it was recorded; JSON in UTF-8.

    ``name`` is that of the query, ``subscription`` the id of who is told.
    """
    listed = [{**in_format(content, wanted), "recordTime": written(recorded)} for content, recorded in events]
    results: dict[str, Any] = {"queryName": name, "resultsBody": {"eventList": listed}}
    if subscription:
        results = {"subscriptionID": subscription, **results}
    return as_text(
        {
            "@context": [CONTEXT],
            "type": "EPCISQueryDocument",
            "schemaVersion": "2.0",
            "creationDate": said(at),
            "epcisBody": {"queryResults": results},
        }
    ).encode()


def written(instant: int) -> str:
    """Microseconds since 1970 as text, in UTC."""
    return said(EPOCH + timedelta(microseconds=instant))


def said(at: datetime) -> str:
    """An instant as text, in UTC: with milliseconds, or all its microseconds where it has them."""
    precision = "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"
