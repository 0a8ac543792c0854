"""How is a text marked for translation where it is declared? It is translated where it is shown."""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark a text for translation; it stays English here."""
    return text
