# SPDX-License-Identifier: Apache-2.0
"""The five criteria of the contest as they come with the product. Their names are the articles', the words are ours."""

from __future__ import annotations

from shanhai.team.contests.values import CriterionFacts

SOURCE = "示例：名称见公开报道，内容和分值由指挥部定"
TRIMS_FROM = 5
CRITERIA = (
    CriterionFacts("站位", "Standing", "任务想得清，计划跟着规划走，大事不漏。", 20, 100),
    CriterionFacts("贡献", "Contribution", "项目、资金、就业、消费帮扶做成了多少，有凭据。", 30, 100),
    CriterionFacts("创新", "Innovation", "有没有新的做法，别处能不能照着做。", 20, 100),
    CriterionFacts("状态", "State", "在岗、进度、互相补位，急事有人接。", 15, 100),
    CriterionFacts("纪律", "Discipline", "请销假、用车、接待、廉洁，没有该说没说的。", 15, 100),
)
