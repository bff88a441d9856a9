"""Accounts with their totals by day, and entries with their postings."""

from shanhai.registers.ledger.models.accounts import Account, DayTotal
from shanhai.registers.ledger.models.entries import AppendOnly, Entry, Posting
from shanhai.registers.ledger.models.lookups import AnyOf

__all__ = ["Account", "AnyOf", "AppendOnly", "DayTotal", "Entry", "Posting"]
