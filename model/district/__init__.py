"""Many communities under one government (ODD 7.0)."""

from __future__ import annotations

from model.core.renamed import homes

__getattr__ = homes("model.district", "model.district.district", "0.2")
