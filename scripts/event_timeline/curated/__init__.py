"""The curated files: their columns, their cells, how they are read and written."""
