"""The rows that were refused, as they stood in the file, with the reason: mend them and upload it again."""

from optins.imports import formats
from optins.imports.escaping import escaped, unescaped
from optins.models import ImportBatch, ImportRow

REASON = "refused because"


def refused_rows(batch: ImportBatch) -> bytes:
    """A file of the same kind and with the same headings, and a column more. Raises FileError."""
    content = bytes(batch.content)
    table = formats.read(content)
    refused = batch.rows.filter(outcome=ImportRow.Outcome.REFUSED)
    reasons = dict(refused.values_list("number", "problem"))
    # Mended rows may come back with the column that we added, so it is never there twice.
    kept = [place for place, heading in enumerate(table.headers) if heading != REASON]
    rows = [
        [escaped(unescaped(row[place])) for place in kept] + [escaped(reasons[line])]
        for line, row in zip(table.lines, table, strict=True)
        if line in reasons
    ]
    headings = [escaped(table.headers[place]) for place in kept]
    return formats.written([*headings, REASON], rows, xlsx=formats.is_xlsx(content), mark=True)


def name_of(batch: ImportBatch) -> str:
    ending = "xlsx" if formats.is_xlsx(bytes(batch.content)) else "csv"
    return f"refused-{batch.pk}.{ending}"
