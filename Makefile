# `make demo` and `make test` do all their own set-up: a virtual environment in .venv, nothing outside this folder.
PY ?= python3
V := .venv/bin
PYTEST := $(V)/python -m pytest

.PHONY: demo test test-slow test-browser check wheel docs lint kernels baseline golden notebooks public test-lowest i18n odd clean
.DELETE_ON_ERROR:

# Python reads the path of this folder as ASCII if LC_ALL=C, and would not start below a folder with a Chinese name
RELATIVE := for f in .venv/lib/python*/site-packages/*gongzhi*.pth; do echo ../../../.. > "$$f"; done

.venv/.stamp: pyproject.toml constraints.txt
	$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gongzhi needs Python 3.11 or later; say which with: make PY=python3.11"; exit 1; }
	$(PY) -m venv .venv || { echo "gongzhi needs Python's venv module (on Debian: the package python3-venv)"; exit 1; }
	$(V)/python -m pip install -q --disable-pip-version-check -c constraints.txt uv || true
	if [ -x $(V)/uv ]; then VIRTUAL_ENV=.venv UV_PYTHON_DOWNLOADS=never $(V)/uv pip install -q --compile-bytecode -c constraints.txt -e '.[dev]' \
	  || $(V)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'; \
	else $(V)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'; fi
	$(RELATIVE)
	touch $@

demo: .venv/.stamp
	$(V)/gongzhi compare wangzhuang --demo --out results/demo

# ruff and mypy on one core while the kernels are compiled on another
test: .venv/.stamp
	$(MAKE) -j 2 lint kernels
	$(PYTEST) -m "not slow and not browser" -n 2 --dist worksteal

test-slow: .venv/.stamp
	$(PYTEST) -m slow -n 2 --dist worksteal

test-browser: .venv/.stamp-browser
	$(PYTEST) -m browser tests/browser

.venv/.stamp-browser: .venv/.stamp
	$(V)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[browser]'
	$(RELATIVE)
	touch $@

# all that has to hold, in at most 80 minutes of two free cores
check:
	$(MAKE) test
	$(MAKE) docs wheel
	$(MAKE) test-browser
	$(MAKE) test-slow

# what is made from the sources is as it would be made today
docs: odd i18n
	git diff --exit-code --stat -- model/ODD experiments/locale

wheel: .venv/.stamp
	rm -rf build dist
	$(V)/python -m pip wheel -q --disable-pip-version-check --no-deps -w dist .

lint: .venv/.stamp
	$(V)/ruff check . && $(V)/ruff format --check . && $(V)/mypy

kernels: .venv/.stamp
	$(V)/python -m compileall -q model experiments
	$(V)/python -m tests.kernels

baseline: .venv/.stamp
	$(V)/python -m tests.baseline.refresh

golden: .venv/.stamp
	$(V)/python -m tests.golden.refresh

notebooks: .venv/.stamp
	$(V)/python -m tests.notebooks.refresh

odd: .venv/.stamp
	$(V)/python -m experiments.validation.guesses

public: .venv/.stamp
	$(V)/python -m tests.public

test-lowest: .venv/.stamp
	$(PYTEST) -m slow -k lowest tests/packaging

i18n: .venv/.stamp
	$(V)/python -m experiments.locale.build

clean:
	rm -rf .venv build dist
