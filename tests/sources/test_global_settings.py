"""Settings of Python and of libraries that all share are put back as they were, whatever happens meanwhile.

A user's notebook has settings of its own: of figures, warnings, signals, printing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.sources.scan import called, places, planted

SETTERS = re.compile(
    r"""
    (.*\.)?rcParams\.(update|setdefault|pop|clear) | (.*\.)?(rcdefaults|rc_file|rc_file_defaults)
    | (mpl|matplotlib|plt)\.(rc|use|style\.use|switch_backend|ion|ioff) | (.*\.)?style\.use
    | (.*\.)?(filterwarnings|simplefilter|resetwarnings|captureWarnings)
    | (np|numpy)\.(seterr|seterrcall|set_printoptions|random\.seed) | random\.seed
    | (pd|pandas)\.(set_option|reset_option)
    | locale\.setlocale | (gettext\.)?(bindtextdomain|textdomain)
    | os\.(putenv|unsetenv|chdir|umask|nice) | os\.environ\.(update|setdefault|pop|clear)
    | signal\.(signal|setitimer|alarm|siginterrupt|set_wakeup_fd)
    | logging\.(basicConfig|disable|setLoggerClass|captureWarnings|addLevelName)
    | (.*\.)?(addHandler|removeHandler|setLevel|addFilter)
    | mimetypes\.(add_type|init) | codecs\.(register|register_error)
    | gc\.(disable|enable|freeze|unfreeze|set_threshold|set_debug)
    | sys\.(setrecursionlimit|set_int_max_str_digits|settrace|setprofile|setswitchinterval)
    | sys\.path\.(insert|append|extend|remove) | (.*\.)?reconfigure
    | socket\.setdefaulttimeout | threading\.(excepthook|stack_size) | faulthandler\.enable
    | multiprocessing\.(set_start_method|set_executable) | numba\.set_num_threads
    """,
    re.VERBOSE,
)
ASSIGNED = re.compile(
    r"""
    (.*\.)?rcParams\[.* | os\.environ\[.* | (numba\.)?config\.\w+ | (pd|pandas)\.options\..*
    | sys\.(stdin|stdout|stderr|excepthook|displayhook|dont_write_bytecode|path|argv) | tempfile\.tempdir
    | warnings\.(showwarning|formatwarning|filters) | logging\.\w+ | (.*\.)?propagate
    """,
    re.VERBOSE,
)
KEEPERS = {"rc_context", "catch_warnings", "errstate", "printoptions", "option_context", "localcontext"}

OF_OUR_PROCESS = {
    ("experiments/parallel.py", "begin_worker"): "a worker, which nobody else uses",
    ("experiments/study/work.py", "work_apart"): "a worker, which nobody else uses",
    ("experiments/streams.py", "hold_all_characters"): "the command's own streams, and a worker's",
    ("experiments/stops.py", "stop"): "runs only while `heard_interruptions` holds",
    ("experiments/stops.py", "let_finish"): "undoes what `stop` set",
}
"""Functions that set something for good, in processes that are ours."""


def setting(node: ast.AST) -> bool:
    """Whether a place changes a setting that all share."""
    if isinstance(node, ast.Call):
        return bool(SETTERS.fullmatch(called(node)))
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    return any(
        ASSIGNED.fullmatch(ast.unparse(target))
        for target in targets
        if isinstance(target, ast.Attribute | ast.Subscript)
    )


def unguarded(tree: ast.Module) -> Iterator[ast.AST]:
    """Settings outside of a ``with`` that keeps them and of functions that put them back in a ``finally``."""
    for node in ast.walk(tree):
        if setting(node) and not _kept(node):
            yield node


def _kept(node: ast.AST) -> bool:
    at: ast.AST | None = node
    while at is not None:
        if isinstance(at, ast.With | ast.AsyncWith) and any(
            called(item.context_expr).split(".")[-1] in KEEPERS for item in at.items
        ):
            return True
        if isinstance(at, ast.FunctionDef):
            back = [part for t in ast.walk(at) if isinstance(t, ast.Try) for part in t.finalbody]
            return any(setting(part) for one in back for part in ast.walk(one))
        at = getattr(at, "above", None)
    return False


def in_others_processes(tree: ast.Module) -> Iterator[ast.AST]:
    """The same but for the functions of `OF_OUR_PROCESS`."""
    allowed = {function for _, function in OF_OUR_PROCESS}
    for node in unguarded(tree):
        at: ast.AST | None = node
        while at is not None and not (isinstance(at, ast.FunctionDef) and at.name in allowed):
            at = getattr(at, "above", None)
        if at is None:
            yield node


def test_every_setting_is_put_back():
    assert not places(in_others_processes)


def test_settings_for_good_are_where_they_are_said_to_be():
    found = {place.rpartition(":")[0] for place in places(unguarded)}
    assert found == {file for file, _ in OF_OUR_PROCESS}


@pytest.mark.parametrize(
    "line",
    [
        "plt.rcParams['font.size'] = 3",
        "rcParams.update({'font.size': 3})",
        "matplotlib.use('Agg')",
        "warnings.filterwarnings('ignore')",
        "warnings.simplefilter('ignore')",
        "np.seterr(all='ignore')",
        "np.set_printoptions(precision=3)",
        "pd.set_option('display.width', 3)",
        "pd.options.display.width = 3",
        "locale.setlocale(locale.LC_ALL, '')",
        "os.environ['LANG'] = 'C'",
        "os.environ.setdefault('LANG', 'C')",
        "del os.environ['LANG']",
        "signal.signal(signal.SIGTERM, handler)",
        "logging.basicConfig()",
        "logging.getLogger('gongzhi').setLevel(10)",
        "numba.config.CACHE_DIR = 'x'",
        "mimetypes.add_type('text/css', '.css')",
        "gc.disable()",
        "sys.setrecursionlimit(9)",
        "sys.stdout = file",
        "sys.path.insert(0, 'x')",
        "os.chdir('x')",
        "os.umask(0)",
        "with open('x') as f:\n    np.seterr(all='ignore')",
        "def f():\n    try:\n        os.chdir('x')\n    finally:\n        print()",
    ],
)
def test_a_planted_setting_is_found(line):
    assert planted(in_others_processes, line + "\n")


@pytest.mark.parametrize(
    "line",
    [
        "with np.errstate(all='ignore'):\n    x = 1 / y",
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')",
        "with plt.rc_context():\n    plt.rcParams['font.size'] = 3",
        "def f():\n    os.chdir('x')\n    try:\n        y()\n    finally:\n        os.chdir('..')",
    ],
)
def test_what_is_put_back_is_not(line):
    assert not planted(in_others_processes, line + "\n")
