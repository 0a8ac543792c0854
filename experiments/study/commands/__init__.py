"""What can be done with a study: begin, plan, export, run again?"""
