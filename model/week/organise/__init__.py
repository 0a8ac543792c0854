"""Organizations in a week: members, leaders, births, endings, forms, drive (ODD 7.12)."""
