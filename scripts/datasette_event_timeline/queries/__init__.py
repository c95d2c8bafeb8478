"""What is asked of a table of events."""
