# SPDX-License-Identifier: Apache-2.0
"""What an interval may be, and on which days a post has nobody. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.team.secondments.values import Span


def checked_span(since: date, until: date, *, within: Span | None = None) -> Span:
    """The days of an interval. Raises BadInput for an end that is not after the start, Refused outside ``within``."""
    if until <= since:
        text = gettext_noop("截止日 %(until)s 不晚于开始日 %(since)s。截止日是不再在岗的第一天，请核对。")
        raise BadInput(
            text, "secondments.ends_before_it_starts", field="until", since=since.isoformat(), until=until.isoformat()
        )
    if within is not None and (since < within.since or until > within.until):
        text = gettext_noop("日期要在 %(since)s 起、%(until)s 前。请改日期；要更久，派出以后可以延长。")
        field = "since" if since < within.since else "until"
        days = {"since": within.since.isoformat(), "until": within.until.isoformat()}
        raise Refused(text, "secondments.outside_the_post", field=field, **days)
    return Span(since, until)


def gaps(wanted: Span, held: Iterable[Span]) -> Iterator[Span]:
    """The stretches of ``wanted`` that nobody holds, in order; ``held`` may lie in any order and meet."""
    day = wanted.since
    for one in sorted(held, key=lambda span: span.since):
        if day < min(one.since, wanted.until):
            yield Span(day, min(one.since, wanted.until))
        day = max(day, one.until)
    if day < wanted.until:
        yield Span(day, wanted.until)
