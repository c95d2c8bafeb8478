"""Quotes text in messages."""


def shorten(text: str, most: int = 60) -> str:
    """Return `text` in quotation marks, cut to `most` characters, on one line."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    visible = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in cut)
    return f'"{visible}"'
