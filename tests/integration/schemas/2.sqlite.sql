BEGIN TRANSACTION;
CREATE TABLE accounts (
	id INTEGER NOT NULL, 
	username VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	member_code VARCHAR NOT NULL, 
	status VARCHAR NOT NULL, 
	ties_access BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(member_code) REFERENCES members (code) ON DELETE CASCADE
);
CREATE TABLE aliases (
	member_code VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	alias TEXT NOT NULL, 
	PRIMARY KEY (member_code, position), 
	FOREIGN KEY(member_code) REFERENCES members (code) ON DELETE CASCADE
);
CREATE TABLE audit_entries (
	seq INTEGER NOT NULL, 
	at VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	subject TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	data TEXT NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	PRIMARY KEY (seq)
);
CREATE TABLE breaker (
	id INTEGER NOT NULL, 
	opened_at DATETIME NOT NULL, 
	why TEXT NOT NULL, 
	closed_at DATETIME, 
	closed_by TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE deferred_letters (
	mailbox VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	attempts INTEGER NOT NULL, 
	PRIMARY KEY (mailbox, uidvalidity, uid)
);
CREATE TABLE flag_changes (
	id INTEGER NOT NULL, 
	member_code VARCHAR NOT NULL, 
	member_name TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	duration VARCHAR, 
	study_period TEXT, 
	cause VARCHAR NOT NULL, 
	basis DATETIME NOT NULL, 
	reference VARCHAR NOT NULL, 
	message_id TEXT, 
	"by" TEXT, 
	reason TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE focal_points (
	id INTEGER NOT NULL, 
	member_code VARCHAR NOT NULL, 
	sector VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	email VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	valid_from DATE, 
	valid_until DATE, 
	PRIMARY KEY (id), 
	FOREIGN KEY(member_code) REFERENCES members (code) ON DELETE CASCADE
);
CREATE TABLE letters (
	id INTEGER NOT NULL, 
	mailbox VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	uid BIGINT NOT NULL, 
	message_id TEXT, 
	arrival_id TEXT, 
	sha256 VARCHAR NOT NULL, 
	content_sha256 VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	received DATETIME NOT NULL, 
	decided_at DATETIME NOT NULL, 
	outcome VARCHAR NOT NULL, 
	reasons TEXT NOT NULL, 
	file_to TEXT, 
	filed_at DATETIME, 
	reference TEXT, 
	raw BLOB, 
	subject TEXT, 
	sender TEXT, 
	sender_name TEXT, 
	decision TEXT, 
	"references" TEXT, 
	null_return_path BOOLEAN, 
	review VARCHAR, 
	proposal TEXT, 
	resolved_at DATETIME, 
	resolution TEXT, 
	redacted_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (mailbox, uidvalidity, uid), 
	UNIQUE (reference)
);
CREATE TABLE mailbox_positions (
	mailbox VARCHAR NOT NULL, 
	uidvalidity BIGINT NOT NULL, 
	last_uid BIGINT NOT NULL, 
	since DATETIME, 
	backlog_until BIGINT NOT NULL, 
	started_at DATETIME NOT NULL, 
	PRIMARY KEY (mailbox)
);
CREATE TABLE members (
	code VARCHAR NOT NULL, 
	name TEXT NOT NULL, 
	category VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	PRIMARY KEY (code)
);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	letter_id INTEGER, 
	kind VARCHAR NOT NULL, 
	message_id TEXT NOT NULL, 
	reference VARCHAR NOT NULL, 
	recipients TEXT NOT NULL, 
	refused TEXT NOT NULL, 
	raw BLOB, 
	created_at DATETIME NOT NULL, 
	status VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_attempt DATETIME NOT NULL, 
	last_error TEXT, 
	finished_at DATETIME, 
	redacted_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(letter_id) REFERENCES letters (id), 
	UNIQUE (message_id)
);
CREATE TABLE questions (
	reference TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	address TEXT NOT NULL, 
	member VARCHAR NOT NULL, 
	intent VARCHAR NOT NULL, 
	duration VARCHAR, 
	language VARCHAR NOT NULL, 
	written DATETIME NOT NULL, 
	letter_sha256 VARCHAR NOT NULL, 
	expires DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	PRIMARY KEY (reference), 
	FOREIGN KEY(reference) REFERENCES letters (reference) ON DELETE CASCADE
);
CREATE TABLE receipts (
	address TEXT NOT NULL, 
	day DATE NOT NULL, 
	PRIMARY KEY (address, day)
);
CREATE TABLE reference_numbers (
	year INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	PRIMARY KEY (year)
);
CREATE TABLE registry_imports (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	source TEXT NOT NULL, 
	difference TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE schema_version (
	version INTEGER NOT NULL
);
INSERT INTO "schema_version" VALUES(2);
CREATE TABLE sendings (
	id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	domain TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE study_periods (
	id INTEGER NOT NULL, 
	known_at DATETIME NOT NULL, 
	name TEXT NOT NULL, 
	assembly TEXT NOT NULL, 
	ends DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX letters_unfiled ON letters (mailbox, filed_at);
CREATE INDEX ix_letters_message_id ON letters (message_id);
CREATE INDEX ix_letters_arrival_id ON letters (arrival_id);
CREATE INDEX ix_letters_sha256 ON letters (sha256);
CREATE INDEX ix_flag_changes_member_code ON flag_changes (member_code);
CREATE INDEX audit_entries_subject ON audit_entries (subject, seq);
CREATE INDEX audit_entries_action ON audit_entries (action, seq);
CREATE INDEX ix_sendings_domain ON sendings (domain);
CREATE INDEX ix_sendings_at ON sendings (at);
CREATE INDEX ix_sendings_address ON sendings (address);
CREATE INDEX ix_focal_points_email ON focal_points (email);
CREATE INDEX ix_focal_points_member_code ON focal_points (member_code);
CREATE INDEX ix_accounts_member_code ON accounts (member_code);
CREATE INDEX ix_outbox_letter_id ON outbox (letter_id);
CREATE INDEX outbox_due ON outbox (status, next_attempt);
CREATE INDEX ix_questions_address ON questions (address);
CREATE INDEX ix_questions_message_id ON questions (message_id);
CREATE INDEX ix_questions_state ON questions (state);
COMMIT;
