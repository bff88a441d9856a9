# SPDX-License-Identifier: Apache-2.0
"""The five questions of the self-inspection as they come with the product: ours, marked 示例.

The articles speak of five questions and do not print them.
"""

from __future__ import annotations

SOURCE = "示例：公开报道只说有五问，没有写内容"
QUESTIONS = (
    "今年的任务，件件有人管、有期限、有进度吗？",
    "项目和资金，进度对得上、凭据齐全吗？",
    "人在岗吗？请销假、外出、用车都按规定办了吗？",
    "安全和健康，隐患查了、表填了吗？",
    "廉洁和节约，责任书签了、接待没有超标吗？",
)
