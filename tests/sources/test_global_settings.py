"""Settings of Python and of libraries that all share are put back as they were, whatever happens meanwhile.

A user's notebook has settings of its own: of figures, warnings, signals, printing.

Not seen: a setting of an object that a call returned, but for loggers and contexts of arithmetic, and what a
library sets on its own.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

import pytest

from tests.sources.scan import Function, callees, guards, names, nodes, ours, planted, text, unexplained
from tests.sources.scan import above as around

SETTERS = re.compile(
    r"""
    matplotlib(\.\w+)*\.(rc|rcdefaults|rc_file|rc_file_defaults|use|switch_backend|ion|ioff|interactive)
    | (.*\.)?fontManager\.(addfont|set_default_weight) | (.*\.)?(register_cmap|colormaps\.register)
    | (.*\.)?(filterwarnings|simplefilter|resetwarnings|captureWarnings|rcdefaults|reconfigure)
    | numpy(\.\w+)*\.(seterr|seterrcall|set_printoptions|set_string_function|setbufsize)
    | numpy\.random\.(seed|set_state)
    | random\.(seed|setstate) | (pandas|xarray|networkx)(\.\w+)*\.(set_option|reset_option|set_options)
    | pandas\.plotting\.(de)?register_matplotlib_converters
    | locale\.setlocale | gettext\.(install|bindtextdomain|textdomain) | time\.tzset
    | os\.(putenv|unsetenv|chdir|fchdir|chroot|umask|nice|setpriority|set\w*id|setpgid|sched_set\w+)
    | signal\.(signal|setitimer|alarm|siginterrupt|set_wakeup_fd|pthread_sigmask)
    | logging(\.\w+)*\.(basicConfig|disable|setLoggerClass|addLevelName|setLogRecordFactory)
    | logging(\.\w+)*\.(dictConfig|fileConfig) | logging\.getLogger\(\)\.(handlers|filters)\.\w+
    | (.*\.)?(addHandler|removeHandler|setLevel|addFilter|removeFilter) | atexit\.(register|unregister)
    | mimetypes\.(add_type|init) | codecs\.(register|register_error|unregister)
    | gc\.(disable|enable|freeze|unfreeze|set_threshold|set_debug) | resource\.(setrlimit|prlimit)
    | sys\.(set\w+|activate_stack_trampoline) | sys\.add\w+hook
    | socket\.setdefaulttimeout | threading\.(stack_size|set\w+) | faulthandler\.(enable|disable|register)
    | multiprocessing\.(set_\w+) | numba\.(set_\w+) | pyarrow(\.\w+)*\.(set_\w+)
    | asyncio\.set_\w+ | decimal\.setcontext | csv\.(field_size_limit|register_dialect|unregister_dialect)
    | copyreg\.pickle | readline\.(?!get_)\w+ | warnings\.(showwarning|formatwarning)\.\w+
    | tracemalloc\.(start|stop)
    """,
    re.VERBOSE,
)
CHANGES = {"update", "setdefault", "pop", "popitem", "clear", "insert", "append", "extend", "remove", "add"}
CHANGES |= {"discard", "sort", "reverse", "__setitem__", "__delitem__", "__ior__", "__iadd__"}
"""Methods that change what all share: ``sys.path.insert``."""

HELD = re.compile(r"(decimal\.getcontext\(\)|logging\.getLogger\(\)|logging\.root)\..*")
"""What a call returns that all share."""

SHORT = re.compile(r"(.*\.)?(rcParams(\[\])*|propagate)")
OF_FIGURES = r"matplotlib(\.\w+)*\.(rcParams\b.*|rc|rcdefaults|rc_file\w*|style\.use)"
KEEPERS = {
    "matplotlib.rc_context": OF_FIGURES,
    "matplotlib.pyplot.rc_context": OF_FIGURES,
    "matplotlib.style.context": OF_FIGURES,
    "matplotlib.pyplot.style.context": OF_FIGURES,
    "warnings.catch_warnings": r"warnings\..*",
    "numpy.errstate": r"numpy\.(seterr|seterrcall)",
    "numpy.printoptions": r"numpy\.set_printoptions",
    "pandas.option_context": r"pandas\.(set_option|reset_option|options\b.*)",
    "decimal.localcontext": r"decimal\.(setcontext|getcontext\(\)\..*)",
}
"""What keeps settings, and which."""

ASK = {"field_size_limit", "stack_size"}
"""What only tells the setting if nothing is given to it."""

PAIRS = {"enable": "disable", "unfreeze": "freeze", "removeHandler": "addHandler"}
PAIRS |= {"removeFilter": "addFilter", "unsetenv": "putenv", "unregister": "register"}
PAIRS |= {"ioff": "ion", "stop": "start"}
"""Functions that undo another's setting."""

