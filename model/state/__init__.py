"""What there is: residents, associations, government, its books (ODD 2)."""
