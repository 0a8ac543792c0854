"""One community as it is declared, and the same with fewer persons (ODD 6)."""

from __future__ import annotations

from model.core.renamed import homes

__getattr__ = homes("model.scenario", "model.scenario.scenario", "0.2")
