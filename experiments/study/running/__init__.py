"""How are the runs of a study made, kept, and ended when enough is known?"""
