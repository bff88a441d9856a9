# SPDX-License-Identifier: Apache-2.0
"""How many companions a reception may have, and the standing meetings that come with the product.

Companions: 党政机关国内公务接待管理规定 (2013), article 10: up to ten guests at most three, above ten at most a third
of the guests; one working meal during a reception.
"""

from __future__ import annotations

FEW_GUESTS, FEW_COMPANIONS, SHARE = 10, 3, 3
# The four of the articles (communication, industry, staff selection, project management), each with its rhythm.
MECHANISMS = (
    ("沟通协商", "Communication", 6),
    ("产业协作", "Industry", 6),
    ("干部人才选派", "Staff selection", 12),
    ("项目管理", "Project management", 3),
)


def companions_allowed(guests: int) -> int:
    """How many of the hosts may sit at a meal with so many guests."""
    return FEW_COMPANIONS if guests <= FEW_GUESTS else guests // SHARE
