"""How are the files that a user brings read?"""
