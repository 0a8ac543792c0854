"""Does the model fit a case, known results, patterns that nobody put in?"""
