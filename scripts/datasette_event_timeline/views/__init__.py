"""Handlers of /timeline and /timeline.json."""
