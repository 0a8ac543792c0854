"""``python -m experiments`` is the command ``gongzhi``."""

from experiments.cli import main

main()
