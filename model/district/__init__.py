"""Many communities under one government (ODD 7.0)."""
