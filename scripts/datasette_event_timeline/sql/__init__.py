"""Functions and tables for SQL: dates, distances, histograms."""

# The modules that give a connection our functions: each has `register(connection)`.
MODULES = tuple(
    f"{__name__}.{name}"
    for name in ("functions", "event_dates", "numbers", "geography", "histogram")
)
