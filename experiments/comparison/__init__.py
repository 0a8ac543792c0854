"""Pairs of runs, what policies change in them, and how surely."""
