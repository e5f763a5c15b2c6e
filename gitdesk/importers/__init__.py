"""Importers: what each foreign file becomes, as neutral tickets."""

FORMATS = {
    "jsonl": "gitdesk.importers.jsonl:tickets",
    "github": "gitdesk.importers.github:tickets",
    "csv": "gitdesk.importers.csv_:tickets",
}
