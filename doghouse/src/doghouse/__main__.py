"""`python -m doghouse`: the command, for where its script is not on PATH."""

from doghouse.cli import main

main()
