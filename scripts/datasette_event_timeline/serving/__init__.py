"""Serving a chronology: one build a request, and visitors' SQL in processes of its own."""
