# SPDX-License-Identifier: Apache-2.0
"""What people offer the registries: the declaration of the personal data they are."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import PersonalData
from shanhai.registers.people.services import erase_due_people

PERSONAL_DATA = PersonalData(
    key="people.Person",
    fields=("name", "duty", "work_phone", "user", "organisation"),
    purpose=message(gettext_noop("让有关人员知道某项工作由谁负责、怎样联系。")),
    keep_until=message(gettext_noop("任职结束满三年。")),
    erase=erase_due_people,
)
