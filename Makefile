# The recipes of the house. `make help` lists them.

CARGO ?= cargo
LIBRARY := target/release/libotsupport$(if $(filter Darwin,$(shell uname -s)),.dylib,.so)

.PHONY: help
help: ## List the recipes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## Play a family's day against a hub of its own (needs Rust and a C compiler, nothing else)
	@$(CARGO) build --locked --release --quiet --package otsupport-cli
	@target/release/otsupport demo

.PHONY: test
test: ## Install what is needed, run every suite, end with a line for each
	@tests/run.sh

.PHONY: rust
rust: ## Run the Rust suite alone: format, lints, tests
	@tests/run.sh rust

.PHONY: browser
browser: ## Run the pages in a real browser (installs Chromium as root on Debian)
	@tests/run.sh browser

.PHONY: recurrence
recurrence: ## Run the random series alone
	@tests/run.sh recurrence

.PHONY: envelope
envelope: ## Hold the sealed enquiry against a second implementation (needs Node 20 with npm; OTSUPPORT_SEED repeats a run)
	@tests/run.sh envelope

.PHONY: android
android: ## Run the Kotlin and Compose suites alone
	@tests/run.sh android

.PHONY: ios
ios: ## Run the Swift suite alone
	@tests/run.sh ios

# How often `make soak` kills a process that writes, how many years it lives with phones, and how many lives with enquiries;
# OTSUPPORT_SEED repeats a run.
KILLS ?= 2000
DEVICE_YEARS ?= 10000
LIVES ?= 1000000

.PHONY: soak
soak: ## Run the long suites: kills of a process that writes, sends or syncs; years of phones; lives of enquiries. Prints count and seed
	@OTSUPPORT_KILLS=$(KILLS) OTSUPPORT_DEVICE_YEARS=$(DEVICE_YEARS) OTSUPPORT_LIVES=$(LIVES) \
	  $(CARGO) test --locked --release --workspace --test killed --test killed_sync --test killed_enquiries \
	  --test device_years --test enquiry_lives -- --nocapture

# How long `make fuzz` stays in each target; TARGETS="head snapshot" names some of them.
SECONDS ?= 600

.PHONY: fuzz
fuzz: ## Look for bytes that a parser does not stand: ten minutes for each (needs a C++ compiler)
	@tests/fuzz.sh $(SECONDS) $(TARGETS)

.PHONY: bench
bench: ## Print the figures, as ratios beside peers in the same run (ONLY=bytes: one part of them)
	@$(CARGO) build --locked --release --quiet --workspace --bin bench
	@target/release/bench $(ONLY)

.PHONY: eval-search
eval-search: ## Print how well search finds what families look for, beside its peers (MISSES=1: and what it misses)
	@tests/eval-search.sh

.PHONY: urgent-weights
urgent-weights: ## Learn what words weigh towards urgent help from the labelled phrases
	@$(CARGO) build --locked --release --quiet --workspace --bin urgent_weights
	@target/release/urgent_weights

.PHONY: meaning
meaning: ## Make the table that tells what words mean anew (needs Python 3 and npm)
	@meaning/make.sh

.PHONY: conformance
conformance: ## Run the public TUF conformance suite (SUITE=its folder; needs Python 3 and faketime)
	@tests/conformance.sh "$(SUITE)"

# How many random series; SEED=N repeats a run.
CASES ?= 1000000

.PHONY: conformance-reminders
conformance-reminders: ## Hold random series against python-dateutil and the crate rrule (CASES=1000000)
	@tests/recurrence.sh $(CASES) $(SEED)

.PHONY: cards
cards: ## Make the how-to cards (PDF) of the bank's strategies (needs Python 3)
	@content/cards/make.sh

.PHONY: bindings
bindings: ## Write the Kotlin and Swift bindings to target/bindings
	@$(CARGO) build --locked --release --quiet --package otsupport --package otsupport-bindgen
	@for language in kotlin swift; do \
	  target/release/otsupport-bindgen --library $(LIBRARY) --language $$language --out target/bindings/$$language; done
	@echo "target/bindings"

.PHONY: phone
phone: ## Build the library as it ships (profile phone) and print its size
	@$(CARGO) build --locked --profile phone --package otsupport
	@ls -l $(subst release,phone,$(LIBRARY)) | awk '{print $$5 " bytes " $$9}'

.PHONY: deny
deny: ## Check licences and sources of every dependency (needs cargo-deny)
	@$(CARGO) deny --locked check licenses bans sources

.PHONY: fmt
fmt: ## Format the Rust sources
	@$(CARGO) fmt --all
