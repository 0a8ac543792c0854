"""What does a study's file ask for: points, policies, seeds, records, and which runs are that?"""
