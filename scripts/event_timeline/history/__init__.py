"""Earlier versions of the curated files: git, differences, ids that are gone."""
