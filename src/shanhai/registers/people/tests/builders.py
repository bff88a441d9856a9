# SPDX-License-Identifier: Apache-2.0
"""Stored people for tests, here and in the apps above. The names are made up."""

from __future__ import annotations

from datetime import date
from typing import Any

from shanhai.registers.people.models import Person


def a_person(name: str = "甲一", **kw: Any) -> Person:
    """Somebody in duty at Kangding in zj-ganzi since 2023, unless keywords say otherwise."""
    values = {
        "duty": "工作组组长",
        "work_phone": "0836-2830000",
        "programme": "zj-ganzi",
        "place": "513301",
        "valid_from": date(2023, 7, 1),
        **kw,
    }
    return Person.objects.create(name=name, **values)
