"""One run, and many on all cores."""
