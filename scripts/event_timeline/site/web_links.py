"""What of a cell may stand behind a link: the address of a page on the web, and nothing else."""

from typing import Any


def web_address(cell: object) -> str | None:
    """Return the address that a cell holds; None for any other text, such as javascript:."""
    if isinstance(cell, str) and cell.startswith(("http://", "https://")):
        return cell
    return None


def links_of(source: Any) -> list[tuple[str, str]]:
    """Return where a source can be read, each address with its name."""
    named = (("Page", source["url"]), ("Archived copy", source["archived_url"]))
    return [(name, address) for name, cell in named if (address := web_address(cell))]
