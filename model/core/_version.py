"""Which version is this? The one place that says it; packaging, citation and results read it here."""

__version__ = "0.2.0"
