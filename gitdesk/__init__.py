"""gitdesk: a help desk whose tickets are Markdown files in a Git repository."""

__version__ = "0.1.0"
