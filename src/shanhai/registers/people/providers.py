# SPDX-License-Identifier: Apache-2.0
"""What people offer the registries: the declaration of the personal data they are."""

from __future__ import annotations

from datetime import datetime

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Daily, PersonalData
from shanhai.registers.people.services import erase_due_people

PERSONAL_DATA = PersonalData(
    key="people.Person",
    fields=("name", "duty", "work_phone", "user", "organisation"),
    purpose=message(gettext_noop("让有关人员知道某项工作由谁负责、怎样联系。")),
    keep_until=message(gettext_noop("任职结束满三年。")),
    erase=erase_due_people,
)


def every_day(by: Actor, at: datetime) -> str:
    """Erase personal data that is past its date, and say of how many people."""
    return str(erase_due_people(by=system("worker", (Permission.PERSON_MANAGE.value,)), at=at))


DAILY = Daily("people.erase_due", message(gettext_noop("删去到期的个人信息")), "03:30", every_day)