OF_OUR_PROCESS = {
    "model/core/renamed.py": {"understand_old_modules": "finds modules of ours under their old names, last"},
    "experiments/runs/parallel.py": {"begin_worker": "a worker, which nobody else uses"},
    "experiments/study/running/work.py": {"work_apart": "a worker, which nobody else uses"},
    "experiments/storage/streams.py": {
        "hold_all_characters": "the command's own streams, and a worker's",
        "open_missing": "the command's own streams, where there are none",
    },
    "experiments/storage/stops.py": {
        "heard_interruptions.stop": "runs only while `heard_interruptions` holds",
        "let_finish": "undoes what `stop` set",
    },
    "experiments/__main__.py": {"": "the command, before it begins"},
    "experiments/__init__.py": {"": "the package's own module"},
    "experiments/study/design/code.py": {"own_phases": "the modules of the file, until the next one's"},
    "experiments/words/fonts.py": {"_faces": "only adds fonts that the machine has"},
    "model/core/caches.py": {"_leave": "removes a folder of its own at the end"},
    "model/mesa_face.py": {"AgentModel.register_agent": "takes out what Mesa put in for this model alone"},
}
"""Functions that set something for good: in processes that are ours, or what is nobody else's."""


def setting(node: ast.AST) -> str:
    """The setting that all share and a place changes, with the constant key in it; empty if it changes none.

    ``os.environ[LANG]`` is the same for an assignment, an update by one key, and a deletion.
    """
    for target, name in _changed(node):
        if ours(name):
            continue
        key = text(getattr(target, "slice", None)) or ""
        root = re.split(r"[.\[]", name)[0]
        of_python = "." not in name and isinstance(target, ast.Attribute)  # such as ``builtins.print``
        if of_python or SHORT.fullmatch(name) or HELD.fullmatch(name) or _shared(root, name):
            return name.replace("[]", f"[{key}]")
    for name in names(node) if isinstance(node, ast.Attribute | ast.Name) and _read(node) else ():
        of, _, end = name.rpartition(".")
        if SETTERS.fullmatch(name) and not (end in ASK and _given(node) == []):
            return f"{of}.{PAIRS.get(end, end)}"
        if end in CHANGES and (_shared(of.split(".")[0], of) or SHORT.fullmatch(of)):
            return f"{of}[{_key_of_call(node)}]"
    return ""


def _read(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)


def _given(node: ast.AST) -> list[ast.expr] | None:
    """What a place that is called is given; None if it is not called."""
    call = node.above  # type: ignore[attr-defined]
    return call.args if isinstance(call, ast.Call) and call.func is node else None


def _key_of_call(node: ast.AST) -> str:
    given = _given(node)
    return (text(given[0]) or "") if given else ""


def _shared(root: str, name: str) -> bool:
    """Whether a name is of something in a module of Python's or of a library, such as ``sys.path``."""
    return "." in name and "(" not in name and (root in sys.stdlib_module_names or root in LIBRARIES)


