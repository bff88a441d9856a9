# SPDX-License-Identifier: Apache-2.0
from collections import Counter

from tests.architecture.tree import ROOT
from tests.glossary import text, words


def test_the_glossary_is_what_the_readmes_say():
    assert (ROOT / "GLOSSARY.md").read_text("utf-8") == text(), "run make docs"


def test_each_word_has_one_home():
    twice = [english for english, times in Counter(word[0].lower() for word in words()).items() if times > 1]

    assert twice == []
