"""What can be named: instruments, outcomes, parameters, the values of a scenario?"""
