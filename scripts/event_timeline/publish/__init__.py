"""A database built, verified, put in place, watched and served."""
