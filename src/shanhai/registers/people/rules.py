# SPDX-License-Identifier: Apache-2.0
"""What is kept of a person, and what a work phone looks like."""

from __future__ import annotations

import re

from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.people.values import PersonFacts

_PHONE = re.compile(r"[0-9+][0-9 ()\-]{4,28}", re.ASCII)
# Eighteen digits, or seventeen and an X, are an identity number (GB 11643), whatever column they stand in.
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])", re.ASCII)


def check_person(facts: PersonFacts) -> None:
    """Raise BadInput unless there are a name and a duty, and nothing that looks like an identity number."""
    wrong: dict[str, str] = {}
    if facts.work_phone and not _PHONE.fullmatch(facts.work_phone):
        wrong["work_phone"] = gettext_noop("办公电话只能有数字、空格、括号、加号和连字符。请改正，或留空。")
    for field in ("name", "duty", "work_phone"):
        if _IDENTITY_NUMBER.search(getattr(facts, field)):
            wrong[field] = gettext_noop("这里像是写了身份证号。系统不保存身份证号，请删去。")
    if not facts.name.strip() or len(facts.name) > 60:
        wrong["name"] = gettext_noop("姓名为空或超过 60 个字符。请填姓名。")
    if not facts.duty.strip() or len(facts.duty) > 100:
        wrong["duty"] = gettext_noop("职务为空或超过 100 个字符。请填在援派工作中的职务。")
    faults = Faults()
    for field, text in wrong.items():
        with faults.of(field):
            raise BadInput(text, "people.person_not_usable")
    faults.tell()
