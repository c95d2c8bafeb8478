"""What the addresses of the timeline answer."""
