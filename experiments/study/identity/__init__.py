"""Which software made which runs, and how are they keyed?"""
