"""What SQL can ask of dates and places."""
