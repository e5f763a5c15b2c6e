"""Reports: what a desk says of a stretch of its history. Each is one module and one row here."""

from __future__ import annotations

# Name → "module:class" of a Report (see `reports.report`).
REPORTS = {
    "sla": "gitdesk.reports.sla:SlaReport",
    "volume": "gitdesk.reports.volume:VolumeReport",
    "workload": "gitdesk.reports.workload:WorkloadReport",
    "times": "gitdesk.reports.times:TimesReport",
    "tags": "gitdesk.reports.tags:TagsReport",
    "audit": "gitdesk.reports.audit:AuditReport",
}
