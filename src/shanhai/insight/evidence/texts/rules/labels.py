# SPDX-License-Identifier: Apache-2.0
"""What looks like a quantity and is none: ordinals, dates, plans, names, slogans, set phrases.

Decided once, and annotated so in the corpus:

- 一 by itself is an article (一名干部, 一项任务), save before a measure (一倍, 一亿元). A bare 百, 千, 万, 亿 or 几, 数
  is a way of speaking (万亩茶园, 千家万户, 数十名), save where a word bounds it: 近百名, 上千人, 百余户.
- N大X outside quotation marks counts named things and is a quantity of 个 (八大提升行动 is 8), and so do
  五张金名片 and 四个方面. In short quotation marks, or in the title of a paper, the same is a slogan or a name
  (“四个并重”, 《…三年行动…》).
- An anniversary (30周年) is the name of an event, a number of years that says when (两年来, 过去五年, 近三年) is a
  period, one that names a term or a plan (三年行动, 五年规划, 三年援藏) is a name. A duration (历时3年, 两年多, 30日内)
  is a quantity.
- A session or congress (十九届, 二十大) is an ordinal; 连续举办3届 counts. 前10名 is a rank.
- 2+1+2, 9·5, versions, codes, telephone and document numbers have no unit, and a number without one is no quantity
  outside a table.
"""

from __future__ import annotations

import re

_N = "[零一二三四五六七八九十百千万两0-9]"
_CN = "[零一二三四五六七八九十]"
_DAY = rf"(?:[0-9]{{1,2}}|{_CN}{{1,3}})"
_TO = "[-~至到、和]{1,2}"

# Tried at the first character of a number, or at 第, 几, 数. What matches is passed over.
LABEL = re.compile(
    r"第\s?[0-9零一二三四五六七八九十百千两]+(?:[-~至到、][0-9零一二三四五六七八九十百千]+)?.?"
    rf"|[几数][十百千万亿]+|几"
    rf"|(?:19|20)[0-9]{{2}}(?:[-./][0-9]{{1,2}}){{1,2}}(?:[ T]?[0-9]{{1,2}}(?::[0-9]{{2}}){{1,2}})?(?![0-9万亿个%])"
    rf"|(?:19|20)[0-9]{{2}}\s?年?{_TO}(?:19|20)?[0-9]{{2}}\s?年(?:度)?(?!级)"
    rf"|(?:19|20)[0-9]{{2}}\s?年(?:度|(?:{_TO})?{_DAY}月(?:{_DAY}日)?)?"
    rf"|[一二零][零一二三四五六七八九]{{3}}年(?:{_DAY}月(?:{_DAY}日)?)?"
    rf"|{_DAY}(?:月{_DAY}日)?{_TO}{_DAY}(?:月(?:{_DAY}日)?|日(?!内))(?!均)|{_DAY}月(?:{_DAY}日)?"
    rf"|{_DAY}[日号](?!内|均)"
    r"|[0-9]{1,2}点(?:半|整|许|左右|(?!意见|要求|建议|体会|希望|经验|启示|措施|说明|做法|考虑|共识|[0-9]))"
    r"|[0-9]{1,2}[:时点][0-9]{1,2}(?:分(?!之)|:[0-9]{2})?(?![0-9万亿个])"
    rf"|{_N}+(?:\+{_N}+)+|7[×xX*]24小时|24小时(?=值班|值守|不间断|在线|服务|热线)"
    r"|十[一二三四五六七八九]五(?![十百千万亿])|[0-9零一二三四五六七八九十]+世纪(?:[0-9零一二三四五六七八九十]+年代)?|[0-9零一二三四五六七八九十]+(?:年代|周年|期叠加)"
    r"|十[一二三四五六七八九]大|二十大|[一二三四五六七八九十]{1,3}届(?!培训|毕业)|二十?[届大次期批年](?![多余])"
    rf"|{_N}+(?:个月|天)来(?!自|到|源)|{_N}+年(?:义务|免费教育|一贯|以来|来(?!自|到|源)|间|行动|规划|计划|方案|援[藏疆青川]|对口|任期|制|合计|累计|总计)"
    r"|(?<=过去|今后|未来|最近|这几|上一)[0-9一二三四五六七八九十两]+年|(?<=[近前头后][^0-9]|.[近前头后])(?<!已近|将近|接近|有近)[0-9一二三四五六七八九十两]+(?:年(?!多|余)|个月|[批届](?!次)|(?:名|位|强)(?!干部|学员|学生|教师|专家))"
    r"|两个(?:确立|维护|结合|毫不动摇|一百年|百年|大局|全覆盖|责任|先行)|三个(?:代表|离不开|赋予|务必|区分|意识)|四个(?:意识|自信|全面|伟大|特别|创建|走在|服从|确保|并重|不摘|最严|对标)"
    r"|五个(?:认同|统筹|一批|共同|必须)|六个(?:必须|一)|八个(?:一批|明确)|十个(?:明确|坚持)|八项规定|四项基本|三项制度|三位一体|五位一体|四套班子|三支一扶|三条红线|两条(?:腿走路|生命线)"
    r"|四处(?=[奔走寻游])|四面|三台县|五台(?:山|县)|九台区|七台河|五大连池|四大(?:名著|天王)|三门(?:峡|县)|五家渠|三家村|万年县|千斤|百年|千年|三头六臂|两头在外|三天两头|三人行|四人帮"
    r"|[二三](?:次(?:产业|元|分配|创业)|级|期)|三大(?:球|产业)"
)  # fmt: skip
# What an opening and a closing mark enclose; what is as short as this is a name or a slogan.
SHORT, TITLE, TERM = 22, 60, 7


def in_name(plain: str, start: int, end: int, *, slogan: bool) -> bool:
    """Whether the number stands in the title of a paper or in quotation marks as short as a term (4500米), or, with
    ``slogan``, in short ones."""
    if (opened := plain.rfind("《", max(0, start - TITLE), start)) >= 0 and plain.find("》", opened, start) < 0:
        closed = plain.find("》", end, end + TITLE)
        if closed >= 0 and "\n" not in plain[opened:closed]:
            return True
    if start and plain[start - 1] in "\"'“‘" and plain[end : end + 1] in ('"', "'", "”", "’"):
        return True
    most = SHORT if slogan else TERM
    opened = plain.rfind("“", max(0, start - most), start)
    if opened < 0 or plain.find("”", opened, start) >= 0:
        return False
    closed = plain.find("”", end, opened + most + 2)
    return closed >= 0 and not any(mark in plain[opened:closed] for mark in "，。；,;")
