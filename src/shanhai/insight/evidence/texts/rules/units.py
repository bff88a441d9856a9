# SPDX-License-Identifier: Apache-2.0
"""Units of running text, in their base form: what stands behind a number for it to be a quantity."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

# Whatever numeral stands before them.
_MEASURES = """
美元 港元 欧元 日元 澳元 元 平方公里 平方千米 平方米 平米 平方公尺 立方米 公里 千米 公尺 厘米 毫米 延米 米 公顷 亩
千克 公斤 毫克 微克 克 吨标准煤 吨 斤 千瓦时 千瓦 兆瓦 千伏安 千伏 毫升 升 小时 分钟 秒 工作日 个月 日 周 岁 倍 天 年
摄氏度 ℃ °C 勒克斯 分贝 赫兹 毫米汞柱
"""
# Whatever numeral stands before them, but for 二, which counts nothing by itself.
_COUNTERS = """
人次 人 名 位 户 家 所 个 项 场 次 批 篇 台 套 头 只 株 辆 座 条 处 件 份 支 种 间 栋 幢 张 例 册 幅 棵 匹 款 枚
艘 盏 箱
"""
# Behind arabic numerals and larger Chinese ones only: behind a small Chinese one they are names or ordinals.
_AFTER_ARABIC = """
场次 户次 家次 项次 批次 头次 头只
班次 车次 架次 课时 学时 台次 例次 类 期 届 组 队 对 面 块 根 部 口 眼 节 堂 轮 县 乡 镇 村 省 市 校 宗 笔 起 门
站 企 层 班 列 本 片 羽 尾 单 袋 瓶 桶 车 趟 封 床 分 道 段 点 亩次 剂次 剂 度
幕 副 顶 床位 服务站 盒 双 罐 捆 筐
"""
# By themselves only: behind 5 the letter G is no gram.
_LATIN = {
    "km²": "平方公里", "km": "公里", "kg": "千克", "㎡": "平方米", "m²": "平方米", "m³": "立方米", "hm²": "公顷",
    "cm": "厘米", "mm": "毫米", "m": "米", "mg": "毫克", "g": "克", "t": "吨", "mL": "毫升", "ml": "毫升", "L": "升",
    "kWh": "千瓦时", "MWh": "兆瓦时", "kW": "千瓦", "MW": "兆瓦", "GW": "吉瓦", "W": "瓦",
    "kVA": "千伏安",
    "kV": "千伏", "V": "伏", "MPa": "兆帕", "kPa": "千帕", "hPa": "百帕", "mmHg": "毫米汞柱", "h": "小时",
    "min": "分钟", "dB": "分贝",
    **{unit: unit for unit in ("g/L", "mg/L", "mmol/L", "μmol/L", "mg/kg", "m/s", "m³/s", "km/h",
                               "Mbps", "Gbps", "GB", "TB", "MB", "Hz", "ppm", "lx")},
}  # fmt: skip
_BASE = {
    "平方千米": "平方公里", "平米": "平方米", "平方公尺": "平方米", "公尺": "米", "千米": "公里",
    "摄氏度": "℃", "°C": "℃", "方": "立方米", **_LATIN,
}  # fmt: skip
ARABIC_ONLY = frozenset(_AFTER_ARABIC.split())
COUNTERS = frozenset(_COUNTERS.split()) | ARABIC_ONLY
# By unit, what may not follow: with it the character is another word (项目, 家庭, 人均).
_OTHER_WORDS = """
日=(?!以?之?内)
度=假|过|夏|冬|大转|无死角
个=别|性|体(?!户)|税 项=目(?!标) 名=称|额|单|义|录|誉|列 家=庭|长|园|乡|具|电|属(?!于)|禽|畜|访|渠
所=以|有|需|谓|属|示|在 人=均|民|口|员|才|生(?!产)|大|社|力|事|士|类|物|行|居|工智 次=序|要|元|产业|生|于|日|年
场=所|地|景|馆|面 位=数|于|置|一体|列 年=级|制|代|轻|龄|薪|会|报|鉴|度|底|末|初|终|货|期|检|终
天=然|津|水|气|府|山|路|池 分=别|之|钟|为|布|工|类|批|期|配|享|析|局|支|校|院|公|社|红|级 点=位|多|击|对|名|赞
部=门|委|分|署|队|落 期=间|工程|项目|待|末|中|叠加 面=积|向|对|临|上|粉|貌 口=岸|径|号|罩
对=口|接|应|比|标|照|外|于 组=织|团|成|建|长 队=伍|员 单=位|独|项|一|元 本=地|级|次|年|科|轮|省|市|县|报|网|部
起=来|步|到|点|草|草|诉|义 市=场|民|级|值|委 县=级|域|委|长 乡=村|亲|镇|土 镇=村|长 村=民|级|委|里|容|庄
省=级|委|份|长 校=园|区|长|企|友|舍 门=类|户|诊|店 块=儿 节=约|能|水|点|日|目|省 站=点 层=级|面|次 条=件|例|款|约
处=理|于|置|级|长|分|罚|方 支=持|援|付|部|出|撑|教|农|行|队 头=号|条|等 台=账|州|湾|风|阶|北 套=餐|种|取
只=有|要|能|是|为 种=植|养|子|牛|羊|苗|业|地 类=似|型 道=路|德|具 件=均 周=年|岁|边|围|期|末|长|密 张=家
间=接|隔|距 份=额 例=如|会|外 段=落 根=据|本|源 车=辆|间|站 床=上 企=业 片=区|面 元=旦|素|宵|年|月|首
克=服|州|拉|苏|孜 米=林|粉|面|业|饭|线 斤=斤 升=级|学|至|到|高|值|旗|温 倍=增|受|感|加 座=谈|位
批=示|复|评|准|次|发|零 轮=换|岗|训|流|值|胎 眼=科|睛|界 笔=试|记|直 封=山|闭|面|顶
秒=杀|表|懂 班=级|子|组|次|主任|线|底|长|车 列=入|为|出|举|席|表|支|车
届=[一二三四五六七八九]中|全国|省|市|中央|党 篇=章|幅 亩=产|均 幕=后|墙 岁=月
"""
_NOT = dict(pair.split("=", 1) for pair in _OTHER_WORDS.split())


def _with_exceptions(words: str) -> str:
    found = sorted(words.split(), key=len, reverse=True)
    return "|".join(f"{word}(?!{_NOT[word]})" if word in _NOT else word for word in found)


_PER = (
    r"(?:/(?:平方米|平方公里|立方米|公斤|千克|千瓦时|百公里|公顷|小时|分钟|人·年|人次|万元|吨|亩|人|户|月|年|天|斤|个|株|头|只|公里"
    r"|米|台|套|秒|日|分|周|季|次|床|升|村|县|校|户|度|kWh|h|d|s)(?![A-Za-z])){0,2}+"
)
# 480方 of water and 1.8万路 of pictures; 三方 and 3路 are sides and a bus.
_RARE = r"(?<=[0-9万亿])方(?![面案法式向位针便略言可圆块正才志队阵程米协合会])|(?<=万)路|路(?=视频|监控|摄像|高清|信号)"
UNIT = (
    rf"(?:/10万(?![0-9元])|{_RARE}|"
    r"个?百分点|个?基点|[%‰]|个半(?:小时|月)|个?多?(?:小时|月(?!份))(?<=个月|多月|小时)|个?工作日|人\s?\(次\)|"
    + rf"(?:{_with_exceptions(_MEASURES)}|{_with_exceptions(_COUNTERS + _AFTER_ARABIC)}"
    + rf"|(?:{'|'.join(sorted(_LATIN, key=len, reverse=True))})(?![A-Za-z0-9²³+])){_PER})"
)


@lru_cache(maxsize=1024)
def base_of(written: str) -> str:
    """The base form of a unit as a text writes it: 个百分点 is 百分点, km 公里, 人(次) 人次."""
    if written in _BASE:
        return _BASE[written]
    head, slash, per = written.partition("/")
    if head.startswith("人") and "次" in head:
        return "人次"
    head = head.removeprefix("个") if head in ("个百分点", "个基点", "个工作日", "个小时", "个多小时") else head
    head = {"多月": "个月", "个多月": "个月", "多小时": "小时", "个半小时": "小时", "个半月": "个月"}.get(head, head)
    return _BASE.get(head, head) + slash + per


_IN_HEADER = re.compile(rf"([十百千]?[万亿]|[百千](?![米克瓦]))?({UNIT})")
_TIMES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def factor_in(label: str) -> tuple[Decimal, str] | None:
    """The factor and the base form of the unit that a table's header names: 万元 is (10000, 元). None for no unit."""
    found = _IN_HEADER.fullmatch(label)
    if not found:
        return None
    times = Decimal(1)
    for mark in found[1] or "":
        times *= _TIMES[mark]
    return times, base_of(found[2])
