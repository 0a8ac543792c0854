"""Tables and ties of a user's own: no index is guessed, the bad cell is the one that is named, and nobody is
known by position who has a name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from experiments.loading.inputs import input_files, read_inputs
from experiments.loading.load import load
from experiments.study.design.points import points
from experiments.study.design.spec import StudySpec
from model.core.errors import DataError, GongzhiError
from model.scenario.scenario import Scenario, adults_of, persons_with
from model.start.inputs import Inputs, apply_inputs
from model.start.network import draw_network
from model.start.population import draw_population
from model.state.ties import Layer
from tests.tables import ADULTS, SCENARIO, people, read, scenario, text, told, write

OWN = Scenario.model_validate({"format": 1, "name": "own", "population": {"persons": 53, "households": 20}})
N = adults_of(OWN.population)


def friends_of(inputs: Inputs) -> Layer:
    residents = draw_population(OWN, 1)
    apply_inputs(residents, inputs, OWN.population)
    return draw_network(OWN, residents, 1, inputs).layers["friends"]


def ties_of(inputs: Inputs) -> dict[tuple[int, int], float]:
    layer = friends_of(inputs)
    rows = np.repeat(np.arange(N), layer.degree).tolist()
    ties = zip(rows, layer.indices.tolist(), layer.weight.tolist(), strict=True)
    return {(a, b): w for a, b, w in ties if a < b}


def refused(inputs: Inputs) -> str:
    with pytest.raises(DataError) as fault:
        friends_of(inputs)
    return str(fault.value)


@pytest.mark.parametrize(
    ("line", "ties"),
    [
        (2, "a,b\n10,1,5\n11,2,7\n"),
        (2, "a;b\n10;1;5\n"),
        (2, "a\tb\n10\t1\t5\n"),
        (3, "a,b\n1,5\n10,1,\n"),
        (2, "a,b\n1,2,,\n"),
    ],
)
def test_f01_a_row_longer_than_the_header_is_refused(tmp_path: Path, line: int, ties: str) -> None:
    said = told(tmp_path, "skill\n" + "0.5\n" * ADULTS, ties)
    assert "values for 2 columns" in said
    assert f"friends.csv, line {line}: there are" in said


def test_f01_residents_with_a_number_in_front_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{i},0.25,0.75\n" for i in range(ADULTS))
    assert "people.csv, line 2: there are 3 values for 2 columns" in told(
        tmp_path, "skill,attachment\n" + rows
    )
    assert "column 1 has no name" in told(tmp_path, ",skill,attachment\n" + rows)


@pytest.mark.parametrize(("column", "good"), [("skill", "0.25"), ("party", "True"), ("free_minutes", "60")])
def test_f02_the_bad_cell_is_named(tmp_path: Path, column: str, good: str) -> None:
    cells = [good] * ADULTS
    cells[30] = "拒答"
    said = told(tmp_path, "\n".join([column, *cells]) + "\n", "a,b\n0,1\n")
    assert f"people.csv, line 32, column {column}: {column} cannot be '拒答'" in said


@pytest.mark.parametrize("kind", [object, str])
def test_f02_the_bad_entry_of_an_array_is_named(kind: type) -> None:
    cells: list[Any] = [0.25] * N
    cells[30] = "拒答"
    assert "column skill, row 30: skill cannot be '拒答'" in refused(
        Inputs({"skill": np.array(cells, dtype=kind)}, {})
    )
    frame = pd.DataFrame({"skill": cells})
    assert "column skill, row 30: skill cannot be '拒答'" in refused(Inputs(frame))
    for missing in (None, np.nan, pd.NA, [1], "nan"):
        cells[30] = missing
        assert "column skill, row 30" in refused(Inputs({"skill": pd.Series(cells, dtype=object)}))


def test_f02_ties_with_one_text_weight(tmp_path: Path) -> None:
    said = told(tmp_path, "skill\n" + "0.5\n" * ADULTS, "a,b,weight\n0,1,2\n1,2,much\n")
    assert "friends.csv, line 3, column weight: 'much' cannot be" in said
    ties = np.array([(0, 1, 2.0), (1, 2, "much")], dtype=object)
    assert "layer friends, line 1: 'much' cannot be" in refused(Inputs(ties={"friends": ties}))


@pytest.mark.parametrize("weight", ["2.0", None, 0, -1.0, float("nan"), float("inf"), [1], True])
def test_f02_the_tie_of_a_graph_with_a_wrong_weight_is_named(weight: object) -> None:
    graph = nx.path_graph(N)
    nx.set_edge_attributes(graph, 1.0, "weight")
    graph.edges[4, 5]["weight"] = weight
    said = refused(Inputs(ties={"friends": graph}, weight=True))
    assert "tie of 4 and 5" in said
    assert repr(weight) in said
    assert len(ties_of(Inputs(ties={"friends": graph}))) == N - 1, "without weights they are not looked at"


def test_f02_a_tie_of_a_graph_without_the_weight_is_named() -> None:
    graph = nx.path_graph(N)
    nx.set_edge_attributes(graph, 1.0, "strength")
    del graph.edges[4, 5]["strength"]
    said = refused(Inputs(ties={"friends": graph}, weight="strength"))
    assert "tie of 4 and 5: the tie has no attribute 'strength'" in said
    assert "has no attribute 'weight'" in refused(Inputs(ties={"friends": graph}, weight=True))
    assert "name of the edges' attribute" in refused(Inputs(ties={"friends": graph}, weight=1.0))  # type: ignore[arg-type]


def test_f02_what_a_masked_array_hides_is_refused() -> None:
    hidden = np.ma.masked_array(np.full(N, 0.5), mask=[i == 3 for i in range(N)])
    assert "row 3: the entry is masked" in refused(Inputs({"skill": hidden}))
    assert ties_of(Inputs({"skill": np.ma.masked_array(np.full(N, 0.5))}, {"friends": [(0, 1)]}))
    ties = np.ma.masked_array([[0, 1], [2, 3]], mask=[[0, 0], [1, 1]])
    assert "row 1: the entry is masked" in refused(Inputs(ties={"friends": ties}))


def test_ids_are_no_yes_or_no() -> None:
    said = refused(Inputs({"id": [True, *range(2, N + 1)]}))
    assert "True is no id" in said


def test_f05_a_graph_goes_by_its_labels() -> None:
    graph = nx.Graph()
    graph.add_nodes_from(reversed(range(N)))
    graph.add_edge(0, 1)
    assert ties_of(Inputs(ties={"friends": graph})) == {(0, 1): 1.0}


@pytest.mark.parametrize(
    "labels",
    [[str(i) for i in range(N)], list(range(1, N + 1)), [(i, 0) for i in range(N)], [-1, *range(1, N)]],
)
def test_f05_other_labels_need_ids(labels: list[Any]) -> None:
    graph = nx.path_graph(N)
    graph = nx.relabel_nodes(graph, dict(zip(graph, labels, strict=True)))
    said = refused(Inputs(ties={"friends": graph}))
    assert "is nobody" in said
    assert "column id" in said


IDS = [f"居民{(7 * i) % N}" for i in range(N)]
ROW = {name: row for row, name in enumerate(IDS)}


@pytest.mark.parametrize("ids", [IDS, [900 + 7 * i % N for i in range(N)], [(7 * i) % N for i in range(N)]])
def test_ids_join_ties_in_every_form(ids: list[Any]) -> None:
    pairs = [(ids[i], ids[(i + 5) % N], 1.0 + i) for i in range(0, 20, 2)]
    row = {name: i for i, name in enumerate(ids)}
    wanted = {(min(row[a], row[b]), max(row[a], row[b])): w for a, b, w in pairs}
    graph = nx.Graph()
    graph.add_weighted_edges_from(reversed(pairs))
    frame = pd.DataFrame(pairs, columns=["a", "b", "weight"])
    for residents in (pd.DataFrame({"id": ids, "skill": 0.5}), {"id": np.array(ids)}, {"id": map(str, ids)}):
        residents = {k: list(v) for k, v in residents.items()}
        for ties in (graph, frame, frame.sample(frac=1, random_state=1)[["weight", "b", "a"]], pairs):
            assert ties_of(Inputs(residents, {"friends": ties}, weight=True)) == wanted


def test_ids_that_are_nobody_or_two() -> None:
    residents = pd.DataFrame({"id": IDS})
    assert "no resident has the id '谁'" in refused(
        Inputs(residents, {"friends": pd.DataFrame({"a": ["谁"], "b": IDS[:1]})})
    )
    assert "no resident has the id 0" in refused(Inputs(residents, {"friends": np.array([[0, 1]])}))
    graph = nx.Graph([("谁", IDS[0])])
    assert "the node '谁' is nobody" in refused(Inputs(residents, {"friends": graph}))
    residents.loc[9, "id"] = f" {IDS[4]}"
    assert "column id, row 9: two residents have the id" in refused(Inputs(residents))
    for wrong in (None, 0.5, True, "", [1], np.nan, pd.NaT):
        cells = pd.Series(IDS, dtype=object)
        cells[9] = wrong
        assert "column id, row 9" in refused(Inputs({"id": cells}))
    assert f"5 rows for {N} adults" in refused(Inputs({"id": IDS[:5]}))
    both = nx.Graph([(1, 2), ("1", 3)])
    assert "a label stands twice in the graph" in refused(Inputs({"id": range(N)}, {"friends": both}))


@pytest.mark.parametrize(
    ("ties", "said"),
    [
        (pd.DataFrame({"source": [0], "target": [1]}), "the columns are source, target"),
        (pd.DataFrame([[0, 1, 2]], columns=["a", "b", "b"]), "the column b stands twice"),
        ([(0, 1), (1, 2, 3.0)], "not equally long"),
        ([0, 1], "shape (2,)"),
        ({"a": [0, 1], "b": [1]}, "shapes"),
        ({"a": ["0"], "b": [1]}, "'0' cannot be"),
        ("friends.csv", "shape ()"),
    ],
)
def test_ties_that_are_none(ties: object, said: str) -> None:
    assert said in refused(Inputs(ties={"friends": ties}))


@pytest.mark.parametrize(
    ("residents", "said"),
    [
        ([0.5] * N, "list is no table"),
        ("people.csv", "str is no table"),
        (pd.DataFrame({0: [0.5] * N}), "0 is no name of a column"),
        (pd.DataFrame([[0.5, 0.5]] * N, columns=["skill", "skill"]), "skill stands twice"),
        ({"skill": [[0.5], [0.5, 0.5]] + [0.5] * (N - 2)}, "column skill: the entries are not equally long"),
        ({"skill": 0.5}, "the shape must be"),
        ({"id": 5}, "ids of shape ()"),
    ],
)
def test_tables_that_are_none(residents: object, said: str) -> None:
    assert said in refused(Inputs(residents))


def test_a_wrong_number_of_rows_says_how_many_persons_fit(tmp_path: Path) -> None:
    said = told(tmp_path, "skill\n" + "0.5\n" * 40)
    assert f"there are 40 rows for {ADULTS} adults" in said
    assert "population.persons = 49, which makes 40 adults" in said
    assert "population.persons = 49, which makes 40 adults" in refused(Inputs({"skill": [0.5] * 40}))
    for under_16 in (0.05, 0.19, 0.4):
        share = {**dict(OWN.population.age_share.items()), "under_16": under_16}
        population = OWN.population.model_copy(
            update={"age_share": type(OWN.population.age_share).model_validate(share)}
        )
        of = [adults_of(population.model_copy(update={"persons": p})) for p in range(1, 700)]
        for adults in range(1, 300):
            fitting = [p for p, a in enumerate(of, 1) if a == adults]
            assert persons_with(adults, population) == sorted({*fitting[:1], *fitting[-1:]})


def test_f33_a_link_is_called_a_link(tmp_path: Path) -> None:
    away = tmp_path / "scratch"
    away.mkdir()
    (away / "people.csv").write_text(text(people()), encoding="utf-8")
    loaded = write(tmp_path / "home")
    (tmp_path / "home" / "people.csv").unlink()
    (tmp_path / "home" / "people.csv").symlink_to(away / "people.csv")
    for reading in (read_inputs, input_files):
        with pytest.raises(DataError) as fault:
            reading(loaded)
        said = str(fault.value)
        assert "leads out of the scenario's folder" in said
        assert f"people.csv stands there, but is a link to {away / 'people.csv'}" in said
        assert "put a copy there" in said


def test_f33_links_of_other_kinds(tmp_path: Path) -> None:
    loaded = write(tmp_path / "home")
    home = tmp_path / "home"
    (home / "data").symlink_to(tmp_path)
    (home / "loop.csv").symlink_to("loop.csv")
    (home / "dead.csv").symlink_to("gone.csv")
    (home / "inside.csv").symlink_to("people.csv")
    plain = read_inputs(loaded)
    for path, said in (
        ("data/people.csv", "data stands there, but is a link to"),
        ("loop.csv", "circle|cannot be read"),
        ("dead.csv", "cannot be read"),
        ("../people.csv", "goes above"),
        ("/etc/passwd", "not relative"),
        ("a\\u0000b", "no path"),
        (".", "is a folder"),
    ):
        (home / "own.toml").write_text(SCENARIO.replace("people.csv", path), encoding="utf-8")
        for reading in (read_inputs, input_files):
            with pytest.raises(DataError, match=said):
                reading(load(home / "own.toml"))
    (home / "own.toml").write_text(SCENARIO.replace("people.csv", "inside.csv"), encoding="utf-8")
    linked = read_inputs(load(home / "own.toml"))
    assert plain is not None
    assert linked is not None
    np.testing.assert_array_equal(linked.residents["skill"], plain.residents["skill"])  # type: ignore[index]


def test_one_refusal_not_one_in_another(tmp_path: Path) -> None:
    said = told(tmp_path, "skill,sex\n0.5\n")
    assert said.startswith("people.csv, line 2: there are 1 values for 2 columns")
    assert said.count("people.csv") == 1


def test_what_is_read_is_what_is_run(tmp_path: Path) -> None:
    """Ids in another order than the rows, so that position and identity differ."""
    rows = people()
    shuffled = [rows[0], *rows[:0:-1]]
    plain, turned = read(tmp_path / "a"), read(tmp_path / "b", text(shuffled))
    assert plain.ties is not None
    assert turned.ties is not None
    np.testing.assert_array_equal(ADULTS - 1 - turned.ties["friends"][:, :2], plain.ties["friends"][:, :2])
    assert scenario(tmp_path / "c").scenario.inputs.residents == "people.csv"


def test_f33_a_linked_scenario_and_a_linked_design(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("format = 1\n")
    (tmp_path / "points.csv").write_text("a\n1\n")
    home = tmp_path / "home"
    home.mkdir()
    for name in ("base.toml", "points.csv"):
        (home / name).symlink_to(tmp_path / name)
    (home / "own.toml").write_text('format = 1\nextends = "base.toml"\n')
    told_so = f"stands there, but is a link to {tmp_path}"
    with pytest.raises(GongzhiError, match=told_so):
        load(home / "own.toml")
    with pytest.raises(GongzhiError, match=told_so):
        points(design("points.csv"), home)


def design(file: str) -> StudySpec:
    return StudySpec.model_validate(
        {"format": 1, "scenario": "own.toml", "design": {"kind": "table", "file": file}}
    )


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        (b"a,b\n1,2,3\n", ["points.csv, line 2", "3 values for 2 columns"]),
        (b"a,b\n1,2\n\n1,x\n", ["points.csv, line 4", "'x' in column b is not a number"]),
        (b"a,b\n1,nan\n", ["points.csv, line 2", "'nan'"]),
        (b"a,b\n1,1e999\n", ["points.csv, line 2", "'1e999'"]),
        (b"a,b\n1,\n", ["points.csv, line 2", "an empty cell"]),
        (b"a,b\n1,TRUE\n", ["points.csv, line 2", "'TRUE'"]),
        (b"a;b\n1;0,5\n", ["points.csv, line 2", "'0,5'", "decimals with a point"]),
        (b"a,a\n1,2\n", ["points.csv, line 1", "named twice"]),
        (b"a,b\n", ["points.csv, line 1", "no rows"]),
        (b"", ["points.csv", "empty"]),
        (b'a,b\n"1,2\n', ["points.csv, line 2", "never closed"]),
        ("a,b\n1,é\n".encode("latin-1"), ["points.csv, line 2", "'\\xe9'"]),
        ("a,b\n1,陳\n".encode("big5"), ["points.csv, line 2"]),
    ],
)
def test_a_broken_table_of_a_design(tmp_path: Path, raw: bytes, parts: list[str]) -> None:
    (tmp_path / "points.csv").write_bytes(raw)
    with pytest.raises(GongzhiError) as fault:
        points(design("points.csv"), tmp_path)
    for part in parts:
        assert part in str(fault.value)
    assert str(fault.value).count("points.csv") == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_table_of_a_design_in_every_form(tmp_path: Path, encoding: str) -> None:
    for separator in ",;\t":
        (tmp_path / "points.csv").write_bytes(f"a{separator}b\r\n1{separator}2.5\r\n".encode(encoding))
        assert points(design("points.csv"), tmp_path) == [{"a": 1.0, "b": 2.5}]
