"""Every parameter of the model, declared once with unit, default, bounds, source and mark."""
