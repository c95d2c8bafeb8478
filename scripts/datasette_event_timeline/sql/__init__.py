"""Functions and tables for SQL: dates, distances, histograms."""
