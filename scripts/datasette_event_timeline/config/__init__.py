"""Which table a timeline shows, and the part that each of its columns plays."""
