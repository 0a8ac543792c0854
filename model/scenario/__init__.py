"""One community as it is declared, and the same with fewer persons (ODD 6)."""
