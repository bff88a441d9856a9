# SPDX-License-Identifier: Apache-2.0
"""A state or a kind that is added has its words, or it is missed here and not on a page."""

from enum import Enum
from importlib import import_module

from django.utils.functional import Promise

from tests.architecture.tree import SRC


def tables_of_words():
    """Every table of words by the members of one enum, with its name, in the labels of all apps."""
    for path in sorted([*SRC.glob("*/*/labels.py"), *SRC.glob("*/*/labels/*.py")]):
        name = ".".join(("shanhai", *path.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__")
        for key, table in vars(import_module(name)).items():
            pairs = table.items() if isinstance(table, dict) else ()
            if pairs and all(isinstance(one, Enum) and isinstance(words, Promise) for one, words in pairs):
                yield f"{name}.{key}", table


def wordless(table):
    return {member.value for kind in {type(member) for member in table} for member in kind} - {
        member.value for member in table
    }


def test_every_member_of_an_enum_that_has_words_has_them():
    tables = dict(tables_of_words())

    assert len(tables) > 15
    assert {name: left for name, table in tables.items() if (left := wordless(table))} == {}


def test_one_that_was_forgotten_is_found():
    name, table = next((name, table) for name, table in tables_of_words() if len(table) > 2)
    first, *others = table

    assert name
    assert wordless(dict.fromkeys(others)) == {first.value}
