"""How does a notebook show a figure, whether or not it was told ``%matplotlib inline``?"""

from __future__ import annotations

import io

from matplotlib.figure import Figure

from experiments.words.fonts import style

DPI = 100


class ShownFigure(Figure):
    """A figure that draws itself where a notebook asks for a picture."""

    def _repr_png_(self) -> bytes:
        drawn = io.BytesIO()
        with style():
            self.savefig(drawn, format="png", dpi=DPI)
        return drawn.getvalue()
