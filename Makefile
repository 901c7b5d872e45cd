# Each target is one or two commands; `make` alone lists them.
PY := .venv/bin/python
ARGS ?=

help:  ## list the targets
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 22

setup:  ## make .venv with everything locked in requirements.txt (nothing to do: under 5 s)
	@scripts/setup

demo: setup  ## the whole house, live: agent, database, timeboard in the browser; ARGS="--once --json" for scripts
	@.venv/bin/my-metric demo $(ARGS)

test: setup  ## every test that needs no Docker, on each supported Python at hand; of 3.12, CI runs a part
	@scripts/test $(ARGS)

lint: setup  ## ruff, mypy --strict, import-linter
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy doghouse/src companion/src bench
	@.venv/bin/lint-imports

validate:  ## what integrations-extras asks of my_metric: ddev's validators, test, lint, release build
	@scripts/validate.py

e2e: setup  ## my_metric in an Agent's container through ddev; ENGINE=debian installs and starts a Docker engine for it, AGENT=7 takes the real Agent's image
	@scripts/e2e.py --engine "$(ENGINE)" --agent "$(AGENT)"

image: setup  ## the images of deploy/, built and tried by a real engine; ENGINE=debian installs and starts one for it
	@scripts/image.py --engine "$(ENGINE)"

extras-pr:  ## CLONE=DIR [OWNER=@you]: my_metric as a change to a clone of integrations-extras
	@scripts/extras_pr.py "$(CLONE)" $(if $(OWNER),--owner $(OWNER))

bench: setup  ## all benchmarks, a line a figure; ONLY=intake for one
	@.venv/bin/python -m bench $(ONLY)

torture: setup  ## kills, full disks, damage, clocks, hostile files, failing calls, a line a part; writes docs/reliability.md; ARGS=--long for more, ARGS="files" for a part
	@.venv/bin/python -m scripts.torture $(ARGS)

mutants: setup  ## changes the source at random, and lists what no test notices; ARGS="queries --count 40 --seed 1"
	@scripts/setup-tools && .venv-tools/bin/python -m scripts.mutants $(ARGS)

audit: setup  ## known vulnerabilities of the locked dependencies, and how many could be checked
	@scripts/setup-tools && .venv-tools/bin/python scripts/audit.py $(ARGS)

goldens: setup  ## what doghouse answers to some 2,000 commands, requests and pages, against what it answered when that was recorded; ARGS="backtest" for a part
	@.venv/bin/python -m scripts.goldens check $(ARGS)

ray: setup  ## the tests of `doghouse backtest --ray` on a cluster of several nodes; puts Ray aside the first time (214 MB)
	@scripts/ray $(ARGS)

fidelity: setup  ## how faithful doghouse is: the official client's recordings, scenarios and examples (minutes)
	@.venv/bin/python -m scripts.fidelity $(ARGS)

clients: setup  ## other people's clients, from their registries, against doghouses; writes docs/clients.md; ARGS="hot-shots" for one
	@.venv/bin/python -m scripts.clients $(ARGS)

docs-pictures: setup  ## the pictures of docs/ and README, of a demo that runs ten minutes for them; ARGS="--minutes 2" for less
	@.venv/bin/python -m scripts.docs.pictures $(ARGS)

docs: setup  ## a site of the pages, with a search, into site/ (open site/index.html; no server is needed)
	@scripts/setup-tools && .venv-tools/bin/sphinx-build -q -W --keep-going -b html -c scripts/site . site && echo site/index.html

dist: setup  ## what is published, into dist/: wheels and sdists, twice the same; ARGS=--try installs each package and extra alone and runs its commands
	@scripts/setup-tools && .venv/bin/python scripts/dist.py $(ARGS)

packages: setup  ## what the light core, each extra and the companion take on disk, and their licences, into docs/packages.md
	@.venv/bin/python scripts/docs/packages.py

guesses:  ## every rule that is a guess, with its place
	@scripts/docs/guesses.py

lock:  ## make requirements.txt anew from requirements.in
	@scripts/lock

ONLY ?=

.PHONY: audit bench clients dist docs docs-pictures mutants ray torture fidelity goldens help setup demo e2e image test lint guesses packages lock validate extras-pr
