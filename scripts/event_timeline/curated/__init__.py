"""The curated files: columns, cells, reading, writing, formatting."""
