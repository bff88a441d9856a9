# SPDX-License-Identifier: Apache-2.0
"""What people fill in on the pages of the map."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from shanhai.base.forms import SavingForm


class TokenForm(SavingForm):
    """For what a token is."""

    name = forms.CharField(label=_("给谁用"), max_length=100, help_text=_("写哪个程序、哪台电脑，收回时好认。"))


class RevokeForm(SavingForm):
    """Which token is revoked."""

    token = forms.UUIDField(widget=forms.HiddenInput)
