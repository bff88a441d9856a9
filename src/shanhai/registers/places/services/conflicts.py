# SPDX-License-Identifier: Apache-2.0
"""Two imports at the same time: the database lets one of them win, the other is told."""

from __future__ import annotations

from types import TracebackType

from django.db import IntegrityError

from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop


class ImportedMeanwhile(Conflict):
    """Somebody else has registered one of these under the same code or name while this import was checking."""

    code = "places.imported_meanwhile"


class ImportedOnce:
    """Within the block a breach of uniqueness becomes ImportedMeanwhile; the caller's transaction is rolled back."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, IntegrityError):
            text = gettext_noop("同时有另一个人在导入同样的内容，这次没有存入。请看一下已有的内容，再导入一次。")
            raise ImportedMeanwhile(text) from error
