"""What git remembers of the curated files, and what a change does to them."""
