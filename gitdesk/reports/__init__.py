"""Reports: what a desk says of a stretch of its history. Each is one module and one row here."""

from __future__ import annotations

# Name → "module:class" of a Report (see `reports.report`).
REPORTS = {
    "sla": "gitdesk.reports.sla:SlaReport",
}
