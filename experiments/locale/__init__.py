"""The catalogues of the page's languages; `python -m experiments.locale.build` makes them."""
