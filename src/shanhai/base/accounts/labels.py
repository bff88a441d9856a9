# SPDX-License-Identifier: Apache-2.0
"""The words of accounts for people."""

from __future__ import annotations

from shanhai.base.accounts.roles import ROLES
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area(
    "accounts",
    message(gettext_noop("账号")),
    {
        "accounts.user.created": gettext_noop("新建账号"),
        "accounts.user.corrected": gettext_noop("更正姓名或邮箱"),
        "accounts.user.deactivated": gettext_noop("停用账号"),
        "accounts.user.reactivated": gettext_noop("恢复账号"),
        "accounts.user.erased": gettext_noop("抹去个人信息"),
        "accounts.user.locked_out": gettext_noop("登录失败过多，暂时锁定"),
        "accounts.user.password_changed": gettext_noop("修改自己的密码"),
        "accounts.user.password_set": gettext_noop("重设别人的密码"),
        "accounts.user.second_factors_removed": gettext_noop("清除两步验证"),
        "accounts.second_factor.added": gettext_noop("加上两步验证或通行密钥"),
        "accounts.second_factor.removed": gettext_noop("去掉两步验证或通行密钥"),
        "accounts.second_factor.reset": gettext_noop("换新恢复码"),
        "accounts.outside_identity.added": gettext_noop("连上外部身份"),
        "accounts.outside_identity.removed": gettext_noop("断开外部身份"),
        "accounts.sign_in.failed": gettext_noop("登录失败"),
        "accounts.digest.chosen": gettext_noop("选择待办邮件"),
        "accounts.digest.stopped": gettext_noop("停发摘要邮件"),
        "accounts.console.acted": gettext_noop("在命令行办理"),
        "accounts.role.granted": gettext_noop("给予岗位"),
        "accounts.role.ended": gettext_noop("收回岗位"),
        "accounts.session.opened": gettext_noop("登录"),
        "accounts.session.closed": gettext_noop("退出"),
        "accounts.session.ended": gettext_noop("结束在别处的登录"),
        "accounts.session.refused": gettext_noop("会话与浏览器不符，已结束"),
    },
    {
        "programme.view": gettext_noop("看帮扶的安排和名录"),
        "audit.view": gettext_noop("看操作记录"),
        "user.manage": gettext_noop("管账号和岗位"),
    },
    fields={
        "browser": gettext_noop("浏览器"),
        "demo": gettext_noop("演示账号"),
        "digest": gettext_noop("待办邮件"),
        "grant": gettext_noop("任职"),
        "language": gettext_noop("语言"),
        "locked": gettext_noop("锁定"),
        "provider": gettext_noop("身份来源"),
        "removed": gettext_noop("去掉的"),
        "role": gettext_noop("岗位"),
        "sessions": gettext_noop("结束的登录"),
        "step": gettext_noop("步骤"),
        "user": gettext_noop("账号"),
    },
    words={"role": ({key: role.name for key, role in ROLES.items()},)},
)
