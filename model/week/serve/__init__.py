"""Hours, credits and care in a week (ODD 7.9)."""
