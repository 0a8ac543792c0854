"""How do pages and lists speak, in which language, and what are things called?"""
