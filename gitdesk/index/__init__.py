"""The speed: a disposable SQLite image of one commit."""
