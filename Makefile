# Sekisho. `make run` starts the platform, `make test` proves it.

.DEFAULT_GOAL := help
.PHONY: help run story test test-browser test-federation test-keycloak test-tlog fuzz faults lint buf bench clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | column -t -s '|'

run: ## start the whole platform here: five services, SQLite in ./data, a child nats-server
	@scripts/need rust nats
	@cargo build --profile quick --locked --bin sekisho
	@exec target/quick/sekisho up $(if $(lang),--lang $(lang))

story: ## play a day of the city against the running platform (lang=en for English)
	@scripts/need rust
	@cargo build --profile quick --locked --bin sekisho
	@target/quick/sekisho story $(if $(lang),--lang $(lang))

test: ## every test, on real SQLite, PostgreSQL and nats-server
	@scripts/need rust nats postgres
	cargo test --workspace --locked

test-browser: ## the sign-in pages in a real Chromium; pictures in target/screenshots
	@scripts/need rust nats chromium
	cargo test --workspace --test browser --features sekisho-browser-tests/chromium --locked -- --test-threads=2

test-federation: ## signing in with a certified provider (npm oidc-provider)
	@scripts/need rust nats node
	@npm ci --silent --prefix tests/federation/oidc-provider
	cargo test --workspace --test oidc-provider --features sekisho-federation-tests/oidc-provider --locked

test-keycloak: ## signing in with a real Keycloak, as infra/keycloak sets it up
	@scripts/need rust nats java
	@scripts/keycloak
	cargo test --workspace --test keycloak --features sekisho-federation-tests/keycloak --locked

test-tlog: ## the audit log verified with other people's tools (Go's sumdb and tessera's fsck)
	@scripts/need rust nats postgres go
	@cd tests/tlog/verifiers && go build -trimpath -o ../../../target/tlog-verifiers .
	cargo test --workspace --test tlog --features sekisho-tlog-tests/go --locked

fuzz: ## every decoder under libFuzzer for a minute each (time=600, target="token record" for some)
	@scripts/need rust
	@scripts/fuzz $(or $(time),60) $(target)

faults: ## the event path under fire (kills=1000 commands=1000000 outage=60 seed=7 scenario=clock nats=current build=fast)
	@scripts/need rust nats postgres faketime
	@scripts/faults $(foreach wish,kills commands outage seed scenario nats build,$(wish)=$($(wish)))

lint: ## formatting and clippy, as CI demands them
	@scripts/need rust
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features sekisho-browser-tests/chromium,sekisho-federation-tests/oidc-provider,sekisho-federation-tests/keycloak,sekisho-fuzz/libfuzzer,sekisho-tlog-tests/go --locked -- -D warnings

buf: ## lint the contracts and compare them with the last commit's (needs npx)
	@scripts/buf

bench: ## the figures of docs/performance.md, as ratios measured in one run (ROWS="1 5" for some)
	@scripts/need rust nats postgres
	@cargo build --release --locked -p sekisho -p sekisho-ledger -p sekisho-bench
	@target/release/sekisho-bench $(ROWS)

clean: ## forget the demo platform's data
	rm -rf data
