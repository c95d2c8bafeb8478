"""Checks of the curated files: the rules, and the checker that applies them."""
