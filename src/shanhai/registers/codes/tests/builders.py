# SPDX-License-Identifier: Apache-2.0
"""Codes, a link and a signal, for tests of pages."""

from __future__ import annotations

from shanhai.registers.codes.issue.tests.test_issuing import a_batch
from shanhai.registers.codes.models import Code, Signal
from shanhai.registers.codes.resolver.tests.builders import a_link
from tests.cast import AT


def a_signal(code: Code | None = None) -> Signal:
    """Somebody tried many covered codes of a label."""
    code = code or a_batch(1, covered=True).codes.get()
    return Signal.objects.create(code=code, kind="many_wrong", first_at=AT, last_at=AT)


def pages_with_forms() -> list[str]:
    """The addresses of pages with forms."""
    batch = a_batch(3)
    a_signal(batch.codes.first())
    a_link(batch.codes.first().path)
    return ["/codes/new", f"/codes/{batch.uuid}/", "/codes/links/", "/codes/signals/", "/reveal/"]
