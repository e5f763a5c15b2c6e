"""The truth: documents in Git."""
