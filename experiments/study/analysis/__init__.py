"""What do the runs of a study say?"""
