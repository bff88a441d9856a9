"""Accounts, entries with their postings, and the totals kept beside them."""

from shanhai.registers.ledger.models.entries import Account, AppendOnly, Entry, Posting
from shanhai.registers.ledger.models.totals import DayTotal, MonthTotal, SubjectTotal

__all__ = ["Account", "AppendOnly", "DayTotal", "Entry", "MonthTotal", "Posting", "SubjectTotal"]
