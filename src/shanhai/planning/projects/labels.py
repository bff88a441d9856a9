# SPDX-License-Identifier: Apache-2.0
"""The words for stages and kinds, and which stages a page draws as waiting, at work, stopped or done."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shanhai.planning.projects.states import Delivery, Level, Novelty, Stage

STAGES: dict[Stage, Promise] = {
    Stage.PREPARATION: _("前期准备"),
    Stage.TENDERING: _("招投标"),
    Stage.READY: _("待开工"),
    Stage.UNDER_WAY: _("已开工"),
    Stage.SUSPENDED: _("停工"),
    Stage.COMPLETED: _("完工"),
    Stage.ACCEPTED: _("验收"),
    Stage.SETTLED: _("竣工决算"),
    Stage.HANDED_OVER: _("移交"),
    Stage.CANCELLED: _("取消"),
}
DELIVERIES: dict[Delivery, Promise] = {Delivery.TURNKEY: _("交钥匙"), Delivery.CHEQUE: _("交支票")}
NOVELTIES: dict[Novelty, Promise] = {Novelty.NEW: _("新建"), Novelty.CONTINUING: _("续建")}
LEVELS: dict[Level, Promise] = {
    Level.PREFECTURE: _("州（市）级"),
    Level.COUNTY: _("县级"),
    Level.TOWNSHIP: _("乡镇级"),
    Level.VILLAGE: _("村级"),
}
