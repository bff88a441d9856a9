# SPDX-License-Identifier: Apache-2.0
"""The verdict on a file, for whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from django.conf import settings

from shanhai.insight.iati.rules.checking import check
from shanhai.insight.iati.rules.rulesets import read_ruleset
from shanhai.insight.iati.values import Verdict

MOST_RULESET_BYTES = 5 * 2**20


def check_file(
    file: IO[bytes], *, at: datetime, ruleset: IO[bytes] | None = None, only_ruleset: bool = False
) -> Verdict:
    """What is wrong with a file by structure, codes and rules, and by a ruleset of one's own.

    A file beyond the upload limit is not read. Raises BadInput for a ruleset that cannot be evaluated.
    """
    rules = read_ruleset(ruleset.read(MOST_RULESET_BYTES + 1), most_bytes=MOST_RULESET_BYTES) if ruleset else ()
    most = settings.UPLOAD_MAX_BYTES
    return check(file.read(most + 1), at=at, most_bytes=most, ruleset=rules, only_ruleset=only_ruleset)
