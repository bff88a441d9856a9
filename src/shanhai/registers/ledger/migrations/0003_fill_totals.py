"""Builds, from what is stored, the counts and the totals by month and by subject that posting keeps from now on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Where a posting counts: a reversal takes back what had come in where it starts, and what had gone out where it ends.
COUNTS = """
    INSERT INTO ledger_daytotal (account_id, on_date, place, in_fen, out_fen, postings)
    SELECT CASE WHEN is_reversal THEN from_account_id ELSE to_account_id END, on_date, place, 0, 0, COUNT(*)
    FROM ledger_posting WHERE true GROUP BY 1, 2, 3
    ON CONFLICT (account_id, on_date, place) DO UPDATE SET postings = excluded.postings
"""
MONTHS = """
    INSERT INTO ledger_monthtotal (account_id, on_date, place, in_fen, out_fen, postings)
    SELECT account_id, {month}, place, SUM(in_fen), SUM(out_fen), SUM(postings) FROM ledger_daytotal GROUP BY 1, 2, 3
"""
SUBJECTS = """
    INSERT INTO ledger_subjecttotal (programme, subject, on_date, place, fund_source, currency, {columns})
    SELECT programme, subject, on_date, place, fund_source, currency, {sums}
    FROM (
        SELECT posting.programme, subject, on_date, place, left_account.fund_source, posting.currency,
            posting.kind AS entered, left_account.kind AS went_out,
            CASE WHEN is_reversal THEN -amount_fen ELSE amount_fen END AS net
        FROM ledger_posting posting JOIN ledger_account left_account
            ON left_account.id = CASE WHEN is_reversal THEN to_account_id ELSE from_account_id END
    ) AS counted GROUP BY 1, 2, 3, 4, 5, 6
"""
FIRST_OF_MONTH = {"sqlite": "date(on_date, 'start of month')", "postgresql": "date_trunc('month', on_date)::date"}
KINDS = ("commitment", "issued", "arrived", "allotted", "paid", "reserve", "surplus")
OUT = ("allotted", "paid")


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill all three, of which none is there yet."""
    columns = ", ".join((*KINDS, *(f"{kind}_out" for kind in OUT)))
    cases = [("entered", kind) for kind in KINDS] + [("went_out", kind) for kind in OUT]
    sums = ", ".join(f"SUM(CASE WHEN {column} = '{kind}' THEN net ELSE 0 END)" for column, kind in cases)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(COUNTS)
        cursor.execute(MONTHS.format(month=FIRST_OF_MONTH[schema_editor.connection.vendor]))
        cursor.execute(SUBJECTS.format(columns=columns, sums=sums))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_totals_by_month_and_subject")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=False)]
