# SPDX-License-Identifier: Apache-2.0
"""What people type on the pages of the team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import ReasonForm, SavingForm, refused
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.registers.organisations.selectors import named_organisation
from shanhai.registers.tables.forms import UNCHOSEN, Choices, DayField, WholeField, offer
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.values import Field, Holds, TableKind
from shanhai.team.secondments import labels
from shanhai.team.secondments.services.posts import MOST_NEEDS, MOST_TITLE
from shanhai.team.secondments.services.teaching import MOST_NAME
from shanhai.team.secondments.services.teaching import MOST_TITLE as MOST_TAUGHT
from shanhai.team.secondments.states import PostState
from shanhai.team.secondments.values import Check, PostFacts, PostKind, TeachingFacts, TeachingKind

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Nomination

UNITS = "units"
_STORED = {text: kind for kind, text in labels.KINDS.items()}
ROSTER = TableKind(
    "roster",
    message(gettext_noop("队伍花名册")),
    (
        Field("name", ("姓名",), required=True, identity=True),
        Field("title", ("岗位", "岗位名称", "挂任职务"), required=True, identity=True, width=26),
        Field("kind", ("类别", "选派类别"), read=cells.word(_STORED, PostKind), choices=tuple(labels.KINDS.values())),
        Field("place", ("县", "受援县", "行政区划"), required=True, read=cells.text_of),
        Field("receiver", ("受援单位", "接收单位"), required=True, width=26),
        Field("sender", ("选派单位", "派出单位"), required=True, width=26),
        Field("since", ("到岗", "到岗日", "开始日"), Holds.DAY, required=True),
        Field("until", ("离岗", "离岗日", "截止日"), Holds.DAY, required=True),
        Field("full_time", ("全职",), read=cells.yes_or_no, choices=("是", "否")),
        Field("altitude_m", ("海拔",), Holds.COUNT, cells.whole_number(-200, 9000), bracket="（米）"),
    ),
    tells=lambda keys: {"title", "sender"} <= set(keys),
    passed_over=frozenset({"序号", "备注", "说明", "原因"}),
    asks_for="“岗位”“选派单位”",
    notes=(
        ("一行一段派驻", "同一个人先后在两个岗位，写两行。离岗日是不再在岗的第一天。"),
        ("单位", "先在“单位名录”里登记，这里写全称。"),
        ("不写的", "不写民族、政治面貌、家庭、身份证号，也不写健康情况。"),
    ),
)
_KINDS = [(kind.value, _(words)) for kind, words in labels.KINDS.items()]
_ALL = ("", _("全部"))
_LISTED = {"list": UNITS, "autocomplete": "off"}


class UnitField(forms.CharField):
    """A registered unit by its whole name; answers its uuid. ``viewer`` is set by the form."""

    viewer: Actor

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("已登记的单位全称。")
        super().__init__(max_length=120, help_text=help_text, widget=forms.TextInput(attrs=_LISTED), **kwargs)

    def clean(self, value: Any) -> UUID | None:
        """The uuid, None where nothing was typed. Raises ValidationError for none and for several."""
        name = super().clean(value)
        try:
            return named_organisation(viewer=self.viewer, name=name).uuid if name else None
        except BadInput as error:
            raise refused(error) from error


class RosterForm(forms.Form):
    """The filters above the roster. What cannot be understood filters nothing."""

    programme = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    as_of = DayField(label=_("哪一天"), required=False)
    place = forms.ChoiceField(label=_("县"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[_ALL, *_KINDS])
    text = forms.CharField(label=_("姓名、岗位或单位"), required=False, max_length=100)

    def __init__(self, asked: Mapping[str, str], *, day: date, counties: Iterable[tuple[str, str]]) -> None:
        super().__init__({"as_of": day.isoformat(), **{name: asked[name] for name in asked}})
        offer(self, "place", [("", gettext("全部")), *counties])

    def filters(self) -> dict[str, str]:
        """The filters beside the scope that were understood."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("kind", "text")}


class PostsForm(RosterForm):
    """The filters above the posts."""

    text = forms.CharField(label=_("岗位或单位"), required=False, max_length=100)

    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[_ALL, *((state.value, _(words)) for state, (_mark, words) in labels.POST_STATES.items())],
    )
    vacant = forms.BooleanField(label=_("只看空着的"), required=False)

    def filters(self) -> dict[str, Any]:
        """The filters beside the scope that were understood."""
        found: dict[str, Any] = super().filters()
        known = {one.value for one in PostState}
        state = self.cleaned_data.get("state", "")
        return {**found, "state": state if state in known else "", "vacant": self.cleaned_data.get("vacant", False)}


