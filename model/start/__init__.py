"""How it begins: who lives there, who knows whom, who belongs to what (ODD 5, 9)."""
