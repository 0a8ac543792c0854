"""Who reaches out to residents in a week: staff, Party members, stewards (ODD 7.5)."""
