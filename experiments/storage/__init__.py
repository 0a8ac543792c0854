"""How do results lie on a disk, whole and readable by people and programs?"""
