# SPDX-License-Identifier: Apache-2.0
"""Accounts, whose rows writers lock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.kernel.money import CURRENCY
from shanhai.registers.ledger.values import AccountKind

SLUG = r"^[a-z0-9][a-z0-9-]*\Z"


class AccountQuerySet(models.QuerySet["Account"]):
    def of_book(self, programme: str, fund_source: str, currency: str) -> AccountQuerySet:
        """The accounts of one fund source in one programme, in the order in which they are locked."""
        return self.filter(programme=programme, fund_source=fund_source, currency=currency).order_by("pk")


class Account(models.Model):
    """A station of money. Programme and fund source are codes: the apps that own them lie above this one."""

    programme = models.CharField(max_length=40)
    fund_source = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    currency = models.CharField(max_length=3, default=CURRENCY)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "fund_source", "kind", "currency"],
                name="ledger_account_is_one_of_its_kind_in_programme_and_fund_source",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(AccountKind)), name="ledger_account_kind_is_known"),
            models.CheckConstraint(condition=Q(programme__regex=SLUG), name="ledger_account_programme_is_a_slug"),
            models.CheckConstraint(condition=Q(fund_source__regex=SLUG), name="ledger_account_fund_source_is_a_slug"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}\Z"), name="ledger_account_currency_is_three_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.fund_source} {self.kind} {self.currency}"