LIBRARIES = {"matplotlib", "numpy", "pandas", "numba", "networkx", "scipy", "pyarrow", "mesa", "pydantic"}
LIBRARIES |= {"rich", "typer", "click", "jinja2", "tomlkit", "SALib", "platformdirs", "distributed", "dask"}


def _changed(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """What a place assigns to, deletes or sets by name, each with its true names."""
    if isinstance(node, ast.Attribute | ast.Subscript) and not _read(node):
        yield from ((node, name) for name in names(node))
    elif isinstance(node, ast.AugAssign):
        yield from ((node.target, name) for name in names(node.target))
    elif isinstance(node, ast.Call) and callees(node) & {"setattr", "delattr"} and len(node.args) > 1:
        yield from ((node, f"{name}.{text(node.args[1]) or '*'}") for name in names(node.args[0]))


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Settings outside of a ``with`` that keeps them and of a ``try`` that puts them back at last."""
    for node in nodes(tree):
        what = setting(node)
        if what and not _kept(node, what):
            yield node


def _kept(node: ast.AST, what: str) -> bool:
    """Whether a setting is put back: the same one, and by what runs after it."""
    for at, below in guards(node):
        if isinstance(at, ast.With | ast.AsyncWith) and below in at.body:
            for item in at.items:
                if any(re.fullmatch(KEEPERS.get(name, ""), what) for name in callees(item.context_expr)):
                    return True
        if isinstance(at, ast.Try) and below in at.finalbody:
            return True  # it puts back itself
    return any(
        _same(what, setting(part))
        for t in ast.walk(_inside(node))
        if isinstance(t, ast.Try) and t.finalbody and _inside(t) is _inside(node)
        if getattr(node, "lineno", 0) < t.finalbody[0].lineno
        for one in t.finalbody
        for part in ast.walk(one)
    )


def _inside(node: ast.AST) -> ast.AST:
    """The function that a place stands in."""
    return next(at for at in around(node) if isinstance(at, Function | ast.Lambda | ast.Module))


def _same(what: str, back: str) -> bool:
    """Whether what is put back is what was set; a key that no one can tell may be any."""
    if re.sub(r"\[.*", "", what) != re.sub(r"\[.*", "", back):
        return False
    keys = [re.sub(r"^[^\[]*|[\[\]]", "", one) for one in (what, back)]
    return keys[0] == keys[1] or "" in keys


def test_every_setting_is_put_back_or_ours() -> None:
    assert not unexplained(unguarded, OF_OUR_PROCESS)


@pytest.mark.parametrize(
    "source",
    [
        "plt.rcParams['font.size'] = 3",
        "rcParams.update({'font.size': 3})",
        "plt.rcParams |= {'font.size': 3}",
        "mpl.rcParams['x'] += 1",
        "r = mpl.rcParams; r['x'] = 1",
        "import matplotlib; matplotlib.use('Agg')",
        "import matplotlib as m; m.use('Agg')",
        "from matplotlib import use as u; u('Agg')",
        "plt.style.use('x')",
        "plt.rcdefaults()",
        "from matplotlib.font_manager import fontManager; fontManager.addfont(p)",
        "warnings.filterwarnings('ignore')",
        "warnings.simplefilter('ignore')",
        "from warnings import filterwarnings as f; f('ignore')",
        "import warnings; warnings.filters.insert(0, x)",
        "import warnings as w; w.showwarning = f",
        "np.seterr(all='ignore')",
        "import numpy as n; n.seterr(all='ignore')",
        "from numpy import seterr; seterr(all='ignore')",
        "np.set_printoptions(precision=3)",
        "np.random.set_state(x)",
        "from numpy.random import seed; seed(3)",
        "from random import seed; seed(1)",
        "pd.set_option('display.width', 3)",
        "pd.options.display.width = 3",
        "import pandas as p; p.options.display.width = 3",
        "from pandas import options as o; o.display.width = 3",
        "locale.setlocale(locale.LC_ALL, '')",
        "from locale import setlocale; setlocale(0, '')",
        "os.environ['LANG'] = 'C'",
        "os.environ.setdefault('LANG', 'C')",
        "del os.environ['LANG']",
        "os.environ |= {'X': '1'}",
        "os.environ.__setitem__('X', '1')",
        "from os import environ as e; e['X'] = '1'",
        "from os import environ; environ |= {'X': '1'}",
        "from os import environ; environ.update(X='1')",
        "os.putenv('X', '1')",
        "signal.signal(signal.SIGTERM, handler)",
        "from signal import signal as s; s(2, handler)",
        "map(signal.signal, x, y)",
        "logging.basicConfig()",
        "logging.getLogger('gongzhi').setLevel(10)",
        "log = logging.getLogger('x'); log.disabled = True",
        "logging.getLogger().handlers.clear()",
        "logging.root.level = 3",
        "numba.config.CACHE_DIR = 'x'",
        "networkx.config.x = 1",
        "pyarrow.set_cpu_count(1)",
        "mimetypes.add_type('text/css', '.css')",
        "gc.disable()",
        "sys.setrecursionlimit(9)",
        "sys.stdout = file",
        "setattr(sys, 'stdout', file)",
        "setattr(sys, name, file)",
        "with a as sys.stdout: pass",
        "for os.environ['x'] in y: pass",
        "sys.path.insert(0, 'x')",
        "sys.path += ['x']",
        "sys.path[0:0] = ['x']",
        "from sys import path; path.append('x')",
        "sys.modules['x'] = y",
        "sys.meta_path.insert(0, x)",
        "import builtins; builtins.print = f",
        "json.encoder.FLOAT_REPR = x",
        "tempfile.tempdir = 'x'",
        "decimal.getcontext().prec = 3",
        "c = decimal.getcontext(); c.prec = 3",
        "csv.field_size_limit(10)",
        "resource.setrlimit(1, 2)",
        "atexit.register(f)",
        "os.sched_setaffinity(0, {1})",
        "time.tzset()",
        "os.chdir('x')",
        "os.umask(0)",
        "with open('x') as f:\n    np.seterr(all='ignore')",
        "with np.errstate(all='ignore'):\n    warnings.simplefilter('ignore')",
        "with warnings.catch_warnings():\n    f = lambda: warnings.simplefilter('ignore')",
        "def f():\n    try:\n        os.chdir('x')\n    finally:\n        print()",
        "def f():\n    os.chdir('x')\n    try:\n        pass\n    finally:\n        np.seterr(all='x')",
        "def f():\n  os.environ['A'] = x\n  try:\n    y()\n  finally:\n    del os.environ['B']",
        "def f():\n    try:\n        pass\n    finally:\n        os.chdir('y')\n    os.chdir('x')",
        "with plt.rc_context():\n    plt.switch_backend('Agg')",
        "def f():\n  os.chdir('x')\n  def g():\n    try:\n      y()\n    finally:\n      os.chdir('z')",
        "async def f():\n    os.chdir('x')",
    ],
)
def test_a_planted_setting_is_found(source: str) -> None:
    assert planted(unguarded, source)


@pytest.mark.parametrize(
    "source",
    [
        "with np.errstate(all='ignore'):\n    x = 1 / y",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')",
        "from warnings import catch_warnings as c, simplefilter as s\nwith c():\n    s('ignore')",
        "with plt.rc_context():\n    plt.rcParams['font.size'] = 3",
        "def f():\n    os.chdir('x')\n    try:\n        y()\n    finally:\n        os.chdir('..')",
        "def f():\n  os.environ['A'] = x\n  try:\n    y()\n  finally:\n    del os.environ['A']",
        "def f():\n    gc.disable()\n    try:\n        y()\n    finally:\n        gc.enable()",
        "x = {}\nx['a'] = 1\nx.update(b=2)\nself.path = 3\nos.remove('x')",
    ],
)
def test_what_is_put_back_is_not(source: str) -> None:
    assert not planted(unguarded, source)
