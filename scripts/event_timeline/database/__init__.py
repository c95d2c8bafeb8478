"""events.db: schema, rows, search, views, integrity."""
