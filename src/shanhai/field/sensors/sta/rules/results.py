# SPDX-License-Identifier: Apache-2.0
"""What a result may be, by the observationType of its datastream (18-088, table 12). Of a type of others, anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shanhai.field.sensors.store.values import MOST_NUMBER
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message

_NAMES = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_"
COMPLEX = f"{_NAMES}ComplexObservation"
_SHOULD = {
    "OM_Measurement": gettext_noop("这个数据流的结果是数（OM_Measurement），不能是 %(given)s。"),
    "OM_CountObservation": gettext_noop("这个数据流的结果是整数（OM_CountObservation），不能是 %(given)s。"),
    "OM_TruthObservation": gettext_noop("这个数据流的结果是 true 或 false（OM_TruthObservation），不能是 %(given)s。"),
    "OM_CategoryObservation": gettext_noop("这个数据流的结果是文字（OM_CategoryObservation），不能是 %(given)s。"),
}


def is_number(value: Any) -> bool:
    """Whether a JSON value is a number that can be kept as one."""
    return type(value) in (int, float) and abs(value) < MOST_NUMBER


_FITS: dict[str, Callable[[Any], bool]] = {
    "OM_Measurement": is_number,
    "OM_CountObservation": lambda one: is_number(one) and one == int(one),
    "OM_TruthObservation": lambda one: isinstance(one, bool),
    "OM_CategoryObservation": lambda one: isinstance(one, str),
}


def short(observation_type: str) -> str:
    """The name at the end of an address of an observationType."""
    return observation_type.rpartition("/")[2]


def unfit(result: Any, observation_type: str, multi_types: Sequence[str] | None) -> Message | None:
    """Why a result does not fit its datastream; None where it does. Null always fits: there was none."""
    if multi_types is None:
        return _wrong(result, observation_type)
    if not isinstance(result, list) or len(result) != len(multi_types):
        return message(gettext_noop("结果须是 %(count)s 个值的数组，与各观测属性逐个对应。"), count=len(multi_types))
    found = (_wrong(one, kind) for one, kind in zip(result, multi_types, strict=True))
    return next((one for one in found if one is not None), None)


def checked(result: Any, observation_type: str, multi_types: Sequence[str] | None) -> None:
    """Raise BadInput for a result that does not fit."""
    if (reason := unfit(result, observation_type, multi_types)) is not None:
        raise BadInput(reason.text, "sta.result", field="result", **reason.params)


def _wrong(value: Any, observation_type: str) -> Message | None:
    kind = short(observation_type)
    fits = _FITS.get(kind)
    if value is None or fits is None or fits(value):
        return None
    return message(_SHOULD[kind], given=str(value)[:60])
