"""Plain data to one format; knows no desk and does no I/O."""
