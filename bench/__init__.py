"""Measurements that anyone can repeat: `make bench`, or `make bench ONLY=intake` for one module.

Every module of this folder, and of those in it, that has a function `run()` is one: it yields figures, each printed as a line
`bench <name> <value> <unit> <what it is divided by>`.
What two programs are compared in is measured in the same run, in turn. Data and servers live in a temporary folder and on loopback.
"""
