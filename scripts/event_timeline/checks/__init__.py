"""What must be so of the curated files, row by row and all together."""
