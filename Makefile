# The two commands a newcomer needs are `make run` and `make test`; each sets up what it needs in .venv.

BIN := .venv/bin

.PHONY: run check test evaluate faults fuzz load throughput console-load screenshots lock clean

run: .venv/ready
	@$(BIN)/python examples/prepare.py
	@echo; echo "== the first poll: every letter, what was decided and why"
	@$(BIN)/mailbot poll
	@echo; echo "== the flags the registration system reads"
	@$(BIN)/mailbot flags list
	@echo; echo "== waiting for a person"
	@$(BIN)/mailbot review list
	@echo; echo "== one of the confirmations sent"
	@$(BIN)/mailbot mail show mail-1 --text
	@echo; echo "== polling on: drop an .eml into var/Maildir/new to have it answered; Ctrl-C stops"
	@exec $(BIN)/mailbot run

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --recursive mailbot
	$(BIN)/python scripts/check_lock.py

test: check
	@scripts/need-packages dovecot-imapd:dovecot postgresql:initdb poppler-utils:pdftotext tesseract-ocr:tesseract \
		openssl:openssl systemd:systemd-analyze chromium:chromium
	$(BIN)/python -m pytest -n auto --dist worksteal

faults: .venv/ready
	@scripts/need-packages dovecot-imapd:dovecot postgresql:initdb
	$(BIN)/python -m tests.faults

evaluate: .venv/ready
	$(BIN)/python benchmarks/evaluate.py --min-automation 0.9
	$(BIN)/python benchmarks/evaluate.py --letters tests/fixtures/varied --min-automation 0.55 --max-noise 0.1

SECONDS ?= 600

fuzz: .venv/ready
	$(BIN)/python -m benchmarks.fuzz --seconds $(SECONDS)

LETTERS ?= 100000
OLD ?= 1000000

load: .venv/ready
	@scripts/need-packages dovecot-imapd:dovecot postgresql:initdb
	$(BIN)/python -m benchmarks.load --letters $(LETTERS) --old $(OLD)

throughput: .venv/ready
	@scripts/need-packages dovecot-imapd:dovecot postgresql:initdb
	$(BIN)/python -m benchmarks.throughput

console-load: .venv/ready
	$(BIN)/python -m benchmarks.console

screenshots: .venv/ready
	@scripts/need-packages chromium:chromium
	$(BIN)/python scripts/screenshots.py

lock:
	uv pip compile --universal --generate-hashes --all-extras --group dev --no-emit-index-url --no-header \
		--no-annotate -o requirements.lock pyproject.toml

.venv/ready: requirements.lock pyproject.toml scripts/set-up
	@scripts/set-up

clean:
	rm -rf .venv var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
