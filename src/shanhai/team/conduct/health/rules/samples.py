# SPDX-License-Identifier: Apache-2.0
"""The four lists and the table as they come with the product: ours, marked 示例, for a health keeper to replace.

What the official ones contain is not public. Thresholds: blood pressure by the Chinese guideline on hypertension
(140/90 mmHg at rest), pulse by the usual bound of tachycardia (100 a minute), acute mountain sickness by the Lake
Louise score of 2018 (3 points and headache; Roach et al., High Altitude Medicine and Biology 19(1), 2018). Saturation
falls with altitude and has no common threshold: 85 is a sample, which the health keeper sets for the place.
"""

from __future__ import annotations

from collections.abc import Mapping

from shanhai.team.conduct.values import ListKind

SOURCE = "示例：内容和阈值由健康管理员按医嘱定"
SAMPLES: Mapping[ListKind, str] = {
    ListKind.ENTRY: """体检日期 | Day of the check-up | 日期
收缩压 | Systolic blood pressure | 数字 | mmHg | 60 | 260 | 90 | 140
舒张压 | Diastolic blood pressure | 数字 | mmHg | 30 | 160 | 60 | 90
静息心率 | Resting pulse | 数字 | 次/分 | 30 | 220 | 50 | 100
心电图有异常 | Abnormal ECG | 是否 |||||1
胸片有异常 | Abnormal chest X-ray | 是否 |||||1
腹部超声有异常 | Abnormal abdominal ultrasound | 是否 |||||1
体检结论 | Conclusion of the check-up | 文字""",
    ListKind.CHRONIC: """高血压 | Hypertension | 是否 |||||1
心脏病 | Heart disease | 是否 |||||1
肺部疾病 | Lung disease | 是否 |||||1
糖尿病 | Diabetes | 是否 |||||1
其他慢病 | Other chronic illness | 文字
常用药和剂量 | Regular medicines and doses | 文字
药还够几天 | Days the medicine lasts | 数字 | 天 | 0 | 400 | 14
过敏 | Allergies | 文字""",
    ListKind.ALTITUDE: """到高原的日期 | Day of arrival at altitude | 日期
住地海拔 | Altitude of where one sleeps | 数字 | 米 | 0 | 6000
第几天的记录 | Day of the record | 数字 | 天 | 1 | 60
头痛（0–3） | Headache (0–3) | 数字 |  | 0 | 3
胃肠不适（0–3） | Stomach trouble (0–3) | 数字 |  | 0 | 3
乏力（0–3） | Fatigue (0–3) | 数字 |  | 0 | 3
头晕（0–3） | Dizziness (0–3) | 数字 |  | 0 | 3
四项合计 | Sum of the four (Lake Louise) | 数字 | 分 | 0 | 12 |  | 2
血氧饱和度 | Oxygen saturation | 数字 | % | 40 | 100 | 85""",
    ListKind.EMERGENCY: """血型 | Blood group | 文字
紧急联系人 | Emergency contact | 文字
紧急联系人电话 | Phone of the contact | 文字
和本人的关系 | Relation | 文字
就近医院 | Nearest hospital | 文字
后送路线和去处 | Evacuation route and destination | 文字
随身备有氧气 | Oxygen at hand | 是否""",
    ListKind.MONTHLY: """收缩压 | Systolic blood pressure | 数字 | mmHg | 60 | 260 | 90 | 140
舒张压 | Diastolic blood pressure | 数字 | mmHg | 30 | 160 | 60 | 90
静息心率 | Resting pulse | 数字 | 次/分 | 30 | 220 | 50 | 100
血氧饱和度 | Oxygen saturation | 数字 | % | 40 | 100 | 85
这个月在高原几天 | Days at altitude this month | 数字 | 天 | 0 | 31
睡眠差 | Poor sleep | 是否 |||||1
要不要看医生 | Wants to see a doctor | 是否 |||||1
想说的 | Anything to say | 文字""",
}
