"""Takes everything out of a desk: as neutral tickets, as a table of them, as columns for analysis."""
