"""The command line, one file per group of commands; `app` joins them and ends the process."""

from experiments.cli.app import main as main
