"""ASGI wrappers between a request and Datasette: guard, turns, sending, headers, spreadsheets."""