class PostForm(SavingForm):
    """A post that is asked for."""

    batch = forms.ChoiceField(label=_("第几批"))
    title = forms.CharField(label=_("岗位名称"), max_length=MOST_TITLE, help_text=_("例如：县人民医院骨科医生。"))
    kind = forms.ChoiceField(label=_("类别"), choices=_KINDS)
    place = forms.ChoiceField(label=_("县"))
    receiver = UnitField(label=_("受援单位"))
    since = DayField(label=_("从哪天起要人"))
    until = DayField(label=_("到哪天为止"), help_text=_("不再需要的第一天。"))
    full_time = forms.BooleanField(label=_("全职"), required=False, initial=True)
    altitude_m = WholeField(label=_("海拔（米）"), required=False, min_value=-200, max_value=9000)
    needs = forms.CharField(
        label=_("岗位要求"), required=False, max_length=MOST_NEEDS, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(
        self,
        data: Any,
        *,
        viewer: Actor,
        batches: Sequence[tuple[str, str]],
        counties: Sequence[tuple[str, str]],
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial=initial)
        offer(self, "batch", batches)
        offer(self, "place", counties)
        unit = self.fields["receiver"]
        assert isinstance(unit, UnitField)
        unit.viewer = viewer

    def clean(self) -> dict[str, Any]:
        """What a service is told: the batch and the facts."""
        given = super().clean() or {}
        if self.errors:
            return given
        facts = {name: value for name, value in given.items() if name != "batch"}
        return {"batch": UUID(given["batch"]), "facts": PostFacts(**{**facts, "kind": PostKind(given["kind"])})}


class ProposeForm(SavingForm):
    """Who is named."""

    person = forms.ChoiceField(label=_("人选"), help_text=_("先在“人员”里登记。"))
    sender = UnitField(label=_("选派单位"), required=False)

    def __init__(self, data: Any, *, viewer: Actor, people: Choices) -> None:
        super().__init__(data)
        offer(self, "person", people, first=UNCHOSEN)
        unit = self.fields["sender"]
        assert isinstance(unit, UnitField)
        unit.viewer = viewer

    def clean_person(self) -> UUID:
        """The person's uuid."""
        return UUID(self.cleaned_data["person"])


class CheckForm(SavingForm):
    """One of the two checks."""

    check = forms.ChoiceField(label=_("审查"))
    passed = forms.ChoiceField(label=_("结果"), choices=[("yes", _("通过")), ("no", _("不通过"))])

    def __init__(self, data: Any, *, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        left = [one for one in Check if getattr(nomination, f"{one}_at") is None]
        offer(self, "check", [(one.value, gettext(labels.CHECKS[one])) for one in left or Check])

    def clean_check(self) -> Check:
        """Which one."""
        return Check(self.cleaned_data["check"])

    def clean_passed(self) -> bool:
        """Whether it is a yes."""
        return bool(self.cleaned_data["passed"] == "yes")


class DispatchForm(SavingForm):
    """From when until when somebody is sent."""

    since = DayField(label=_("到岗日"))
    until = DayField(label=_("离岗日"), help_text=_("不再在岗的第一天。"))


class EndForm(ReasonForm):
    """Another last day."""

    until = DayField(label=_("离岗日"), help_text=_("不再在岗的第一天。"))
    field_order = ("until", "because")


class RelieveForm(SavingForm):
    """Who comes instead, and when."""

    nomination = forms.ChoiceField(label=_("谁来接替"), help_text=_("推荐到这个岗位、审查通过的人。"))
    on = DayField(label=_("哪天接替"))
    until = DayField(label=_("接替的人到哪天为止"))

    def __init__(self, data: Any, *, cleared: Iterable[Nomination], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "nomination", [(str(one.uuid), one.person.name) for one in cleared])

    def clean_nomination(self) -> UUID:
        """The nomination's uuid."""
        return UUID(self.cleaned_data["nomination"])


class TeachingForm(SavingForm):
    """What was taught."""

    kind = forms.ChoiceField(
        label=_("种类"), choices=[(one.value, _(words)) for one, words in labels.TEACHING_KINDS.items()]
    )
    title = forms.CharField(label=_("教的是什么"), max_length=MOST_TAUGHT)
    apprentice = forms.CharField(
        label=_("徒弟姓名"), required=False, max_length=MOST_NAME, help_text=_("只有师带徒填。")
    )
    since = DayField(label=_("开始日"))
    until = DayField(label=_("结束日"), required=False)

    def clean(self) -> dict[str, Any]:
        """The facts."""
        given = super().clean() or {}
        return given if self.errors else {"facts": TeachingFacts(**{**given, "kind": TeachingKind(given["kind"])})}
