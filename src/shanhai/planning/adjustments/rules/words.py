# SPDX-License-Identifier: Apache-2.0
"""What people write beside a step: needed where somebody must know why."""

from __future__ import annotations

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.adjustments.states import NEED_WORDS, Verdict

MOST_WORDS = 1000


class WordsMissing(BadInput):
    """A return, a refusal, a doubt or a withdrawal without a word why, or far too many words."""

    code = "adjustments.words_missing"


def checked_words(verdict: Verdict, words: str) -> str:
    """The words without spaces around. Raises WordsMissing."""
    words = words.replace("\x00", "").strip()
    if verdict in NEED_WORDS and not words:
        raise WordsMissing(gettext_noop("请写明理由，让提出的人知道怎么办。"))
    if len(words) > MOST_WORDS:
        raise WordsMissing(gettext_noop("最多 %(most)s 个字。请缩短，详细的放进材料。"), most=MOST_WORDS)
    return words
