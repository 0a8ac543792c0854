"""Are mutants at random places mistakes that run, at places that matter?"""

from __future__ import annotations

import ast

from tests.mutants import ROOT
from tests.mutants_random import changes, drawn

SOURCE = '''"""王庄: 1 + 1."""
LIMIT = 5

@kernel
def counts(n: int = 3) -> int:
    """Adds 1 + 1."""
    total = 0
    for i in range(n):
        if i < 2 and not total == 7:
            total += i - 1
    if n > 9:
        raise ValueError(f"{n + 1} is over 9")
    return total

def keeps(self, 值):
    self.名 = 值 * 2
    self.told(值)
    return lambda: 1 + 1
'''


def test_operators_numbers_and_writes_are_changed_and_texts_and_refusals_are_not() -> None:
    found = list(changes("x.py", SOURCE))
    told = {(c.line, c.text.partition(" in ")[0], c.compiled) for c in found}
    assert told == {
        (7, "'0' -> '1'", True),
        (9, "'and' -> 'or'", True),
        (9, "'<' -> '<='", True),
        (9, "'2' -> '3'", True),
        (9, "'not total == 7' -> '(total == 7)'", True),
        (9, "'==' -> '!='", True),
        (9, "'7' -> '8'", True),
        (10, "'total += i - 1' -> 'pass'", True),
        (10, "'-' -> '+'", True),
        (10, "'1' -> '2'", True),
        (16, "'self.名 = 值 * 2' -> 'pass'", False),
        (16, "'*' -> '/'", False),
        (16, "'2' -> '3'", False),
        (17, "'self.told(值)' -> 'pass'", False),
    }
    made = {ast.unparse(ast.parse(c.made(SOURCE))) for c in found}
    assert len(made | {ast.unparse(ast.parse(SOURCE))}) == len(found) + 1


def test_the_same_seed_chooses_the_same_places_in_many_files() -> None:
    some = drawn(3, 200)
    assert some == drawn(3, 200)
    assert len({(c.file, c.start, c.new) for c in some}) == 200
    assert len({c.file for c in some}) > 30
    for change in some:
        ast.parse(change.made((ROOT / change.file).read_text(encoding="utf-8")))
