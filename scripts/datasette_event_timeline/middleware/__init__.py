"""ASGI wrappers between a request and Datasette: limits, guard, headers, spreadsheets."""
