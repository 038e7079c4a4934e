SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.accounts (
    id integer NOT NULL,
    username character varying NOT NULL,
    email character varying NOT NULL,
    name text NOT NULL,
    member_code character varying NOT NULL,
    status character varying NOT NULL,
    ties_access boolean NOT NULL
);
CREATE SEQUENCE public.accounts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.accounts_id_seq OWNED BY public.accounts.id;
CREATE TABLE public.aliases (
    member_code character varying NOT NULL,
    "position" integer NOT NULL,
    alias text NOT NULL
);
CREATE TABLE public.audit_entries (
    seq integer NOT NULL,
    at character varying NOT NULL,
    action character varying NOT NULL,
    subject text NOT NULL,
    actor text NOT NULL,
    data text NOT NULL,
    previous character varying NOT NULL,
    hash character varying NOT NULL
);
CREATE TABLE public.breaker (
    id integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    why text NOT NULL,
    closed_at timestamp with time zone,
    closed_by text
);
CREATE SEQUENCE public.breaker_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.breaker_id_seq OWNED BY public.breaker.id;
CREATE TABLE public.deferred_letters (
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    attempts integer NOT NULL
);
CREATE TABLE public.flag_changes (
    id integer NOT NULL,
    member_code character varying NOT NULL,
    member_name text NOT NULL,
    at timestamp with time zone NOT NULL,
    state character varying NOT NULL,
    since timestamp with time zone NOT NULL,
    duration character varying,
    study_period text,
    cause character varying NOT NULL,
    basis timestamp with time zone NOT NULL,
    reference character varying NOT NULL,
    message_id text,
    by text,
    reason text
);
CREATE SEQUENCE public.flag_changes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.flag_changes_id_seq OWNED BY public.flag_changes.id;
CREATE TABLE public.focal_points (
    id integer NOT NULL,
    member_code character varying NOT NULL,
    sector character varying NOT NULL,
    role character varying NOT NULL,
    name text NOT NULL,
    email character varying NOT NULL,
    language character varying NOT NULL,
    valid_from date,
    valid_until date
);
CREATE SEQUENCE public.focal_points_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.focal_points_id_seq OWNED BY public.focal_points.id;
CREATE TABLE public.letters (
    id integer NOT NULL,
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    message_id text,
    arrival_id text,
    sha256 character varying NOT NULL,
    content_sha256 character varying NOT NULL,
    size bigint NOT NULL,
    received timestamp with time zone NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    outcome character varying NOT NULL,
    reasons text NOT NULL,
    file_to text,
    filed_at timestamp with time zone,
    reference text,
    raw bytea,
    subject text,
    sender text,
    sender_name text,
    decision text,
    "references" text,
    null_return_path boolean,
    review character varying,
    proposal text,
    resolved_at timestamp with time zone,
    resolution text,
    redacted_at timestamp with time zone
);
CREATE SEQUENCE public.letters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.letters_id_seq OWNED BY public.letters.id;
CREATE TABLE public.mailbox_positions (
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    last_uid bigint NOT NULL,
    since timestamp with time zone,
    backlog_until bigint NOT NULL,
    started_at timestamp with time zone NOT NULL
);
CREATE TABLE public.members (
    code character varying NOT NULL,
    name text NOT NULL,
    category character varying NOT NULL,
    country character varying NOT NULL
);
CREATE TABLE public.outbox (
    id integer NOT NULL,
    letter_id integer,
    kind character varying NOT NULL,
    message_id text NOT NULL,
    reference character varying NOT NULL,
    recipients text NOT NULL,
    refused text NOT NULL,
    raw bytea,
    created_at timestamp with time zone NOT NULL,
    status character varying NOT NULL,
    attempts integer NOT NULL,
    next_attempt timestamp with time zone NOT NULL,
    last_error text,
    finished_at timestamp with time zone,
    redacted_at timestamp with time zone
);
CREATE SEQUENCE public.outbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;
CREATE TABLE public.questions (
    reference text NOT NULL,
    message_id text NOT NULL,
    address text NOT NULL,
    member character varying NOT NULL,
    intent character varying NOT NULL,
    duration character varying,
    language character varying NOT NULL,
    written timestamp with time zone NOT NULL,
    letter_sha256 character varying NOT NULL,
    expires timestamp with time zone NOT NULL,
    state character varying NOT NULL
);
CREATE TABLE public.receipts (
    address text NOT NULL,
    day date NOT NULL
);
CREATE TABLE public.reference_numbers (
    year integer NOT NULL,
    last integer NOT NULL
);
CREATE SEQUENCE public.reference_numbers_year_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.reference_numbers_year_seq OWNED BY public.reference_numbers.year;
CREATE TABLE public.registry_imports (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    difference text NOT NULL
);
CREATE SEQUENCE public.registry_imports_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.registry_imports_id_seq OWNED BY public.registry_imports.id;
CREATE TABLE public.schema_version (
    version integer NOT NULL
);
CREATE TABLE public.sendings (
    id integer NOT NULL,
    address text NOT NULL,
    domain text NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.sendings_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sendings_id_seq OWNED BY public.sendings.id;
CREATE TABLE public.study_periods (
    id integer NOT NULL,
    known_at timestamp with time zone NOT NULL,
    name text NOT NULL,
    assembly text NOT NULL,
    ends timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.study_periods_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_periods_id_seq OWNED BY public.study_periods.id;
ALTER TABLE ONLY public.accounts ALTER COLUMN id SET DEFAULT nextval('public.accounts_id_seq'::regclass);
ALTER TABLE ONLY public.breaker ALTER COLUMN id SET DEFAULT nextval('public.breaker_id_seq'::regclass);
ALTER TABLE ONLY public.flag_changes ALTER COLUMN id SET DEFAULT nextval('public.flag_changes_id_seq'::regclass);
ALTER TABLE ONLY public.focal_points ALTER COLUMN id SET DEFAULT nextval('public.focal_points_id_seq'::regclass);
ALTER TABLE ONLY public.letters ALTER COLUMN id SET DEFAULT nextval('public.letters_id_seq'::regclass);
ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);
ALTER TABLE ONLY public.reference_numbers ALTER COLUMN year SET DEFAULT nextval('public.reference_numbers_year_seq'::regclass);
ALTER TABLE ONLY public.registry_imports ALTER COLUMN id SET DEFAULT nextval('public.registry_imports_id_seq'::regclass);
ALTER TABLE ONLY public.sendings ALTER COLUMN id SET DEFAULT nextval('public.sendings_id_seq'::regclass);
ALTER TABLE ONLY public.study_periods ALTER COLUMN id SET DEFAULT nextval('public.study_periods_id_seq'::regclass);
INSERT INTO public.schema_version VALUES (2);
SELECT pg_catalog.setval('public.accounts_id_seq', 1, false);
SELECT pg_catalog.setval('public.breaker_id_seq', 1, false);
SELECT pg_catalog.setval('public.flag_changes_id_seq', 3, true);
SELECT pg_catalog.setval('public.focal_points_id_seq', 2, true);
SELECT pg_catalog.setval('public.letters_id_seq', 5, true);
SELECT pg_catalog.setval('public.outbox_id_seq', 4, true);
SELECT pg_catalog.setval('public.reference_numbers_year_seq', 1, false);
SELECT pg_catalog.setval('public.registry_imports_id_seq', 1, true);
SELECT pg_catalog.setval('public.sendings_id_seq', 4, true);
SELECT pg_catalog.setval('public.study_periods_id_seq', 1, true);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_pkey PRIMARY KEY (member_code, "position");
ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.breaker
    ADD CONSTRAINT breaker_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.deferred_letters
    ADD CONSTRAINT deferred_letters_pkey PRIMARY KEY (mailbox, uidvalidity, uid);
ALTER TABLE ONLY public.flag_changes
    ADD CONSTRAINT flag_changes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.focal_points
    ADD CONSTRAINT focal_points_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_mailbox_uidvalidity_uid_key UNIQUE (mailbox, uidvalidity, uid);
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_reference_key UNIQUE (reference);
ALTER TABLE ONLY public.mailbox_positions
    ADD CONSTRAINT mailbox_positions_pkey PRIMARY KEY (mailbox);
ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_pkey PRIMARY KEY (reference);
ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_pkey PRIMARY KEY (address, day);
ALTER TABLE ONLY public.reference_numbers
    ADD CONSTRAINT reference_numbers_pkey PRIMARY KEY (year);
ALTER TABLE ONLY public.registry_imports
    ADD CONSTRAINT registry_imports_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sendings
    ADD CONSTRAINT sendings_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.study_periods
    ADD CONSTRAINT study_periods_pkey PRIMARY KEY (id);
CREATE INDEX audit_entries_action ON public.audit_entries USING btree (action, seq);
CREATE INDEX audit_entries_subject ON public.audit_entries USING btree (subject, seq);
CREATE INDEX ix_accounts_member_code ON public.accounts USING btree (member_code);
CREATE INDEX ix_flag_changes_member_code ON public.flag_changes USING btree (member_code);
CREATE INDEX ix_focal_points_email ON public.focal_points USING btree (email);
CREATE INDEX ix_focal_points_member_code ON public.focal_points USING btree (member_code);
CREATE INDEX ix_letters_arrival_id ON public.letters USING btree (arrival_id);
CREATE INDEX ix_letters_message_id ON public.letters USING btree (message_id);
CREATE INDEX ix_letters_sha256 ON public.letters USING btree (sha256);
CREATE INDEX ix_outbox_letter_id ON public.outbox USING btree (letter_id);
CREATE INDEX ix_questions_address ON public.questions USING btree (address);
CREATE INDEX ix_questions_message_id ON public.questions USING btree (message_id);
CREATE INDEX ix_questions_state ON public.questions USING btree (state);
CREATE INDEX ix_sendings_address ON public.sendings USING btree (address);
CREATE INDEX ix_sendings_at ON public.sendings USING btree (at);
CREATE INDEX ix_sendings_domain ON public.sendings USING btree (domain);
CREATE INDEX letters_unfiled ON public.letters USING btree (mailbox, filed_at);
CREATE INDEX outbox_due ON public.outbox USING btree (status, next_attempt);
ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_member_code_fkey FOREIGN KEY (member_code) REFERENCES public.members(code) ON DELETE CASCADE;
ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_member_code_fkey FOREIGN KEY (member_code) REFERENCES public.members(code) ON DELETE CASCADE;
ALTER TABLE ONLY public.focal_points
    ADD CONSTRAINT focal_points_member_code_fkey FOREIGN KEY (member_code) REFERENCES public.members(code) ON DELETE CASCADE;
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_letter_id_fkey FOREIGN KEY (letter_id) REFERENCES public.letters(id);
ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_reference_fkey FOREIGN KEY (reference) REFERENCES public.letters(reference) ON DELETE CASCADE;
