# SPDX-License-Identifier: Apache-2.0
"""What people type where publications are listed and taken in."""

from __future__ import annotations

import io
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from shanhai.insight.evidence.labels import LEVELS
from shanhai.insight.evidence.sources.rules import guessed
from shanhai.insight.evidence.sources.selectors import read_text
from shanhai.insight.evidence.texts.selectors import open_text
from shanhai.insight.evidence.texts.values import Original
from shanhai.insight.evidence.values import Level
from shanhai.kernel.errors import BadInput
from shanhai.registers.tables.forms import DayField

LONGEST_PASTE = 200_000
# A larger file is opened only once it is known to be what it says.
LARGEST_LOOKED_INTO = 2_000_000
LEVEL_CHOICES = [(level.value, _(word)) for level, word in LEVELS.items()]
SUGGESTED = ("title", "outlet", "published_on")


class FilterForm(forms.Form):
    """The filters above the list. What cannot be understood filters nothing."""

    programme = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("标题或媒体"), required=False, max_length=100)
    level = forms.ChoiceField(label=_("级别"), required=False, choices=[("", _("全部")), *LEVEL_CHOICES])
    waiting = forms.BooleanField(label=_("只看还有数没有核的"), required=False)

    def filters(self) -> dict[str, Any]:
        """The filters that were understood."""
        self.is_valid()
        found = {name: value for name in ("text", "waiting") if (value := self.cleaned_data.get(name))}
        level = self.cleaned_data.get("level")
        return {**found, "level": Level(level)} if level else found


class TakeInForm(forms.Form):
    """A publication, pasted or in a file, and where it stood. What is left empty is suggested, to be looked at."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("正文"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("把文章整篇贴在这里；原文一个字也不改。"),
    )
    file = forms.FileField(
        label=_("或者选文件"),
        required=False,
        help_text=_(".txt、.html、.docx、.pdf、.xlsx"),
        widget=forms.ClearableFileInput(attrs={"accept": ".txt,.html,.htm,.docx,.pdf,.xlsx"}),
    )
    title = forms.CharField(label=_("标题"), max_length=200, help_text=_("这三项不填，会按原文建议，请您核对。"))
    outlet = forms.CharField(label=_("媒体"), max_length=60)
    published_on = DayField(label=_("发表日期"))
    level = forms.ChoiceField(label=_("级别"), choices=[("", _("请选择")), *LEVEL_CHOICES])
    url = forms.URLField(label=_("网址"), required=False, max_length=500, assume_scheme="https")

    def clean(self) -> dict[str, Any]:
        """The publication, one way or the other; what it says of itself fills what was left empty, and is not saved."""
        given = super().clean() or {}
        if not self.errors.keys() & {"text", "file"} and bool(self._pasted()) == bool(given.get("file")):
            self.add_error("text", _("贴正文或者选文件，二者选一。"))
        missing = [name for name in SUGGESTED if self.has_error(name, "required")]
        if missing and not self.errors.keys() & {"text", "file"}:
            self._suggest(missing)
        return given

    def content(self) -> tuple[IO[bytes], str]:
        """What is to be kept, and its name; of a paste that is its title."""
        file = self.cleaned_data["file"]
        if file:
            return file, file.name
        title = self.cleaned_data["title"].replace("/", "-").replace("\\", "-")
        return io.BytesIO(self.cleaned_data["text"].encode()), f"{title}.txt"

    def _pasted(self) -> str:
        return str(self.cleaned_data.get("text") or "").strip()

    def _suggest(self, missing: list[str]) -> None:
        file = self.cleaned_data.get("file")
        original = Original(self._pasted(), {})
        # What cannot be read is refused when it is kept.
        with suppress(BadInput):
            original = _opened(file) if file and file.size <= LARGEST_LOOKED_INTO else original
        guess = guessed(read_text(original)[0].text)
        data = dict(self.data.items())
        for name in missing:
            if value := getattr(guess, name):
                data[name] = str(value)
                del self.errors[name]
                self.add_error(name, _("这是按原文填的。请核对，再收一次。"))
        self.data = data


def _opened(file: UploadedFile[Any]) -> Original:
    with NamedTemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        return open_text(path=Path(copy.name), name=file.name or "")
