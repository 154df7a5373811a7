# Every target works from a fresh clone with Python >= 3.11, make and git.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
VENV := .venv/bin
SETUP = $(or $(PYTHON),$(error No Python >= 3.11 found: install it, or say make PYTHON=/path/to/python3)) tools/setup.py

.PHONY: help setup run test everything lint e2e screens bench bench-safety train-safety canary fuzz load locks sbom wheel clean
.DEFAULT_GOAL := help

help: ## what there is
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv and build the client; a step whose inputs are unchanged is skipped
	@$(SETUP)

run: setup ## a demo practice on http://localhost:8000; prints its log-ins
	@$(VENV)/holdfast serve --demo

test: dev ## lint, types, import contracts, Python tests on both databases, client and browser tests
	@$(VENV)/python tools/test.py --every-change

everything: dev ## make test, and the tests that take long and look closer
	@$(VENV)/python tools/test.py

lint: dev ## format, lint, types, import contracts, translations, migrations
	@$(VENV)/python tools/test.py lint

e2e: dev ## browser tests; K=expression chooses; REPLICAS=2: two machines, PostgreSQL, Redis, a proxy
	@HOLDFAST_TEST_REPLICAS=$(REPLICAS) $(VENV)/python tools/test.py browser $(if $(K),-k "$(K)")

screens: dev ## pictures of every screen anew in docs/screens
	@HOLDFAST_WRITE_SCREENS=1 $(VENV)/python tools/test.py browser -k test_screens

fuzz: dev ## property tests at depth (5000 examples each), schemathesis through the API
	@HYPOTHESIS_PROFILE=fuzz $(VENV)/python tools/test.py python -k property

bench: dev ## what is measured, with tables; JSON beside them
	@$(VENV)/python -m bench

bench-safety: dev ## the safety screen on every set, against its bars; needs HOLDFAST_SHARED
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(VENV)/python -m bench.safety

train-safety: dev ## the weights of the safety screen anew, the same bytes; needs HOLDFAST_SHARED
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(VENV)/python -m training.safety train

canary: dev ## a browser session, then a search of all that the server has for what was written
	@$(VENV)/python -m tests.canary

load: dev ## a thousand people in a minute, a replica killed, 1,000 kills, backups; about half an hour
	@$(VENV)/python -m tests.load

locks: dev ## write requirements/*.lock anew; UPGRADE=1 takes newer versions
	@$(VENV)/python tools/lock.py $(if $(UPGRADE),--upgrade)

sbom: dev ## CycloneDX bills of material in dist/
	@$(VENV)/python tools/sbom.py

wheel: dev ## the wheel with the built client in dist/
	@$(VENV)/python -m build --no-isolation --wheel --outdir dist

clean: ## remove what setup and the tests made (not var/, a practice's data)
	rm -rf .venv .make web/node_modules web/src/generated src/holdfast/web_dist dist

.PHONY: dev
dev:
	@$(SETUP) --dev
