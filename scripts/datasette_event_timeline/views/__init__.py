"""The addresses of the timeline, and what they answer."""
