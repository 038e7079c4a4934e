--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

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

--
-- Name: accounts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.accounts (
    id integer NOT NULL,
    username character varying NOT NULL,
    email character varying NOT NULL,
    name text NOT NULL,
    member_code character varying NOT NULL,
    status character varying NOT NULL,
    ties_access boolean NOT NULL
);


--
-- Name: accounts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.accounts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: accounts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.accounts_id_seq OWNED BY public.accounts.id;


--
-- Name: aliases; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.aliases (
    member_code character varying NOT NULL,
    "position" integer NOT NULL,
    alias text NOT NULL
);


--
-- Name: api_tokens; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_tokens (
    id integer NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    sha256 character varying NOT NULL,
    scopes text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone
);


--
-- Name: api_tokens_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.api_tokens_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: api_tokens_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.api_tokens_id_seq OWNED BY public.api_tokens.id;


--
-- Name: audit_entries; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: breaker; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.breaker (
    id integer NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    why text NOT NULL,
    closed_at timestamp with time zone,
    closed_by text
);


--
-- Name: breaker_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.breaker_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: breaker_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.breaker_id_seq OWNED BY public.breaker.id;


--
-- Name: claims; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.claims (
    item character varying NOT NULL,
    by text NOT NULL,
    taken boolean NOT NULL,
    at timestamp with time zone NOT NULL,
    expires timestamp with time zone NOT NULL
);


--
-- Name: contacts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.contacts (
    work character varying NOT NULL,
    place character varying NOT NULL,
    succeeded_at timestamp with time zone,
    failed_at timestamp with time zone,
    trouble text
);


--
-- Name: daily_counts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.daily_counts (
    day date NOT NULL,
    kind character varying NOT NULL,
    name character varying NOT NULL,
    number integer NOT NULL
);


--
-- Name: deferred_letters; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.deferred_letters (
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    attempts integer NOT NULL
);


--
-- Name: flag_changes; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: flag_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.flag_changes_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: flag_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.flag_changes_id_seq OWNED BY public.flag_changes.id;


--
-- Name: focal_points; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: focal_points_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.focal_points_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: focal_points_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.focal_points_id_seq OWNED BY public.focal_points.id;


--
-- Name: inbox; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.inbox (
    id integer NOT NULL,
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    arrival_id text,
    size bigint NOT NULL,
    received timestamp with time zone NOT NULL,
    raw bytea NOT NULL,
    whole boolean NOT NULL,
    unusable text,
    keys text NOT NULL
);


--
-- Name: inbox_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.inbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: inbox_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.inbox_id_seq OWNED BY public.inbox.id;


--
-- Name: invitations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.invitations (
    sha256 character varying NOT NULL,
    user_id integer,
    expires_at timestamp with time zone NOT NULL
);


--
-- Name: letters; Type: TABLE; Schema: public; Owner: -
--

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
    member_code character varying,
    language character varying,
    "references" text,
    null_return_path boolean,
    review character varying,
    proposal text,
    resolved_at timestamp with time zone,
    resolution text,
    redacted_at timestamp with time zone
);


--
-- Name: letters_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.letters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: letters_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.letters_id_seq OWNED BY public.letters.id;


--
-- Name: mailbox_positions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.mailbox_positions (
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    last_uid bigint NOT NULL,
    since timestamp with time zone,
    backlog_until bigint NOT NULL,
    started_at timestamp with time zone NOT NULL
);


--
-- Name: members; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.members (
    code character varying NOT NULL,
    name text NOT NULL,
    category character varying NOT NULL,
    country character varying NOT NULL
);


--
-- Name: outbox; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: outbox_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.outbox_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: outbox_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.outbox_id_seq OWNED BY public.outbox.id;


--
-- Name: questions; Type: TABLE; Schema: public; Owner: -
--

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


--
-- Name: receipts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.receipts (
    address text NOT NULL,
    day date NOT NULL
);


--
-- Name: reference_numbers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.reference_numbers (
    year integer NOT NULL,
    last integer NOT NULL
);


--
-- Name: reference_numbers_year_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.reference_numbers_year_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: reference_numbers_year_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.reference_numbers_year_seq OWNED BY public.reference_numbers.year;


--
-- Name: registry_imports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.registry_imports (
    id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    source text NOT NULL,
    difference text NOT NULL
);


--
-- Name: registry_imports_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.registry_imports_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: registry_imports_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.registry_imports_id_seq OWNED BY public.registry_imports.id;


--
-- Name: schema_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_version (
    version integer NOT NULL
);


--
-- Name: sendings; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sendings (
    id integer NOT NULL,
    address text NOT NULL,
    domain text NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: sendings_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sendings_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sendings_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sendings_id_seq OWNED BY public.sendings.id;


--
-- Name: sessions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sessions (
    sha256 character varying NOT NULL,
    user_id integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL
);


--
-- Name: shelf; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.shelf (
    id integer NOT NULL,
    mailbox character varying NOT NULL,
    uidvalidity bigint NOT NULL,
    uid bigint NOT NULL,
    arrival_id text,
    size bigint NOT NULL,
    received timestamp with time zone NOT NULL,
    state character varying NOT NULL,
    tries integer NOT NULL,
    error text NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    shelved_at timestamp with time zone,
    raw bytea
);


--
-- Name: shelf_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.shelf_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: shelf_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.shelf_id_seq OWNED BY public.shelf.id;


--
-- Name: sign_in_attempts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sign_in_attempts (
    id integer NOT NULL,
    account character varying NOT NULL,
    address character varying NOT NULL,
    at timestamp with time zone NOT NULL
);


--
-- Name: sign_in_attempts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sign_in_attempts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sign_in_attempts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sign_in_attempts_id_seq OWNED BY public.sign_in_attempts.id;


--
-- Name: study_periods; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.study_periods (
    id integer NOT NULL,
    known_at timestamp with time zone NOT NULL,
    name text NOT NULL,
    assembly text NOT NULL,
    ends timestamp with time zone NOT NULL
);


--
-- Name: study_periods_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.study_periods_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: study_periods_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.study_periods_id_seq OWNED BY public.study_periods.id;


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id integer NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    role character varying NOT NULL,
    password text,
    identity text,
    created_at timestamp with time zone NOT NULL,
    disabled_at timestamp with time zone
);


--
-- Name: users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.users_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: users_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;


--
-- Name: waiting_reasons; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.waiting_reasons (
    reason character varying NOT NULL,
    received timestamp with time zone NOT NULL,
    letter_id integer NOT NULL
);


--
-- Name: accounts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts ALTER COLUMN id SET DEFAULT nextval('public.accounts_id_seq'::regclass);


--
-- Name: api_tokens id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens ALTER COLUMN id SET DEFAULT nextval('public.api_tokens_id_seq'::regclass);


--
-- Name: breaker id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.breaker ALTER COLUMN id SET DEFAULT nextval('public.breaker_id_seq'::regclass);


--
-- Name: flag_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.flag_changes ALTER COLUMN id SET DEFAULT nextval('public.flag_changes_id_seq'::regclass);


--
-- Name: focal_points id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.focal_points ALTER COLUMN id SET DEFAULT nextval('public.focal_points_id_seq'::regclass);


--
-- Name: inbox id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inbox ALTER COLUMN id SET DEFAULT nextval('public.inbox_id_seq'::regclass);


--
-- Name: letters id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.letters ALTER COLUMN id SET DEFAULT nextval('public.letters_id_seq'::regclass);


--
-- Name: outbox id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox ALTER COLUMN id SET DEFAULT nextval('public.outbox_id_seq'::regclass);


--
-- Name: reference_numbers year; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reference_numbers ALTER COLUMN year SET DEFAULT nextval('public.reference_numbers_year_seq'::regclass);


--
-- Name: registry_imports id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registry_imports ALTER COLUMN id SET DEFAULT nextval('public.registry_imports_id_seq'::regclass);


--
-- Name: sendings id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sendings ALTER COLUMN id SET DEFAULT nextval('public.sendings_id_seq'::regclass);


--
-- Name: shelf id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shelf ALTER COLUMN id SET DEFAULT nextval('public.shelf_id_seq'::regclass);


--
-- Name: sign_in_attempts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_attempts ALTER COLUMN id SET DEFAULT nextval('public.sign_in_attempts_id_seq'::regclass);


--
-- Name: study_periods id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.study_periods ALTER COLUMN id SET DEFAULT nextval('public.study_periods_id_seq'::regclass);


--
-- Name: users id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);


--
-- Data for Name: accounts; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: aliases; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.aliases VALUES ('IRL', 0, 'Irlande');


--
-- Data for Name: api_tokens; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: audit_entries; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.audit_entries VALUES (1, '2026-11-22T10:26:58.323457+00:00', 'settings:in_force', '0.1.0+4aec4a549d72', 'mailbot', '{"rules":"0.1.0+4aec4a549d72","settings":{"audit":{"checkpoint_file":null,"head_file":"/tmp/dump/site/mailbot.audit-head.json","log_file":"/tmp/dump/site/mailbot.audit.jsonl","signing_key":null},"authentication":{"arc_sealers":[],"dns_servers":[],"dns_timeout_seconds":3.0,"exchange_online":false,"required":true,"trusted_servers":["mx.test"],"verify_dkim":false},"confirmation":{"ask":true,"key_file":null,"valid_hours":168.0},"database":{"busy_seconds":30.0,"password_file":null,"url":"postgresql+psycopg://postgres@/dump?host=/tmp/pgfwxiu_uw"},"flags":{"default_duration":"study_period"},"limits":{"mails_per_address_per_day":100,"mails_per_domain_per_day":500,"mails_per_hour":1000,"max_message_bytes":26214400},"mailbox":{"address":"tsbdir@itu.int","ca_file":null,"done_folder":"mailbot/done","filing":true,"idle":true,"idle_renew_seconds":540.0,"password_file":null,"review_folder":"mailbot/review","start":"recent","starttls":null,"timeout_seconds":60.0,"url":"maildir:///tmp/dump/site/in"},"mailboxes":{},"outgoing":{"ca_file":null,"from_address":null,"from_name":"ITU Telecommunication Standardization Bureau","give_up_hours":120.0,"password_file":null,"retry_cap_seconds":3600.0,"retry_seconds":1.0,"timeout_seconds":60.0,"url":"maildir:///tmp/dump/site/out","user":null},"programme":{"name":"TSB Circular 118","sector":"T","templates":null},"registry":{"max_removed_percent":20.0},"retention":{"letter_months":60},"review":{"four_eyes":false},"schedule":{"checkpoint_seconds":3600.0,"deliver_seconds":30.0,"poll_seconds":60.0,"upkeep_seconds":3600.0},"study_period":{"assembly":"WTSA-28","ends":"2028-10-31","name":"2025-2028"},"web":{"enabled":false,"listen":"127.0.0.1:8118","oidc":{"ca_file":null,"client_id":null,"groups_claim":"groups","issuer":null,"name_claim":"name","roles":null,"scopes":["openid","profile","groups"],"secret_file":null},"session_hours":12.0,"session_idle_minutes":60.0,"tls_certificate":null,"tls_key":null,"trusted_proxies":[],"url":null},"wording":{"folder":"/work/w/int/config/wording"}},"sha256":"18bbb985cc45ae0469ed798589c3516c940a727eeb8835f5650aca902a285ebd"}', '0000000000000000000000000000000000000000000000000000000000000000', 'b8c4ddf14c6cc60b4cab69e2ae2a902bdb9d394b878b0f2c784a4ecbd59b6f68');
INSERT INTO public.audit_entries VALUES (2, '2026-11-22T10:26:58.328652+00:00', 'study_period:set', '2025-2028', 'mailbot', '{"assembly":"WTSA-28","before":null,"ends":"2028-11-01T00:00:00+00:00","known_at":"2026-11-22T10:26:58.328652+00:00","name":"2025-2028","row":1}', 'b8c4ddf14c6cc60b4cab69e2ae2a902bdb9d394b878b0f2c784a4ecbd59b6f68', '7128eb284722ddd2136f7a889acc8f1da1d77e4f06c860599e2fc86b77b4440c');
INSERT INTO public.audit_entries VALUES (3, '2026-11-22T10:26:58.333652+00:00', 'registry:imported', 'registry', 'mailbot', '{"counts":{"accounts":0,"focal_points":2,"members":2},"difference":{"accounts":{"added":{"count":0,"names":[]},"changed":{"count":0,"names":[]},"removed":{"count":0,"names":[]}},"focal_points":{"added":{"count":2,"names":["FRA designated T ana.weber@gov.fr.example","IRL designated T karim.lindt@gov.ie.example"]},"changed":{"count":0,"names":[]},"removed":{"count":0,"names":[]}},"members":{"added":{"count":2,"names":["FRA","IRL"]},"changed":{"count":0,"names":[]},"removed":{"count":0,"names":[]}}},"forced":false,"removed_percent":0.0,"sha256":"18ff55f5750c6432bca24d748c80ab16ee5c136875f11f47b3a591f7ecc2638e"}', '7128eb284722ddd2136f7a889acc8f1da1d77e4f06c860599e2fc86b77b4440c', '2b67e5c7278b2ff98f677891c0d05965e79041d3739750ae85f15de7e7990fdc');
INSERT INTO public.audit_entries VALUES (4, '2026-11-22T10:26:58.940878+00:00', 'letter:received', '<lunch@home.example>', 'mailbot', '{"letter":1,"mailbox":"maildir:///tmp/dump/site/in","message_id":"<lunch@home.example>","received":"2026-11-22T10:26:58.346939+00:00","sha256":"3a6ec530edfb082da4168c0b10b62088eca7d6c569d18813d09782977a259be2","size":210,"uid":1,"uidvalidity":1795343218910}', '2b67e5c7278b2ff98f677891c0d05965e79041d3739750ae85f15de7e7990fdc', '97a3eeb7a808c307d399a6a85da93d2c7199cbee4002fb5a4f28a8bc97178b08');
INSERT INTO public.audit_entries VALUES (5, '2026-11-22T10:26:58.940878+00:00', 'letter:decided', '<lunch@home.example>', 'mailbot', '{"action":"ignore","letter":1,"message_id":"<lunch@home.example>","reasons":["not_a_request"],"received":"2026-11-22T10:26:58.346939+00:00","rules":"0.1.0+4aec4a549d72","sha256":"3a6ec530edfb082da4168c0b10b62088eca7d6c569d18813d09782977a259be2"}', '97a3eeb7a808c307d399a6a85da93d2c7199cbee4002fb5a4f28a8bc97178b08', '8f23a6245b78c4087732f242130fa1fe9950335d803addfe7d17c4e742fcf9e4');
INSERT INTO public.audit_entries VALUES (6, '2026-11-22T10:26:59.712659+00:00', 'letter:received', '2026-00001', 'mailbot', '{"letter":2,"mailbox":"maildir:///tmp/dump/site/in","message_id":"<letter-1@gov.ie.example>","received":"2026-11-22T10:26:59.003896+00:00","sha256":"6e2fa6f4f90d08ff9383f271662abd8d7c8e8e0ee8a4981b20c5d2db8ef89c01","size":596,"uid":2,"uidvalidity":1795343218910}', '8f23a6245b78c4087732f242130fa1fe9950335d803addfe7d17c4e742fcf9e4', 'e376c5c25cbeb0e8442738c7c001f6ca73d55612448cd52172ad0de8cfd2ce69');
INSERT INTO public.audit_entries VALUES (7, '2026-11-22T10:26:59.712659+00:00', 'letter:decided', '2026-00001', 'mailbot', '{"action":"apply","authentication":"pass","decision_sha256":"4f2b89791ca8b8f284d3c72d5c39634902387fe0d964f2fdebed3d977208a637","duration":"study_period","evidence":[{"end":78,"field":"intent","part":"body","start":49},{"end":220,"field":"duration","part":"body","start":191},{"end":36,"field":"member","part":"body","start":29},{"end":-1,"field":"authentication","part":"headers","start":-1}],"intent":"opt_in","letter":2,"member":"IRL","message_id":"<letter-1@gov.ie.example>","reasons":[],"received":"2026-11-22T10:26:59.003896+00:00","rules":"0.1.0+4aec4a549d72","sender":"karim.lindt@gov.ie.example","sha256":"6e2fa6f4f90d08ff9383f271662abd8d7c8e8e0ee8a4981b20c5d2db8ef89c01","standing":"designated"}', 'e376c5c25cbeb0e8442738c7c001f6ca73d55612448cd52172ad0de8cfd2ce69', 'd2aaa3e7a29d0d9a68ca91df2edee45717f8312acf6758bbe9e25f8b73c4db20');
INSERT INTO public.audit_entries VALUES (8, '2026-11-22T10:26:59.712659+00:00', 'flag:changed', 'IRL', 'mailbot', '{"at":"2026-11-22T10:26:59.712659+00:00","basis":"2025-11-20T09:00:00+00:00","before":null,"by":null,"cause":"letter","duration":"study_period","member":"IRL","member_name":"Ireland","message_id":"<letter-1@gov.ie.example>","reason":null,"reference":"2026-00001","row":1,"since":"2026-11-22T10:26:59.712659+00:00","state":"opted_in","study_period":"2025-2028"}', 'd2aaa3e7a29d0d9a68ca91df2edee45717f8312acf6758bbe9e25f8b73c4db20', '3ecf2b7b966c186063a6446fbbb7cf7687e050f9829e8a4a8fb938727f24f254');
INSERT INTO public.audit_entries VALUES (9, '2026-11-22T10:26:59.712659+00:00', 'mail:queued', '2026-00001', 'mailbot', '{"kind":"confirmation","message_id":"<31453922089783b24851e5f3d4138f68238a2703@itu.int>","recipients":["karim.lindt@gov.ie.example"]}', '3ecf2b7b966c186063a6446fbbb7cf7687e050f9829e8a4a8fb938727f24f254', '99e5a990951bb5c5ccedc71310ac42d54821bdb5d6e1b96a4195bc911b9d9fab');
INSERT INTO public.audit_entries VALUES (10, '2026-11-22T10:26:59.762989+00:00', 'mail:sent', '2026-00001', 'mailbot', '{"kind":"confirmation","message_id":"<31453922089783b24851e5f3d4138f68238a2703@itu.int>","recipients":["karim.lindt@gov.ie.example"]}', '99e5a990951bb5c5ccedc71310ac42d54821bdb5d6e1b96a4195bc911b9d9fab', 'ee052d06dee0b63a6c0430cff91ebf55361ba828f2630b5795b081da6da7976a');
INSERT INTO public.audit_entries VALUES (11, '2026-11-22T10:27:00.272228+00:00', 'letter:received', '2026-00002', 'mailbot', '{"letter":3,"mailbox":"maildir:///tmp/dump/site/in","message_id":"<letter-2@gov.ie.example>","received":"2026-11-22T10:26:59.800020+00:00","sha256":"61a3a2349f63e66063001a55fd46d784e04150e7cd383707c5f2313f13693eee","size":599,"uid":3,"uidvalidity":1795343218910}', 'ee052d06dee0b63a6c0430cff91ebf55361ba828f2630b5795b081da6da7976a', '5eb084f5b9f068e18ad892e679551178135135a472f4355f0301da1e79eb4d46');
INSERT INTO public.audit_entries VALUES (12, '2026-11-22T10:27:00.272228+00:00', 'letter:decided', '2026-00002', 'mailbot', '{"action":"review","authentication":"pass","decision_sha256":"5ac2c43158f0533cf9bd300eda385bfd8be7014493dfb59f245d3221d348de6d","duration":"study_period","evidence":[{"end":79,"field":"intent","part":"body","start":50},{"end":221,"field":"duration","part":"body","start":192},{"end":37,"field":"member","part":"body","start":29},{"end":-1,"field":"authentication","part":"headers","start":-1}],"intent":"opt_in","letter":3,"member":null,"message_id":"<letter-2@gov.ie.example>","reasons":["member_unknown"],"received":"2026-11-22T10:26:59.800020+00:00","rules":"0.1.0+4aec4a549d72","sender":"karim.lindt@gov.ie.example","sha256":"61a3a2349f63e66063001a55fd46d784e04150e7cd383707c5f2313f13693eee","standing":"designated"}', '5eb084f5b9f068e18ad892e679551178135135a472f4355f0301da1e79eb4d46', '10196b55d7c2e117b4fc4def334f0d78033c3e31289a88ebe59a9a29d096c1fa');
INSERT INTO public.audit_entries VALUES (13, '2026-11-22T10:27:00.272228+00:00', 'mail:queued', '2026-00002', 'mailbot', '{"kind":"receipt","message_id":"<a44e14884aec429ab3b3bddd1c0f4fcacf1d50e6@itu.int>","recipients":["karim.lindt@gov.ie.example"]}', '10196b55d7c2e117b4fc4def334f0d78033c3e31289a88ebe59a9a29d096c1fa', '8d4851952a22632d4939c33b82f1446d8df445c318ba51436868a8a787862ffe');
INSERT INTO public.audit_entries VALUES (14, '2026-11-22T10:27:00.475415+00:00', 'mail:sent', '2026-00002', 'mailbot', '{"kind":"receipt","message_id":"<a44e14884aec429ab3b3bddd1c0f4fcacf1d50e6@itu.int>","recipients":["karim.lindt@gov.ie.example"]}', '8d4851952a22632d4939c33b82f1446d8df445c318ba51436868a8a787862ffe', '9bc37c4161f3ecfef29cdb4817106000688e018ba893d754d99632f7059df33d');
INSERT INTO public.audit_entries VALUES (15, '2026-11-22T10:27:00.983695+00:00', 'letter:received', '2026-00003', 'mailbot', '{"letter":4,"mailbox":"maildir:///tmp/dump/site/in","message_id":"<letter-3@gov.ie.example>","received":"2026-11-22T10:27:00.508183+00:00","sha256":"bd01f452b313c9b8ca93fab0c4f4b789defbbe333f793323919bc26e876e5653","size":596,"uid":4,"uidvalidity":1795343218910}', '9bc37c4161f3ecfef29cdb4817106000688e018ba893d754d99632f7059df33d', '96526a165f8e279a79059ea3d31390a579b3977035093eb99c0ad9f2f711c290');
INSERT INTO public.audit_entries VALUES (16, '2026-11-22T10:27:00.983695+00:00', 'letter:decided', '2026-00003', 'mailbot', '{"action":"review","authentication":"fail","decision_sha256":"1528773133d0fa658183847c7c4289a6b3faf88768ca8c9840d7c5c337c86e5a","duration":"study_period","evidence":[{"end":78,"field":"intent","part":"body","start":49},{"end":220,"field":"duration","part":"body","start":191},{"end":36,"field":"member","part":"body","start":29},{"end":-1,"field":"authentication","part":"headers","start":-1}],"intent":"opt_in","letter":4,"member":"IRL","message_id":"<letter-3@gov.ie.example>","reasons":["authentication_failed"],"received":"2026-11-22T10:27:00.508183+00:00","rules":"0.1.0+4aec4a549d72","sender":"karim.lindt@gov.ie.example","sha256":"bd01f452b313c9b8ca93fab0c4f4b789defbbe333f793323919bc26e876e5653","standing":"designated"}', '96526a165f8e279a79059ea3d31390a579b3977035093eb99c0ad9f2f711c290', 'fccab0bfa0929d91b01491edd0057bd2327fc323659b4df725070773b8b73ed7');
INSERT INTO public.audit_entries VALUES (17, '2026-11-22T10:27:00.983695+00:00', 'mail:withheld', '2026-00003', 'mailbot', '{"why":"the letter does not authenticate as the sender''s"}', 'fccab0bfa0929d91b01491edd0057bd2327fc323659b4df725070773b8b73ed7', 'f2b727d2cd2f5c1234a5b747255b354b91efe12f0ad180f32ac99e547326ddd5');
INSERT INTO public.audit_entries VALUES (18, '2026-11-22T10:27:01.620473+00:00', 'letter:received', '2026-00004', 'mailbot', '{"letter":5,"mailbox":"maildir:///tmp/dump/site/in","message_id":"<letter-4@gov.fr.example>","received":"2026-11-22T10:27:01.047171+00:00","sha256":"4925f796fa3b05e0bb180250006741fac631bb5f409cb1676b2d0288b1ac95a7","size":591,"uid":5,"uidvalidity":1795343218910}', 'f2b727d2cd2f5c1234a5b747255b354b91efe12f0ad180f32ac99e547326ddd5', '6641c46868bdcd254a88982824c670c5546103bb5e17f6b6b28299d90e7fafd1');
INSERT INTO public.audit_entries VALUES (19, '2026-11-22T10:27:01.620473+00:00', 'letter:decided', '2026-00004', 'mailbot', '{"action":"apply","authentication":"pass","decision_sha256":"3315ab4ddbd88525a9f0b4d40029286e20f1b7183f515b04be3ddb59d20fd7d9","duration":"study_period","evidence":[{"end":77,"field":"intent","part":"body","start":48},{"end":219,"field":"duration","part":"body","start":190},{"end":35,"field":"member","part":"body","start":29},{"end":-1,"field":"authentication","part":"headers","start":-1}],"intent":"opt_in","letter":5,"member":"FRA","message_id":"<letter-4@gov.fr.example>","reasons":[],"received":"2026-11-22T10:27:01.047171+00:00","rules":"0.1.0+4aec4a549d72","sender":"ana.weber@gov.fr.example","sha256":"4925f796fa3b05e0bb180250006741fac631bb5f409cb1676b2d0288b1ac95a7","standing":"designated"}', '6641c46868bdcd254a88982824c670c5546103bb5e17f6b6b28299d90e7fafd1', '4ca56128f596b4829f13cf87e9a7ba6b6930c899b07676b6809f9ff1d4035d35');
INSERT INTO public.audit_entries VALUES (20, '2026-11-22T10:27:01.620473+00:00', 'flag:changed', 'FRA', 'mailbot', '{"at":"2026-11-22T10:27:01.620473+00:00","basis":"2025-11-20T09:00:00+00:00","before":null,"by":null,"cause":"letter","duration":"study_period","member":"FRA","member_name":"France","message_id":"<letter-4@gov.fr.example>","reason":null,"reference":"2026-00004","row":2,"since":"2026-11-22T10:27:01.620473+00:00","state":"opted_in","study_period":"2025-2028"}', '4ca56128f596b4829f13cf87e9a7ba6b6930c899b07676b6809f9ff1d4035d35', '6679f4a3f96aabb89d03b087d5970ca49aa95074c4e66f202de951b83affadac');
INSERT INTO public.audit_entries VALUES (21, '2026-11-22T10:27:01.620473+00:00', 'mail:queued', '2026-00004', 'mailbot', '{"kind":"confirmation","message_id":"<193c66d16a27ad3b03bc9076acee1be6afc7dc25@itu.int>","recipients":["ana.weber@gov.fr.example"]}', '6679f4a3f96aabb89d03b087d5970ca49aa95074c4e66f202de951b83affadac', '8810968f16d91a600b813c00c69d891daf2687a2fcdbc83714dee73737d539bb');
INSERT INTO public.audit_entries VALUES (22, '2026-11-22T10:27:01.679584+00:00', 'mail:sent', '2026-00004', 'mailbot', '{"kind":"confirmation","message_id":"<193c66d16a27ad3b03bc9076acee1be6afc7dc25@itu.int>","recipients":["ana.weber@gov.fr.example"]}', '8810968f16d91a600b813c00c69d891daf2687a2fcdbc83714dee73737d539bb', '71ba048bfa941b8c069565a8929e5fa5c66af998e027ea6fc94c4a5aea09cd3d');
INSERT INTO public.audit_entries VALUES (23, '2026-11-22T10:27:02.319375+00:00', 'flag:changed', 'IRL', 'Ana Lopez', '{"at":"2026-11-22T10:27:02.319375+00:00","basis":"2026-11-22T10:27:02.319375+00:00","before":"opted_in","by":"Ana Lopez","cause":"review","duration":null,"member":"IRL","member_name":"Ireland","message_id":"<letter-2@gov.ie.example>","reason":"by telephone","reference":"2026-00002","row":3,"since":"2026-11-22T10:27:02.319375+00:00","state":"opted_out","study_period":null}', '71ba048bfa941b8c069565a8929e5fa5c66af998e027ea6fc94c4a5aea09cd3d', 'f498e67a845b23192d9364538d44ad06e2652dac6f08da396f07ebc7ac7a2c0d');
INSERT INTO public.audit_entries VALUES (24, '2026-11-22T10:27:02.319375+00:00', 'mail:queued', '2026-00002', 'mailbot', '{"kind":"confirmation","message_id":"<8e150eb3fb61f421c2a9121848ef22791c836efe@itu.int>","recipients":["karim.lindt@gov.ie.example"]}', 'f498e67a845b23192d9364538d44ad06e2652dac6f08da396f07ebc7ac7a2c0d', 'df3f316408b7bf3979d2db166f89897a4ba3b1bb638ecebb266c347c12caa159');
INSERT INTO public.audit_entries VALUES (25, '2026-11-22T10:27:02.319375+00:00', 'review:resolved', '2026-00002', 'Ana Lopez', '{"against":null,"as":"opt_out","member":"IRL","proposed_by":null,"reason":"by telephone"}', 'df3f316408b7bf3979d2db166f89897a4ba3b1bb638ecebb266c347c12caa159', 'ef762587f21ea8feb106bd7376485768a88e0717b55a4d1bc9fd12e9b1a65b01');
INSERT INTO public.audit_entries VALUES (26, '2026-11-22T10:27:02.372180+00:00', 'mail:sent', '2026-00002', 'mailbot', '{"kind":"confirmation","message_id":"<8e150eb3fb61f421c2a9121848ef22791c836efe@itu.int>","recipients":["karim.lindt@gov.ie.example"]}', 'ef762587f21ea8feb106bd7376485768a88e0717b55a4d1bc9fd12e9b1a65b01', '788a4788ed28a1c0829e00f4973f58cafc5997106b8986abccb43e62d35b6052');


--
-- Data for Name: breaker; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: claims; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: contacts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.contacts VALUES ('poll', 'maildir:///tmp/dump/site/in', '2026-11-22 16:12:01.65906+05:45', NULL, NULL);
INSERT INTO public.contacts VALUES ('deliver', 'maildir:///tmp/dump/site/out', '2026-11-22 16:12:02.3803+05:45', NULL, NULL);


--
-- Data for Name: daily_counts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.daily_counts VALUES ('2026-11-22', 'outcome', 'ignore', 1);
INSERT INTO public.daily_counts VALUES ('2026-11-22', 'reason', 'member_unknown', 1);
INSERT INTO public.daily_counts VALUES ('2026-11-22', 'outcome', 'review', 2);
INSERT INTO public.daily_counts VALUES ('2026-11-22', 'reason', 'authentication_failed', 1);
INSERT INTO public.daily_counts VALUES ('2026-11-22', 'outcome', 'apply', 2);
INSERT INTO public.daily_counts VALUES ('2026-11-22', 'language', 'en', 4);
INSERT INTO public.daily_counts VALUES ('2026-11-22', 'wait', '1h', 1);


--
-- Data for Name: deferred_letters; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: flag_changes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.flag_changes VALUES (1, 'IRL', 'Ireland', '2026-11-22 16:11:59.712659+05:45', 'opted_in', '2026-11-22 16:11:59.712659+05:45', 'study_period', '2025-2028', 'letter', '2025-11-20 14:45:00+05:45', '2026-00001', '<letter-1@gov.ie.example>', NULL, NULL);
INSERT INTO public.flag_changes VALUES (2, 'FRA', 'France', '2026-11-22 16:12:01.620473+05:45', 'opted_in', '2026-11-22 16:12:01.620473+05:45', 'study_period', '2025-2028', 'letter', '2025-11-20 14:45:00+05:45', '2026-00004', '<letter-4@gov.fr.example>', NULL, NULL);
INSERT INTO public.flag_changes VALUES (3, 'IRL', 'Ireland', '2026-11-22 16:12:02.319375+05:45', 'opted_out', '2026-11-22 16:12:02.319375+05:45', NULL, NULL, 'review', '2026-11-22 16:12:02.319375+05:45', '2026-00002', '<letter-2@gov.ie.example>', 'Ana Lopez', 'by telephone');


--
-- Data for Name: focal_points; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.focal_points VALUES (1, 'IRL', 'T', 'designated', 'Karim Lindt', 'karim.lindt@gov.ie.example', 'en', NULL, NULL);
INSERT INTO public.focal_points VALUES (2, 'FRA', 'T', 'designated', 'Ana Weber', 'ana.weber@gov.fr.example', 'fr', NULL, NULL);


--
-- Data for Name: inbox; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: invitations; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: letters; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.letters VALUES (1, 'maildir:///tmp/dump/site/in', 1795343218910, 1, '<lunch@home.example>', '<lunch@home.example>', '3a6ec530edfb082da4168c0b10b62088eca7d6c569d18813d09782977a259be2', '00d771645bc76c6ee888fc70e0becf0fda937efb9c57cf1ef3dc29fca0d78f4b', 210, '2026-11-22 16:11:58.346939+05:45', '2026-11-22 16:11:58.940878+05:45', 'ignore', '["not_a_request"]', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.letters VALUES (2, 'maildir:///tmp/dump/site/in', 1795343218910, 2, '<letter-1@gov.ie.example>', '<letter-1@gov.ie.example>', '6e2fa6f4f90d08ff9383f271662abd8d7c8e8e0ee8a4981b20c5d2db8ef89c01', '06adec9775354d672975da84ec8c7a9087f1b1b9f053cfbc57d394da968d7750', 596, '2026-11-22 16:11:59.003896+05:45', '2026-11-22 16:11:59.712659+05:45', 'apply', '[]', 'mailbot/done', '2026-11-22 16:11:59.740279+05:45', '2026-00001', '\x41757468656e7469636174696f6e2d526573756c74733a206d782e746573743b20646d6172633d70617373206865616465722e66726f6d3d676f762e69652e6578616d706c650d0a46726f6d3a20466f63616c20506f696e74203c6b6172696d2e6c696e647440676f762e69652e6578616d706c653e0d0a546f3a20747362646972406974752e696e740d0a5375626a6563743a204175746f6d6174696320617070726f76616c20666f72204972656c616e640d0a446174653a205468752c203230204e6f7620323032352030393a30303a3030202b303030300d0a4d6573736167652d49443a203c6c65747465722d3140676f762e69652e6578616d706c653e0d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a0d0a44656172204469726563746f722c0d0a0d0a4f6e20626568616c66206f66204972656c616e642c2049207769736820746f20226f707420696e2220746f206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320666f7220616c6c2041637469766520495455204163636f756e7473207769746820544945532061636365737320616666696c69617465640d0a776974682074686973206f7267616e697a6174696f6e20666f72207468652072656d61696e646572206f662074686520537475647920506572696f642e0d0a0d0a466f63616c20506f696e740d0a44657369676e6174656420666f63616c20706f696e740d0a4972656c616e640d0a', 'Automatic approval for Ireland', 'karim.lindt@gov.ie.example', 'Focal Point', '{"message_id": "<letter-1@gov.ie.example>", "sha256": "6e2fa6f4f90d08ff9383f271662abd8d7c8e8e0ee8a4981b20c5d2db8ef89c01", "language": "en", "intent": "opt_in", "duration": "study_period", "member": {"code": "IRL", "name": "Ireland", "score": 100.0}, "sender": {"address": "karim.lindt@gov.ie.example", "standing": "designated", "members": ["IRL"]}, "authentication": "pass", "action": "apply", "reasons": [], "evidence": [{"field": "intent", "part": "body", "text": "opt in\" to automatic approval", "start": 49, "end": 78}, {"field": "duration", "part": "body", "text": "remainder of the Study Period", "start": 191, "end": 220}, {"field": "member", "part": "body", "text": "Ireland", "start": 29, "end": 36}, {"field": "authentication", "part": "headers", "text": "Authentication-Results: mx.test; dmarc=pass header.from=gov.ie.example", "start": -1, "end": -1}]}', 'IRL', 'en', '[]', false, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.letters VALUES (4, 'maildir:///tmp/dump/site/in', 1795343218910, 4, '<letter-3@gov.ie.example>', '<letter-3@gov.ie.example>', 'bd01f452b313c9b8ca93fab0c4f4b789defbbe333f793323919bc26e876e5653', '3930ba7f955b5aee790fa4b1785eb15fc51ae4d16dda9328340c68c65f9782cf', 596, '2026-11-22 16:12:00.508183+05:45', '2026-11-22 16:12:00.983695+05:45', 'review', '["authentication_failed"]', 'mailbot/review', '2026-11-22 16:12:00.999958+05:45', '2026-00003', '\x41757468656e7469636174696f6e2d526573756c74733a206d782e746573743b20646d6172633d6661696c206865616465722e66726f6d3d676f762e69652e6578616d706c650d0a46726f6d3a20466f63616c20506f696e74203c6b6172696d2e6c696e647440676f762e69652e6578616d706c653e0d0a546f3a20747362646972406974752e696e740d0a5375626a6563743a204175746f6d6174696320617070726f76616c20666f72204972656c616e640d0a446174653a205468752c203230204e6f7620323032352030393a30303a3030202b303030300d0a4d6573736167652d49443a203c6c65747465722d3340676f762e69652e6578616d706c653e0d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a0d0a44656172204469726563746f722c0d0a0d0a4f6e20626568616c66206f66204972656c616e642c2049207769736820746f20226f707420696e2220746f206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320666f7220616c6c2041637469766520495455204163636f756e7473207769746820544945532061636365737320616666696c69617465640d0a776974682074686973206f7267616e697a6174696f6e20666f72207468652072656d61696e646572206f662074686520537475647920506572696f642e0d0a0d0a466f63616c20506f696e740d0a44657369676e6174656420666f63616c20706f696e740d0a4972656c616e640d0a', 'Automatic approval for Ireland', 'karim.lindt@gov.ie.example', 'Focal Point', '{"message_id": "<letter-3@gov.ie.example>", "sha256": "bd01f452b313c9b8ca93fab0c4f4b789defbbe333f793323919bc26e876e5653", "language": "en", "intent": "opt_in", "duration": "study_period", "member": {"code": "IRL", "name": "Ireland", "score": 100.0}, "sender": {"address": "karim.lindt@gov.ie.example", "standing": "designated", "members": ["IRL"]}, "authentication": "fail", "action": "review", "reasons": ["authentication_failed"], "evidence": [{"field": "intent", "part": "body", "text": "opt in\" to automatic approval", "start": 49, "end": 78}, {"field": "duration", "part": "body", "text": "remainder of the Study Period", "start": 191, "end": 220}, {"field": "member", "part": "body", "text": "Ireland", "start": 29, "end": 36}, {"field": "authentication", "part": "headers", "text": "Authentication-Results: mx.test; dmarc=fail header.from=gov.ie.example", "start": -1, "end": -1}]}', 'IRL', 'en', '[]', false, 'open', NULL, NULL, NULL, NULL);
INSERT INTO public.letters VALUES (3, 'maildir:///tmp/dump/site/in', 1795343218910, 3, '<letter-2@gov.ie.example>', '<letter-2@gov.ie.example>', '61a3a2349f63e66063001a55fd46d784e04150e7cd383707c5f2313f13693eee', '8917eee8cd7b5886d120f68fb9a5e8a82d7380239c07762d9d7e4e4684713efb', 599, '2026-11-22 16:11:59.80002+05:45', '2026-11-22 16:12:00.272228+05:45', 'review', '["member_unknown"]', 'mailbot/review', '2026-11-22 16:12:00.458542+05:45', '2026-00002', '\x41757468656e7469636174696f6e2d526573756c74733a206d782e746573743b20646d6172633d70617373206865616465722e66726f6d3d676f762e69652e6578616d706c650d0a46726f6d3a20466f63616c20506f696e74203c6b6172696d2e6c696e647440676f762e69652e6578616d706c653e0d0a546f3a20747362646972406974752e696e740d0a5375626a6563743a204175746f6d6174696320617070726f76616c20666f722041746c616e7469730d0a446174653a205468752c203230204e6f7620323032352030393a30303a3030202b303030300d0a4d6573736167652d49443a203c6c65747465722d3240676f762e69652e6578616d706c653e0d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a0d0a44656172204469726563746f722c0d0a0d0a4f6e20626568616c66206f662041746c616e7469732c2049207769736820746f20226f707420696e2220746f206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320666f7220616c6c2041637469766520495455204163636f756e7473207769746820544945532061636365737320616666696c69617465640d0a776974682074686973206f7267616e697a6174696f6e20666f72207468652072656d61696e646572206f662074686520537475647920506572696f642e0d0a0d0a466f63616c20506f696e740d0a44657369676e6174656420666f63616c20706f696e740d0a41746c616e7469730d0a', 'Automatic approval for Atlantis', 'karim.lindt@gov.ie.example', 'Focal Point', '{"message_id": "<letter-2@gov.ie.example>", "sha256": "61a3a2349f63e66063001a55fd46d784e04150e7cd383707c5f2313f13693eee", "language": "en", "intent": "opt_in", "duration": "study_period", "member": null, "sender": {"address": "karim.lindt@gov.ie.example", "standing": "designated", "members": ["IRL"]}, "authentication": "pass", "action": "review", "reasons": ["member_unknown"], "evidence": [{"field": "intent", "part": "body", "text": "opt in\" to automatic approval", "start": 50, "end": 79}, {"field": "duration", "part": "body", "text": "remainder of the Study Period", "start": 192, "end": 221}, {"field": "member", "part": "body", "text": "Atlantis", "start": 29, "end": 37}, {"field": "authentication", "part": "headers", "text": "Authentication-Results: mx.test; dmarc=pass header.from=gov.ie.example", "start": -1, "end": -1}]}', 'IRL', 'en', '[]', false, 'resolved', NULL, '2026-11-22 16:12:02.319375+05:45', '{"as": "opt_out", "by": "Ana Lopez", "reason": "by telephone", "member": "IRL"}', NULL);
INSERT INTO public.letters VALUES (5, 'maildir:///tmp/dump/site/in', 1795343218910, 5, '<letter-4@gov.fr.example>', '<letter-4@gov.fr.example>', '4925f796fa3b05e0bb180250006741fac631bb5f409cb1676b2d0288b1ac95a7', 'bc3230ea53d396fa0e900c274e3e0c3e1a48e0124026a7e90981a9796e46530e', 591, '2026-11-22 16:12:01.047171+05:45', '2026-11-22 16:12:01.620473+05:45', 'apply', '[]', 'mailbot/done', '2026-11-22 16:12:01.655844+05:45', '2026-00004', '\x41757468656e7469636174696f6e2d526573756c74733a206d782e746573743b20646d6172633d70617373206865616465722e66726f6d3d676f762e66722e6578616d706c650d0a46726f6d3a20466f63616c20506f696e74203c616e612e776562657240676f762e66722e6578616d706c653e0d0a546f3a20747362646972406974752e696e740d0a5375626a6563743a204175746f6d6174696320617070726f76616c20666f72204672616e63650d0a446174653a205468752c203230204e6f7620323032352030393a30303a3030202b303030300d0a4d6573736167652d49443a203c6c65747465722d3440676f762e66722e6578616d706c653e0d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d7574662d380d0a0d0a44656172204469726563746f722c0d0a0d0a4f6e20626568616c66206f66204672616e63652c2049207769736820746f20226f707420696e2220746f206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320666f7220616c6c2041637469766520495455204163636f756e7473207769746820544945532061636365737320616666696c69617465640d0a776974682074686973206f7267616e697a6174696f6e20666f72207468652072656d61696e646572206f662074686520537475647920506572696f642e0d0a0d0a466f63616c20506f696e740d0a44657369676e6174656420666f63616c20706f696e740d0a4672616e63650d0a', 'Automatic approval for France', 'ana.weber@gov.fr.example', 'Focal Point', '{"message_id": "<letter-4@gov.fr.example>", "sha256": "4925f796fa3b05e0bb180250006741fac631bb5f409cb1676b2d0288b1ac95a7", "language": "en", "intent": "opt_in", "duration": "study_period", "member": {"code": "FRA", "name": "France", "score": 100.0}, "sender": {"address": "ana.weber@gov.fr.example", "standing": "designated", "members": ["FRA"]}, "authentication": "pass", "action": "apply", "reasons": [], "evidence": [{"field": "intent", "part": "body", "text": "opt in\" to automatic approval", "start": 48, "end": 77}, {"field": "duration", "part": "body", "text": "remainder of the Study Period", "start": 190, "end": 219}, {"field": "member", "part": "body", "text": "France", "start": 29, "end": 35}, {"field": "authentication", "part": "headers", "text": "Authentication-Results: mx.test; dmarc=pass header.from=gov.fr.example", "start": -1, "end": -1}]}', 'FRA', 'en', '[]', false, NULL, NULL, NULL, NULL, NULL);


--
-- Data for Name: mailbox_positions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.mailbox_positions VALUES ('maildir:///tmp/dump/site/in', 1795343218910, 5, '2026-11-15 16:11:58.913485+05:45', 2, '2026-11-22 16:11:58.913485+05:45');


--
-- Data for Name: members; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.members VALUES ('IRL', 'Ireland', 'member_state', 'IRL');
INSERT INTO public.members VALUES ('FRA', 'France', 'member_state', 'FRA');


--
-- Data for Name: outbox; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.outbox VALUES (1, 2, 'confirmation', '<31453922089783b24851e5f3d4138f68238a2703@itu.int>', '2026-00001', '[]', '{}', '\x436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f65356538633131663738373662353337653634373363356637346438376337376364653566616432220d0a4d494d452d56657273696f6e3a20312e300d0a46726f6d3a20224954552054656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e2042757265617522203c747362646972406974752e696e743e0d0a546f3a20224b6172696d204c696e647422203c6b6172696d2e6c696e647440676f762e69652e6578616d706c653e0d0a5375626a6563743a2052653a204175746f6d6174696320617070726f76616c20666f72204972656c616e640d0a446174653a2053756e2c203232204e6f7620323032362031303a32363a3539202b303030300d0a4d6573736167652d49443a203c33313435333932323038393738336232343835316535663364343133386636383233386132373033406974752e696e743e0d0a496e2d5265706c792d546f3a203c6c65747465722d3140676f762e69652e6578616d706c653e0d0a5265666572656e6365733a203c6c65747465722d3140676f762e69652e6578616d706c653e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a582d4175746f2d526573706f6e73652d53757070726573733a20416c6c0d0a436f6e74656e742d4c616e67756167653a20656e0d0a0d0a2d2d3d5f653565386331316637383736623533376536343733633566373464383763373763646535666164320d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a4175746f6d6174696320617070726f76616c3a206f7074656420696e0d0a0d0a4465617220536972206f72204d6164616d2c0d0a0d0a5468616e6b20796f7520666f7220796f7572206c65747465722e204972656c616e64206973206e6f77206f7074656420696e20746f206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320756e646572205453422043697263756c6172203131382e0d0a0d0a20204d656d6265723a204972656c616e640d0a20204175746f6d6174696320617070726f76616c3a206f7074656420696e0d0a2020496e206566666563742066726f6d3a203232204e6f76656d62657220323032362c2031303a3236205554430d0a20204475726174696f6e3a20666f72207468652072656d61696e646572206f662074686520537475647920506572696f642028323032352d323032382c2063757272656e746c790d0a20202020756e74696c20575453412d32382c203331204f63746f6265722032303238290d0a20205265717565737465642062793a204b6172696d204c696e647420286b6172696d2e6c696e647440676f762e69652e6578616d706c65290d0a20205265666572656e63653a20323032362d30303030310d0a0d0a4173206c6f6e67206173207468697320686f6c64732c20657665727920726567697374726174696f6e207265717565737420666f72207374617475746f7279204954552d540d0a6d656574696e6773207468617420636f6d65732066726f6d20616e2061637469766520495455206163636f756e74207769746820544945532061636365737320616666696c69617465640d0a77697468204972656c616e6420697320617070726f766564206175746f6d61746963616c6c792c20776974686f757420616e7920616374696f6e206279207468652064657369676e617465640d0a666f63616c20706f696e742e0d0a0d0a4972656c616e642074616b65732066756c6c20726573706f6e736962696c69747920666f722077686f20617474656e6473206d656574696e6773206f6e2069747320626568616c662e0d0a506c65617365206b65657020697473206c697374206f662054494553206163636f756e747320757020746f20646174653b207468652064657369676e6174656420666f63616c20706f696e740d0a73686f756c64207265766965772074686174206c69737420617420726567756c617220696e74657276616c732e0d0a0d0a5468652064657369676e6174656420666f63616c20706f696e74206d61792072657665727365207468697320617420616e792074696d6520627920612073696d696c6172206c65747465720d0a746f20747362646972406974752e696e742e20546865206c696e6b2062656c6f77206f70656e73206f6e65207468617420697320726561647920746f2073656e642e0d0a0d0a3c6d61696c746f3a747362646972406974752e696e743f7375626a6563743d33444f70742532306f75742532306f662532306175746f6d61746963253230617070726f76616c2532306f663d0d0a253230726567697374726174696f6e253230726571756573747326626f64793d33444f6e253230626568616c662532306f662532304972656c616e642532432532304925323077697368253d0d0a3230746f2532306f70742532306f75742532306f662532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e25323072657175657374733d0d0a253230666f72253230616c6c2532304163746976652532304954552532304163636f756e74732532307769746825323054494553253230616363657373253230616666696c6961746564253d0d0a323077697468253230746869732532306f7267616e697a6174696f6e253230756e74696c253230667572746865722532306e6f746963652532306f72253230666f722532307468652532303d0d0a72656d61696e6465722532306f662532307468652532305374756479253230506572696f6425323025323863757272656e746c79253230756e74696c253230575453412d32382532392e3e0d0a0d0a596f75727320666169746866756c6c792c0d0a0d0a54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e204275726561752028545342290d0a496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e0d0a0d0a54686973206d657373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e0d0a0d0a2d2d3d5f653565386331316637383736623533376536343733633566373464383763373763646535666164320d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d334422656e22206469723d3344226c7472223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c7469746c653e323032362d30303030313c2f7469746c653e0d0a3c7374796c653e0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e70616765207b206261636b67726f756e643a20233130313631642021696d706f7274616e743b207d0d0a20202e63617264207b206261636b67726f756e643a20233138323132622021696d706f7274616e743b20626f726465722d636f6c6f723a20233264336134382021696d706f7274616e743b3d0d0a20626f726465722d746f702d636f6c6f723a20233863633366352021696d706f7274616e743b20636f6c6f723a20236439653165392021696d706f7274616e743b207d0d0a20202e7469746c652c202e76616c7565207b20636f6c6f723a20236565663366382021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e6e6f74652c202e746f6e677565207b20636f6c6f723a20236133623162662021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e76616c75652c202e73656374696f6e207b20626f726465722d636f6c6f723a20233332343135312021696d706f7274616e743b207d0d0a20202e627574746f6e207b20636f6c6f723a20233863633366352021696d706f7274616e743b20626f726465722d636f6c6f723a20233863633366352021696d706f7274616e743b207d0d0a7d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d3344227061676522207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a23663266356638223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442270616765222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226261636b67726f756e643a23663266356638223e0d0a3c74723e3c746420616c69676e3d33442263656e74657222207374796c653d33442270616464696e673a323470782031327078223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442263617264222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226d61782d77696474683a36343070783b6261636b67726f756e643a2366666666663d0d0a663b626f726465723a31707820736f6c696420236464653465623b626f726465722d746f703a34707820736f6c696420233161356139363b636f6c6f723a23316232373333223e0d0a3c74723e3c746420636c6173733d33442273656374696f6e22206c616e673d334422656e22206469723d3344226c74722220616c69676e3d3344226c65667422207374796c653d334422703d0d0a616464696e673a32387078203332707820333070783b746578742d616c69676e3a6c6566743b666f6e742d66616d696c793a2d6170706c652d73797374656d2c262333393b5365676f65203d0d0a5549262333393b2c526f626f746f2c262333393b48656c766574696361204e657565262333393b2c262333393b4e6f746f2053616e73262333393b2c417269616c2c73616e732d736572693d0d0a663b666f6e742d73697a653a313570783b6c696e652d6865696768743a312e3535223e0d0a3c683120636c6173733d3344227469746c6522207374796c653d3344226d617267696e3a30203020323070783b70616464696e672d6c6566743a313270783b626f726465722d6c6566743a3d0d0a34707820736f6c696420233164366234353b666f6e742d73697a653a312e33656d3b6c696e652d6865696768743a312e33353b666f6e742d7765696768743a3630303b636f6c6f723a23313d0d0a3032363363223e4175746f6d6174696320617070726f76616c3a206f7074656420696e3c2f68313e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4465617220536972206f72204d6164616d2c3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5468616e6b20796f7520666f7220796f7572206c65747465722e204972656c616e64206973206e6f77206f7074653d0d0a6420696e20746f206175746f6d6174696320617070726f76616c206f6620726567697374726174696f6e20726571756573747320756e646572205453422043697263756c6172203131382e3d0d0a3c2f703e0d0a0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e222077696474683d33442231303025222063656c6c70616464696e673d33442230222063656c6c73706163696e673d0d0a3d334422302220626f726465723d3344223022207374796c653d3344226d617267696e3a347078203020323070783b626f726465722d636f6c6c617073653a636f6c6c617073653b666f6e3d0d0a742d73697a653a302e3935656d223e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4d656d6265723c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e4972656c616e643c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4175746f6d6174696320617070726f76616c3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e6f7074656420696e3c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e496e206566666563742066726f6d3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e3232204e6f76656d62657220323032362c2031303a3236205554433c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4475726174696f6e3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e666f72207468652072656d61696e646572206f662074686520537475647920506572696f642028323032352d323032382c2063757272656e746c7920756e74693d0d0a6c20575453412d32382c203331204f63746f6265722032303238293c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265717565737465642062793c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e4b6172696d204c696e647420286b6172696d2e6c696e647440676f762e69652e6578616d706c65293c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265666572656e63653c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e323032362d30303030313c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c2f7461626c653e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4173206c6f6e67206173207468697320686f6c64732c20657665727920726567697374726174696f6e20726571753d0d0a65737420666f72207374617475746f7279204954552d54206d656574696e6773207468617420636f6d65732066726f6d20616e2061637469766520495455206163636f756e7420776974683d0d0a20544945532061636365737320616666696c69617465642077697468204972656c616e6420697320617070726f766564206175746f6d61746963616c6c792c20776974686f757420616e793d0d0a20616374696f6e206279207468652064657369676e6174656420666f63616c20706f696e742e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4972656c616e642074616b65732066756c6c20726573706f6e736962696c69747920666f722077686f20617474653d0d0a6e6473206d656574696e6773206f6e2069747320626568616c662e20506c65617365206b65657020697473206c697374206f662054494553206163636f756e747320757020746f206461743d0d0a653b207468652064657369676e6174656420666f63616c20706f696e742073686f756c64207265766965772074686174206c69737420617420726567756c617220696e74657276616c732e3d0d0a3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5468652064657369676e6174656420666f63616c20706f696e74206d6179207265766572736520746869732061743d0d0a20616e792074696d6520627920612073696d696c6172206c657474657220746f20747362646972406974752e696e742e20546865206c696e6b2062656c6f77206f70656e73206f6e6520743d0d0a68617420697320726561647920746f2073656e642e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c6120636c6173733d334422627574746f6e2220687265663d3344226d61696c746f3a747362646972406974752e3d0d0a696e743f7375626a6563743d33444f70742532306f75742532306f662532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e253230723d0d0a6571756573747326616d703b626f64793d33444f6e253230626568616c662532306f662532304972656c616e642532432532304925323077697368253230746f2532306f70742532306f753d0d0a742532306f662532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e2532307265717565737473253230666f72253230616c6c2532303d0d0a4163746976652532304954552532304163636f756e74732532307769746825323054494553253230616363657373253230616666696c6961746564253230776974682532307468697325323d0d0a306f7267616e697a6174696f6e253230756e74696c253230667572746865722532306e6f746963652532306f72253230666f7225323074686525323072656d61696e6465722532306f66253d0d0a32307468652532305374756479253230506572696f6425323025323863757272656e746c79253230756e74696c253230575453412d32382532392e22207374796c653d334422646973706c3d0d0a61793a696e6c696e652d626c6f636b3b70616464696e673a39707820313870783b626f726465723a31707820736f6c696420233161356139363b626f726465722d7261646975733a3470783d0d0a3b636f6c6f723a233161356139363b746578742d6465636f726174696f6e3a6e6f6e653b666f6e742d7765696768743a363030223e526576657273652074686973206465636973696f6e3c3d0d0a2f613e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3234707820302031367078223e596f75727320666169746866756c6c792c3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c7374726f6e673e54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e20427572653d0d0a61752028545342293c2f7374726f6e673e3c62723e496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e3c2f703e0d0a3c7020636c6173733d3344226e6f746522207374796c653d3344226d617267696e3a303b666f6e742d73697a653a302e3835656d3b636f6c6f723a23356236393737223e54686973206d653d0d0a7373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e3c2f703e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f653565386331316637383736623533376536343733633566373464383763373763646535666164322d2d0d0a', '2026-11-22 16:11:59.712659+05:45', 'sent', 1, '2026-11-22 16:11:59.759314+05:45', NULL, '2026-11-22 16:11:59.762989+05:45', NULL);
INSERT INTO public.outbox VALUES (2, 3, 'receipt', '<a44e14884aec429ab3b3bddd1c0f4fcacf1d50e6@itu.int>', '2026-00002', '[]', '{}', '\x436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f38316233343461636666623739363635326131356464633562363630326338383133346531336466220d0a4d494d452d56657273696f6e3a20312e300d0a46726f6d3a20224954552054656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e2042757265617522203c747362646972406974752e696e743e0d0a546f3a2022466f63616c20506f696e7422203c6b6172696d2e6c696e647440676f762e69652e6578616d706c653e0d0a5375626a6563743a2052653a204175746f6d6174696320617070726f76616c20666f722041746c616e7469730d0a446174653a2053756e2c203232204e6f7620323032362031303a32373a3030202b303030300d0a4d6573736167652d49443a203c61343465313438383461656334323961623362336264646431633066346663616366316435306536406974752e696e743e0d0a496e2d5265706c792d546f3a203c6c65747465722d3240676f762e69652e6578616d706c653e0d0a5265666572656e6365733a203c6c65747465722d3240676f762e69652e6578616d706c653e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a582d4175746f2d526573706f6e73652d53757070726573733a20416c6c0d0a436f6e74656e742d4c616e67756167653a20656e0d0a0d0a2d2d3d5f383162333434616366666237393636353261313564646335623636303263383831333465313364660d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a596f7572206c657474657220686173206265656e2072656365697665640d0a0d0a4465617220536972206f72204d6164616d2c0d0a0d0a596f7572206c657474657220746f20746865204469726563746f72206f66205453422061626f7574206175746f6d6174696320617070726f76616c206f6620726567697374726174696f6e0d0a726571756573747320686173206265656e2072656365697665642e2041206d656d626572206f66207468652073746166662077696c6c207265616420697420616e64207265706c7920746f0d0a796f752e20556e74696c207468656e206e6f7468696e67206368616e6765732c20616e64207468657265206973206e6f206e65656420746f20777269746520616761696e2e0d0a0d0a20205265666572656e63653a20323032362d30303030320d0a202052656365697665643a203232204e6f76656d62657220323032362c2031303a3237205554430d0a0d0a506c656173652071756f74652074686973207265666572656e636520696e20616e79206675727468657220636f72726573706f6e64656e63652e0d0a0d0a596f75727320666169746866756c6c792c0d0a0d0a54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e204275726561752028545342290d0a496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e0d0a0d0a54686973206d657373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e0d0a0d0a2d2d3d5f383162333434616366666237393636353261313564646335623636303263383831333465313364660d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d334422656e22206469723d3344226c7472223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c7469746c653e323032362d30303030323c2f7469746c653e0d0a3c7374796c653e0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e70616765207b206261636b67726f756e643a20233130313631642021696d706f7274616e743b207d0d0a20202e63617264207b206261636b67726f756e643a20233138323132622021696d706f7274616e743b20626f726465722d636f6c6f723a20233264336134382021696d706f7274616e743b3d0d0a20626f726465722d746f702d636f6c6f723a20233863633366352021696d706f7274616e743b20636f6c6f723a20236439653165392021696d706f7274616e743b207d0d0a20202e7469746c652c202e76616c7565207b20636f6c6f723a20236565663366382021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e6e6f74652c202e746f6e677565207b20636f6c6f723a20236133623162662021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e76616c75652c202e73656374696f6e207b20626f726465722d636f6c6f723a20233332343135312021696d706f7274616e743b207d0d0a20202e627574746f6e207b20636f6c6f723a20233863633366352021696d706f7274616e743b20626f726465722d636f6c6f723a20233863633366352021696d706f7274616e743b207d0d0a7d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d3344227061676522207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a23663266356638223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442270616765222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226261636b67726f756e643a23663266356638223e0d0a3c74723e3c746420616c69676e3d33442263656e74657222207374796c653d33442270616464696e673a323470782031327078223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442263617264222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226d61782d77696474683a36343070783b6261636b67726f756e643a2366666666663d0d0a663b626f726465723a31707820736f6c696420236464653465623b626f726465722d746f703a34707820736f6c696420233161356139363b636f6c6f723a23316232373333223e0d0a3c74723e3c746420636c6173733d33442273656374696f6e22206c616e673d334422656e22206469723d3344226c74722220616c69676e3d3344226c65667422207374796c653d334422703d0d0a616464696e673a32387078203332707820333070783b746578742d616c69676e3a6c6566743b666f6e742d66616d696c793a2d6170706c652d73797374656d2c262333393b5365676f65203d0d0a5549262333393b2c526f626f746f2c262333393b48656c766574696361204e657565262333393b2c262333393b4e6f746f2053616e73262333393b2c417269616c2c73616e732d736572693d0d0a663b666f6e742d73697a653a313570783b6c696e652d6865696768743a312e3535223e0d0a3c683120636c6173733d3344227469746c6522207374796c653d3344226d617267696e3a30203020323070783b70616464696e672d6c6566743a313270783b626f726465722d6c6566743a3d0d0a34707820736f6c696420233161356139363b666f6e742d73697a653a312e33656d3b6c696e652d6865696768743a312e33353b666f6e742d7765696768743a3630303b636f6c6f723a23313d0d0a3032363363223e596f7572206c657474657220686173206265656e2072656365697665643c2f68313e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4465617220536972206f72204d6164616d2c3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e596f7572206c657474657220746f20746865204469726563746f72206f66205453422061626f7574206175746f6d3d0d0a6174696320617070726f76616c206f6620726567697374726174696f6e20726571756573747320686173206265656e2072656365697665642e2041206d656d626572206f662074686520733d0d0a746166662077696c6c207265616420697420616e64207265706c7920746f20796f752e20556e74696c207468656e206e6f7468696e67206368616e6765732c20616e6420746865726520693d0d0a73206e6f206e65656420746f20777269746520616761696e2e3c2f703e0d0a0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e222077696474683d33442231303025222063656c6c70616464696e673d33442230222063656c6c73706163696e673d0d0a3d334422302220626f726465723d3344223022207374796c653d3344226d617267696e3a347078203020323070783b626f726465722d636f6c6c617073653a636f6c6c617073653b666f6e3d0d0a742d73697a653a302e3935656d223e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265666572656e63653c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e323032362d30303030323c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e52656365697665643c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e3232204e6f76656d62657220323032362c2031303a3237205554433c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c2f7461626c653e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e506c656173652071756f74652074686973207265666572656e636520696e20616e79206675727468657220636f723d0d0a726573706f6e64656e63652e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3234707820302031367078223e596f75727320666169746866756c6c792c3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c7374726f6e673e54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e20427572653d0d0a61752028545342293c2f7374726f6e673e3c62723e496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e3c2f703e0d0a3c7020636c6173733d3344226e6f746522207374796c653d3344226d617267696e3a303b666f6e742d73697a653a302e3835656d3b636f6c6f723a23356236393737223e54686973206d653d0d0a7373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e3c2f703e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f383162333434616366666237393636353261313564646335623636303263383831333465313364662d2d0d0a', '2026-11-22 16:12:00.272228+05:45', 'sent', 1, '2026-11-22 16:12:00.472765+05:45', NULL, '2026-11-22 16:12:00.475415+05:45', NULL);
INSERT INTO public.outbox VALUES (3, 5, 'confirmation', '<193c66d16a27ad3b03bc9076acee1be6afc7dc25@itu.int>', '2026-00004', '[]', '{}', '\x436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f30636565323932353162313963373164633038303364393232336665353665373536366139626231220d0a4d494d452d56657273696f6e3a20312e300d0a46726f6d3a20224954552054656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e2042757265617522203c747362646972406974752e696e743e0d0a546f3a2022416e6120576562657222203c616e612e776562657240676f762e66722e6578616d706c653e0d0a5375626a6563743a2052653a204175746f6d6174696320617070726f76616c20666f72204672616e63650d0a446174653a2053756e2c203232204e6f7620323032362031303a32373a3031202b303030300d0a4d6573736167652d49443a203c31393363363664313661323761643362303362633930373661636565316265366166633764633235406974752e696e743e0d0a496e2d5265706c792d546f3a203c6c65747465722d3440676f762e66722e6578616d706c653e0d0a5265666572656e6365733a203c6c65747465722d3440676f762e66722e6578616d706c653e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a582d4175746f2d526573706f6e73652d53757070726573733a20416c6c0d0a436f6e74656e742d4c616e67756167653a20656e0d0a0d0a2d2d3d5f306365653239323531623139633731646330383033643932323366653536653735363661396262310d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a4175746f6d6174696320617070726f76616c3a206f7074656420696e0d0a0d0a4465617220536972206f72204d6164616d2c0d0a0d0a5468616e6b20796f7520666f7220796f7572206c65747465722e204672616e6365206973206e6f77206f7074656420696e20746f206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320756e646572205453422043697263756c6172203131382e0d0a0d0a20204d656d6265723a204672616e63650d0a20204175746f6d6174696320617070726f76616c3a206f7074656420696e0d0a2020496e206566666563742066726f6d3a203232204e6f76656d62657220323032362c2031303a3237205554430d0a20204475726174696f6e3a20666f72207468652072656d61696e646572206f662074686520537475647920506572696f642028323032352d323032382c2063757272656e746c790d0a20202020756e74696c20575453412d32382c203331204f63746f6265722032303238290d0a20205265717565737465642062793a20416e612057656265722028616e612e776562657240676f762e66722e6578616d706c65290d0a20205265666572656e63653a20323032362d30303030340d0a0d0a4173206c6f6e67206173207468697320686f6c64732c20657665727920726567697374726174696f6e207265717565737420666f72207374617475746f7279204954552d540d0a6d656574696e6773207468617420636f6d65732066726f6d20616e2061637469766520495455206163636f756e74207769746820544945532061636365737320616666696c69617465640d0a77697468204672616e636520697320617070726f766564206175746f6d61746963616c6c792c20776974686f757420616e7920616374696f6e206279207468652064657369676e617465640d0a666f63616c20706f696e742e0d0a0d0a4672616e63652074616b65732066756c6c20726573706f6e736962696c69747920666f722077686f20617474656e6473206d656574696e6773206f6e2069747320626568616c662e0d0a506c65617365206b65657020697473206c697374206f662054494553206163636f756e747320757020746f20646174653b207468652064657369676e6174656420666f63616c20706f696e740d0a73686f756c64207265766965772074686174206c69737420617420726567756c617220696e74657276616c732e0d0a0d0a5468652064657369676e6174656420666f63616c20706f696e74206d61792072657665727365207468697320617420616e792074696d6520627920612073696d696c6172206c65747465720d0a746f20747362646972406974752e696e742e20546865206c696e6b2062656c6f77206f70656e73206f6e65207468617420697320726561647920746f2073656e642e0d0a0d0a3c6d61696c746f3a747362646972406974752e696e743f7375626a6563743d33444f70742532306f75742532306f662532306175746f6d61746963253230617070726f76616c2532306f663d0d0a253230726567697374726174696f6e253230726571756573747326626f64793d33444f6e253230626568616c662532306f662532304672616e6365253243253230492532307769736825323d0d0a30746f2532306f70742532306f75742532306f662532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e2532307265717565737473253d0d0a3230666f72253230616c6c2532304163746976652532304954552532304163636f756e74732532307769746825323054494553253230616363657373253230616666696c696174656425323d0d0a3077697468253230746869732532306f7267616e697a6174696f6e253230756e74696c253230667572746865722532306e6f746963652532306f72253230666f72253230746865253230723d0d0a656d61696e6465722532306f662532307468652532305374756479253230506572696f6425323025323863757272656e746c79253230756e74696c253230575453412d32382532392e3e0d0a0d0a596f75727320666169746866756c6c792c0d0a0d0a54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e204275726561752028545342290d0a496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e0d0a0d0a54686973206d657373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e0d0a0d0a2d2d3d5f306365653239323531623139633731646330383033643932323366653536653735363661396262310d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d334422656e22206469723d3344226c7472223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c7469746c653e323032362d30303030343c2f7469746c653e0d0a3c7374796c653e0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e70616765207b206261636b67726f756e643a20233130313631642021696d706f7274616e743b207d0d0a20202e63617264207b206261636b67726f756e643a20233138323132622021696d706f7274616e743b20626f726465722d636f6c6f723a20233264336134382021696d706f7274616e743b3d0d0a20626f726465722d746f702d636f6c6f723a20233863633366352021696d706f7274616e743b20636f6c6f723a20236439653165392021696d706f7274616e743b207d0d0a20202e7469746c652c202e76616c7565207b20636f6c6f723a20236565663366382021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e6e6f74652c202e746f6e677565207b20636f6c6f723a20236133623162662021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e76616c75652c202e73656374696f6e207b20626f726465722d636f6c6f723a20233332343135312021696d706f7274616e743b207d0d0a20202e627574746f6e207b20636f6c6f723a20233863633366352021696d706f7274616e743b20626f726465722d636f6c6f723a20233863633366352021696d706f7274616e743b207d0d0a7d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d3344227061676522207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a23663266356638223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442270616765222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226261636b67726f756e643a23663266356638223e0d0a3c74723e3c746420616c69676e3d33442263656e74657222207374796c653d33442270616464696e673a323470782031327078223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442263617264222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226d61782d77696474683a36343070783b6261636b67726f756e643a2366666666663d0d0a663b626f726465723a31707820736f6c696420236464653465623b626f726465722d746f703a34707820736f6c696420233161356139363b636f6c6f723a23316232373333223e0d0a3c74723e3c746420636c6173733d33442273656374696f6e22206c616e673d334422656e22206469723d3344226c74722220616c69676e3d3344226c65667422207374796c653d334422703d0d0a616464696e673a32387078203332707820333070783b746578742d616c69676e3a6c6566743b666f6e742d66616d696c793a2d6170706c652d73797374656d2c262333393b5365676f65203d0d0a5549262333393b2c526f626f746f2c262333393b48656c766574696361204e657565262333393b2c262333393b4e6f746f2053616e73262333393b2c417269616c2c73616e732d736572693d0d0a663b666f6e742d73697a653a313570783b6c696e652d6865696768743a312e3535223e0d0a3c683120636c6173733d3344227469746c6522207374796c653d3344226d617267696e3a30203020323070783b70616464696e672d6c6566743a313270783b626f726465722d6c6566743a3d0d0a34707820736f6c696420233164366234353b666f6e742d73697a653a312e33656d3b6c696e652d6865696768743a312e33353b666f6e742d7765696768743a3630303b636f6c6f723a23313d0d0a3032363363223e4175746f6d6174696320617070726f76616c3a206f7074656420696e3c2f68313e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4465617220536972206f72204d6164616d2c3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5468616e6b20796f7520666f7220796f7572206c65747465722e204672616e6365206973206e6f77206f707465643d0d0a20696e20746f206175746f6d6174696320617070726f76616c206f6620726567697374726174696f6e20726571756573747320756e646572205453422043697263756c6172203131382e3c3d0d0a2f703e0d0a0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e222077696474683d33442231303025222063656c6c70616464696e673d33442230222063656c6c73706163696e673d0d0a3d334422302220626f726465723d3344223022207374796c653d3344226d617267696e3a347078203020323070783b626f726465722d636f6c6c617073653a636f6c6c617073653b666f6e3d0d0a742d73697a653a302e3935656d223e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4d656d6265723c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e4672616e63653c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4175746f6d6174696320617070726f76616c3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e6f7074656420696e3c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e496e206566666563742066726f6d3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e3232204e6f76656d62657220323032362c2031303a3237205554433c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4475726174696f6e3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e666f72207468652072656d61696e646572206f662074686520537475647920506572696f642028323032352d323032382c2063757272656e746c7920756e74693d0d0a6c20575453412d32382c203331204f63746f6265722032303238293c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265717565737465642062793c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e416e612057656265722028616e612e776562657240676f762e66722e6578616d706c65293c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265666572656e63653c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e323032362d30303030343c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c2f7461626c653e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4173206c6f6e67206173207468697320686f6c64732c20657665727920726567697374726174696f6e20726571753d0d0a65737420666f72207374617475746f7279204954552d54206d656574696e6773207468617420636f6d65732066726f6d20616e2061637469766520495455206163636f756e7420776974683d0d0a20544945532061636365737320616666696c69617465642077697468204672616e636520697320617070726f766564206175746f6d61746963616c6c792c20776974686f757420616e79203d0d0a616374696f6e206279207468652064657369676e6174656420666f63616c20706f696e742e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4672616e63652074616b65732066756c6c20726573706f6e736962696c69747920666f722077686f20617474656e3d0d0a6473206d656574696e6773206f6e2069747320626568616c662e20506c65617365206b65657020697473206c697374206f662054494553206163636f756e747320757020746f20646174653d0d0a3b207468652064657369676e6174656420666f63616c20706f696e742073686f756c64207265766965772074686174206c69737420617420726567756c617220696e74657276616c732e3c3d0d0a2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5468652064657369676e6174656420666f63616c20706f696e74206d6179207265766572736520746869732061743d0d0a20616e792074696d6520627920612073696d696c6172206c657474657220746f20747362646972406974752e696e742e20546865206c696e6b2062656c6f77206f70656e73206f6e6520743d0d0a68617420697320726561647920746f2073656e642e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c6120636c6173733d334422627574746f6e2220687265663d3344226d61696c746f3a747362646972406974752e3d0d0a696e743f7375626a6563743d33444f70742532306f75742532306f662532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e253230723d0d0a6571756573747326616d703b626f64793d33444f6e253230626568616c662532306f662532304672616e63652532432532304925323077697368253230746f2532306f70742532306f75743d0d0a2532306f662532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e2532307265717565737473253230666f72253230616c6c253230413d0d0a63746976652532304954552532304163636f756e74732532307769746825323054494553253230616363657373253230616666696c696174656425323077697468253230746869732532303d0d0a6f7267616e697a6174696f6e253230756e74696c253230667572746865722532306e6f746963652532306f72253230666f7225323074686525323072656d61696e6465722532306f6625323d0d0a307468652532305374756479253230506572696f6425323025323863757272656e746c79253230756e74696c253230575453412d32382532392e22207374796c653d334422646973706c613d0d0a793a696e6c696e652d626c6f636b3b70616464696e673a39707820313870783b626f726465723a31707820736f6c696420233161356139363b626f726465722d7261646975733a3470783b3d0d0a636f6c6f723a233161356139363b746578742d6465636f726174696f6e3a6e6f6e653b666f6e742d7765696768743a363030223e526576657273652074686973206465636973696f6e3c2f3d0d0a613e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3234707820302031367078223e596f75727320666169746866756c6c792c3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c7374726f6e673e54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e20427572653d0d0a61752028545342293c2f7374726f6e673e3c62723e496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e3c2f703e0d0a3c7020636c6173733d3344226e6f746522207374796c653d3344226d617267696e3a303b666f6e742d73697a653a302e3835656d3b636f6c6f723a23356236393737223e54686973206d653d0d0a7373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e3c2f703e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f306365653239323531623139633731646330383033643932323366653536653735363661396262312d2d0d0a', '2026-11-22 16:12:01.620473+05:45', 'sent', 1, '2026-11-22 16:12:01.675684+05:45', NULL, '2026-11-22 16:12:01.679584+05:45', NULL);
INSERT INTO public.outbox VALUES (4, 3, 'confirmation', '<8e150eb3fb61f421c2a9121848ef22791c836efe@itu.int>', '2026-00002', '[]', '{}', '\x436f6e74656e742d547970653a206d756c7469706172742f616c7465726e61746976653b0d0a20626f756e646172793d223d5f32396362393530383766366365613661613435373237653639643336306630316636643762353332220d0a4d494d452d56657273696f6e3a20312e300d0a46726f6d3a20224954552054656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e2042757265617522203c747362646972406974752e696e743e0d0a546f3a20224b6172696d204c696e647422203c6b6172696d2e6c696e647440676f762e69652e6578616d706c653e0d0a5375626a6563743a2052653a204175746f6d6174696320617070726f76616c20666f722041746c616e7469730d0a446174653a2053756e2c203232204e6f7620323032362031303a32373a3032202b303030300d0a4d6573736167652d49443a203c38653135306562336662363166343231633261393132313834386566323237393163383336656665406974752e696e743e0d0a496e2d5265706c792d546f3a203c6c65747465722d3240676f762e69652e6578616d706c653e0d0a5265666572656e6365733a203c6c65747465722d3240676f762e69652e6578616d706c653e0d0a4175746f2d5375626d69747465643a206175746f2d7265706c6965640d0a582d4175746f2d526573706f6e73652d53757070726573733a20416c6c0d0a436f6e74656e742d4c616e67756167653a20656e0d0a0d0a2d2d3d5f323963623935303837663663656136616134353732376536396433363066303166366437623533320d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f706c61696e3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a4175746f6d6174696320617070726f76616c3a206f70746564206f75740d0a0d0a4465617220536972206f72204d6164616d2c0d0a0d0a5468616e6b20796f7520666f7220796f7572206c65747465722e204972656c616e64206973206e6f77206f70746564206f7574206f66206175746f6d6174696320617070726f76616c206f660d0a726567697374726174696f6e20726571756573747320756e646572205453422043697263756c6172203131382e2041206d656d626572206f662074686520545342207374616666206861730d0a636f6e7369646572656420746865206c65747465722e0d0a0d0a20204d656d6265723a204972656c616e640d0a20204175746f6d6174696320617070726f76616c3a206f70746564206f75740d0a2020496e206566666563742066726f6d3a203232204e6f76656d62657220323032362c2031303a3237205554430d0a20204475726174696f6e3a20756e74696c20746865204d656d626572206f70747320696e20616761696e0d0a20205265717565737465642062793a204b6172696d204c696e647420286b6172696d2e6c696e647440676f762e69652e6578616d706c65290d0a20205265666572656e63653a20323032362d30303030320d0a0d0a4561636820726567697374726174696f6e207265717565737420666f72207374617475746f7279204954552d54206d656574696e677320616761696e20776169747320666f72207468650d0a617070726f76616c206f66207468652064657369676e6174656420666f63616c20706f696e742e0d0a0d0a5468652064657369676e6174656420666f63616c20706f696e74206d61792072657665727365207468697320617420616e792074696d6520627920612073696d696c6172206c65747465720d0a746f20747362646972406974752e696e742e20546865206c696e6b2062656c6f77206f70656e73206f6e65207468617420697320726561647920746f2073656e642e0d0a0d0a3c6d61696c746f3a747362646972406974752e696e743f7375626a6563743d33444f7074253230696e253230746f2532306175746f6d61746963253230617070726f76616c2532306f66253d0d0a3230726567697374726174696f6e253230726571756573747326626f64793d33444f6e253230626568616c662532306f662532304972656c616e64253243253230492532307769736825323d0d0a30746f2532306f7074253230696e253230746f2532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e253230726571756573747325323d0d0a30666f72253230616c6c2532304163746976652532304954552532304163636f756e74732532307769746825323054494553253230616363657373253230616666696c69617465642532303d0d0a77697468253230746869732532306f7267616e697a6174696f6e253230756e74696c253230667572746865722532306e6f746963652532306f72253230666f7225323074686525323072653d0d0a6d61696e6465722532306f662532307468652532305374756479253230506572696f6425323025323863757272656e746c79253230756e74696c253230575453412d32382532392e3e0d0a0d0a596f75727320666169746866756c6c792c0d0a0d0a54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e204275726561752028545342290d0a496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e0d0a0d0a54686973206d657373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e0d0a0d0a2d2d3d5f323963623935303837663663656136616134353732376536396433363066303166366437623533320d0a4d494d452d56657273696f6e3a20312e300d0a436f6e74656e742d547970653a20746578742f68746d6c3b20636861727365743d227574662d38220d0a436f6e74656e742d5472616e736665722d456e636f64696e673a2071756f7465642d7072696e7461626c650d0a0d0a3c21444f43545950452068746d6c3e0d0a3c68746d6c206c616e673d334422656e22206469723d3344226c7472223e0d0a3c686561643e0d0a3c6d65746120636861727365743d3344227574662d38223e0d0a3c6d657461206e616d653d33442276696577706f72742220636f6e74656e743d33442277696474683d33446465766963652d77696474682c20696e697469616c2d7363616c653d334431223e0d0a3c6d657461206e616d653d334422636f6c6f722d736368656d652220636f6e74656e743d3344226c69676874206461726b223e0d0a3c6d657461206e616d653d334422737570706f727465642d636f6c6f722d736368656d65732220636f6e74656e743d3344226c69676874206461726b223e0d0a3c7469746c653e323032362d30303030323c2f7469746c653e0d0a3c7374796c653e0d0a406d656469612028707265666572732d636f6c6f722d736368656d653a206461726b29207b0d0a20202e70616765207b206261636b67726f756e643a20233130313631642021696d706f7274616e743b207d0d0a20202e63617264207b206261636b67726f756e643a20233138323132622021696d706f7274616e743b20626f726465722d636f6c6f723a20233264336134382021696d706f7274616e743b3d0d0a20626f726465722d746f702d636f6c6f723a20233863633366352021696d706f7274616e743b20636f6c6f723a20236439653165392021696d706f7274616e743b207d0d0a20202e7469746c652c202e76616c7565207b20636f6c6f723a20236565663366382021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e6e6f74652c202e746f6e677565207b20636f6c6f723a20236133623162662021696d706f7274616e743b207d0d0a20202e6c6162656c2c202e76616c75652c202e73656374696f6e207b20626f726465722d636f6c6f723a20233332343135312021696d706f7274616e743b207d0d0a20202e627574746f6e207b20636f6c6f723a20233863633366352021696d706f7274616e743b20626f726465722d636f6c6f723a20233863633366352021696d706f7274616e743b207d0d0a7d0d0a3c2f7374796c653e0d0a3c2f686561643e0d0a3c626f647920636c6173733d3344227061676522207374796c653d3344226d617267696e3a303b70616464696e673a303b6261636b67726f756e643a23663266356638223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442270616765222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226261636b67726f756e643a23663266356638223e0d0a3c74723e3c746420616c69676e3d33442263656e74657222207374796c653d33442270616464696e673a323470782031327078223e0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e2220636c6173733d33442263617264222077696474683d33442231303025222063656c6c70616464696e673d334422303d0d0a222063656c6c73706163696e673d334422302220626f726465723d3344223022207374796c653d3344226d61782d77696474683a36343070783b6261636b67726f756e643a2366666666663d0d0a663b626f726465723a31707820736f6c696420236464653465623b626f726465722d746f703a34707820736f6c696420233161356139363b636f6c6f723a23316232373333223e0d0a3c74723e3c746420636c6173733d33442273656374696f6e22206c616e673d334422656e22206469723d3344226c74722220616c69676e3d3344226c65667422207374796c653d334422703d0d0a616464696e673a32387078203332707820333070783b746578742d616c69676e3a6c6566743b666f6e742d66616d696c793a2d6170706c652d73797374656d2c262333393b5365676f65203d0d0a5549262333393b2c526f626f746f2c262333393b48656c766574696361204e657565262333393b2c262333393b4e6f746f2053616e73262333393b2c417269616c2c73616e732d736572693d0d0a663b666f6e742d73697a653a313570783b6c696e652d6865696768743a312e3535223e0d0a3c683120636c6173733d3344227469746c6522207374796c653d3344226d617267696e3a30203020323070783b70616464696e672d6c6566743a313270783b626f726465722d6c6566743a3d0d0a34707820736f6c696420233861346230383b666f6e742d73697a653a312e33656d3b6c696e652d6865696768743a312e33353b666f6e742d7765696768743a3630303b636f6c6f723a23313d0d0a3032363363223e4175746f6d6174696320617070726f76616c3a206f70746564206f75743c2f68313e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4465617220536972206f72204d6164616d2c3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5468616e6b20796f7520666f7220796f7572206c65747465722e204972656c616e64206973206e6f77206f7074653d0d0a64206f7574206f66206175746f6d6174696320617070726f76616c206f6620726567697374726174696f6e20726571756573747320756e646572205453422043697263756c6172203131383d0d0a2e2041206d656d626572206f6620746865205453422073746166662068617320636f6e7369646572656420746865206c65747465722e3c2f703e0d0a0d0a3c7461626c6520726f6c653d33442270726573656e746174696f6e222077696474683d33442231303025222063656c6c70616464696e673d33442230222063656c6c73706163696e673d0d0a3d334422302220626f726465723d3344223022207374796c653d3344226d617267696e3a347078203020323070783b626f726465722d636f6c6c617073653a636f6c6c617073653b666f6e3d0d0a742d73697a653a302e3935656d223e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4d656d6265723c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e4972656c616e643c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4175746f6d6174696320617070726f76616c3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e6f70746564206f75743c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e496e206566666563742066726f6d3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e3232204e6f76656d62657220323032362c2031303a3237205554433c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e4475726174696f6e3c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e756e74696c20746865204d656d626572206f70747320696e20616761696e3c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265717565737465642062793c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e4b6172696d204c696e647420286b6172696d2e6c696e647440676f762e69652e6578616d706c65293c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c74723e0d0a3c746420636c6173733d3344226c6162656c222077696474683d334422333225222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b7061643d0d0a64696e672d72696768743a313470783b626f726465722d746f703a31707820736f6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a23353136303666223d0d0a3e5265666572656e63653c2f74643e0d0a3c746420636c6173733d33442276616c7565222076616c69676e3d334422746f7022207374796c653d33442270616464696e673a39707820303b626f726465722d746f703a31707820736f3d0d0a6c696420236464653465623b746578742d616c69676e3a6c6566743b636f6c6f723a233162323733333b666f6e742d7765696768743a3630303b776f72642d627265616b3a627265616b2d3d0d0a776f7264223e3c6264693e323032362d30303030323c2f6264693e3c2f74643e0d0a3c2f74723e0d0a3c2f7461626c653e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e4561636820726567697374726174696f6e207265717565737420666f72207374617475746f7279204954552d54203d0d0a6d656574696e677320616761696e20776169747320666f722074686520617070726f76616c206f66207468652064657369676e6174656420666f63616c20706f696e742e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302031367078223e5468652064657369676e6174656420666f63616c20706f696e74206d6179207265766572736520746869732061743d0d0a20616e792074696d6520627920612073696d696c6172206c657474657220746f20747362646972406974752e696e742e20546865206c696e6b2062656c6f77206f70656e73206f6e6520743d0d0a68617420697320726561647920746f2073656e642e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c6120636c6173733d334422627574746f6e2220687265663d3344226d61696c746f3a747362646972406974752e3d0d0a696e743f7375626a6563743d33444f7074253230696e253230746f2532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e25323072653d0d0a71756573747326616d703b626f64793d33444f6e253230626568616c662532306f662532304972656c616e642532432532304925323077697368253230746f2532306f7074253230696e253d0d0a3230746f2532306175746f6d61746963253230617070726f76616c2532306f66253230726567697374726174696f6e2532307265717565737473253230666f72253230616c6c25323041633d0d0a746976652532304954552532304163636f756e74732532307769746825323054494553253230616363657373253230616666696c696174656425323077697468253230746869732532306f3d0d0a7267616e697a6174696f6e253230756e74696c253230667572746865722532306e6f746963652532306f72253230666f7225323074686525323072656d61696e6465722532306f662532303d0d0a7468652532305374756479253230506572696f6425323025323863757272656e746c79253230756e74696c253230575453412d32382532392e22207374796c653d334422646973706c61793d0d0a3a696e6c696e652d626c6f636b3b70616464696e673a39707820313870783b626f726465723a31707820736f6c696420233161356139363b626f726465722d7261646975733a3470783b633d0d0a6f6c6f723a233161356139363b746578742d6465636f726174696f6e3a6e6f6e653b666f6e742d7765696768743a363030223e526576657273652074686973206465636973696f6e3c2f613d0d0a3e3c2f703e0d0a0d0a3c70207374796c653d3344226d617267696e3a3234707820302031367078223e596f75727320666169746866756c6c792c3c2f703e0d0a3c70207374796c653d3344226d617267696e3a3020302032307078223e3c7374726f6e673e54656c65636f6d6d756e69636174696f6e205374616e64617264697a6174696f6e20427572653d0d0a61752028545342293c2f7374726f6e673e3c62723e496e7465726e6174696f6e616c2054656c65636f6d6d756e69636174696f6e20556e696f6e3c2f703e0d0a3c7020636c6173733d3344226e6f746522207374796c653d3344226d617267696e3a303b666f6e742d73697a653a302e3835656d3b636f6c6f723a23356236393737223e54686973206d653d0d0a7373616765207761732073656e74206175746f6d61746963616c6c792e2041207265706c7920746f206974207265616368657320747362646972406974752e696e742e3c2f703e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f74643e3c2f74723e0d0a3c2f7461626c653e0d0a3c2f626f64793e0d0a3c2f68746d6c3e0d0a0d0a2d2d3d5f323963623935303837663663656136616134353732376536396433363066303166366437623533322d2d0d0a', '2026-11-22 16:12:02.319375+05:45', 'sent', 1, '2026-11-22 16:12:02.364845+05:45', NULL, '2026-11-22 16:12:02.37218+05:45', NULL);


--
-- Data for Name: questions; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: receipts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.receipts VALUES ('karim.lindt@gov.ie.example', '2026-11-22');


--
-- Data for Name: reference_numbers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.reference_numbers VALUES (2026, 4);


--
-- Data for Name: registry_imports; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.registry_imports VALUES (1, '2026-11-22 16:11:58.333652+05:45', '/tmp/dump/site/registry', '{"members": {"added": ["FRA", "IRL"], "changed": [], "removed": []}, "focal_points": {"added": ["FRA designated T ana.weber@gov.fr.example", "IRL designated T karim.lindt@gov.ie.example"], "changed": [], "removed": []}, "accounts": {"added": [], "changed": [], "removed": []}}');


--
-- Data for Name: schema_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_version VALUES (4);


--
-- Data for Name: sendings; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sendings VALUES (1, 'karim.lindt@gov.ie.example', 'gov.ie.example', '2026-11-22 16:11:59.712659+05:45');
INSERT INTO public.sendings VALUES (2, 'karim.lindt@gov.ie.example', 'gov.ie.example', '2026-11-22 16:12:00.272228+05:45');
INSERT INTO public.sendings VALUES (3, 'ana.weber@gov.fr.example', 'gov.fr.example', '2026-11-22 16:12:01.620473+05:45');
INSERT INTO public.sendings VALUES (4, 'karim.lindt@gov.ie.example', 'gov.ie.example', '2026-11-22 16:12:02.319375+05:45');


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: shelf; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: sign_in_attempts; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: study_periods; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.study_periods VALUES (1, '2026-11-22 16:11:58.328652+05:45', '2025-2028', 'WTSA-28', '2028-11-01 05:45:00+05:45');


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: waiting_reasons; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.waiting_reasons VALUES ('authentication_failed', '2026-11-22 16:12:00.508183+05:45', 4);


--
-- Name: accounts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.accounts_id_seq', 1, false);


--
-- Name: api_tokens_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.api_tokens_id_seq', 1, false);


--
-- Name: breaker_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.breaker_id_seq', 1, false);


--
-- Name: flag_changes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.flag_changes_id_seq', 3, true);


--
-- Name: focal_points_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.focal_points_id_seq', 2, true);


--
-- Name: inbox_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.inbox_id_seq', 5, true);


--
-- Name: letters_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.letters_id_seq', 5, true);


--
-- Name: outbox_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.outbox_id_seq', 4, true);


--
-- Name: reference_numbers_year_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.reference_numbers_year_seq', 1, false);


--
-- Name: registry_imports_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.registry_imports_id_seq', 1, true);


--
-- Name: sendings_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sendings_id_seq', 4, true);


--
-- Name: shelf_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.shelf_id_seq', 1, false);


--
-- Name: sign_in_attempts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sign_in_attempts_id_seq', 1, false);


--
-- Name: study_periods_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.study_periods_id_seq', 1, true);


--
-- Name: users_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.users_id_seq', 1, false);


--
-- Name: accounts accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_pkey PRIMARY KEY (id);


--
-- Name: aliases aliases_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_pkey PRIMARY KEY (member_code, "position");


--
-- Name: api_tokens api_tokens_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_key_key UNIQUE (key);


--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);


--
-- Name: api_tokens api_tokens_sha256_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_tokens
    ADD CONSTRAINT api_tokens_sha256_key UNIQUE (sha256);


--
-- Name: audit_entries audit_entries_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (seq);


--
-- Name: breaker breaker_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.breaker
    ADD CONSTRAINT breaker_pkey PRIMARY KEY (id);


--
-- Name: claims claims_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.claims
    ADD CONSTRAINT claims_pkey PRIMARY KEY (item, by);


--
-- Name: contacts contacts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (work, place);


--
-- Name: daily_counts daily_counts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.daily_counts
    ADD CONSTRAINT daily_counts_pkey PRIMARY KEY (day, kind, name);


--
-- Name: deferred_letters deferred_letters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.deferred_letters
    ADD CONSTRAINT deferred_letters_pkey PRIMARY KEY (mailbox, uidvalidity, uid);


--
-- Name: flag_changes flag_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.flag_changes
    ADD CONSTRAINT flag_changes_pkey PRIMARY KEY (id);


--
-- Name: focal_points focal_points_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.focal_points
    ADD CONSTRAINT focal_points_pkey PRIMARY KEY (id);


--
-- Name: inbox inbox_mailbox_uidvalidity_uid_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_mailbox_uidvalidity_uid_key UNIQUE (mailbox, uidvalidity, uid);


--
-- Name: inbox inbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (id);


--
-- Name: invitations invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (sha256);


--
-- Name: invitations invitations_user_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_user_id_key UNIQUE (user_id);


--
-- Name: letters letters_mailbox_uidvalidity_uid_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_mailbox_uidvalidity_uid_key UNIQUE (mailbox, uidvalidity, uid);


--
-- Name: letters letters_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_pkey PRIMARY KEY (id);


--
-- Name: letters letters_reference_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.letters
    ADD CONSTRAINT letters_reference_key UNIQUE (reference);


--
-- Name: mailbox_positions mailbox_positions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.mailbox_positions
    ADD CONSTRAINT mailbox_positions_pkey PRIMARY KEY (mailbox);


--
-- Name: members members_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (code);


--
-- Name: outbox outbox_message_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_message_id_key UNIQUE (message_id);


--
-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);


--
-- Name: questions questions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_pkey PRIMARY KEY (reference);


--
-- Name: receipts receipts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.receipts
    ADD CONSTRAINT receipts_pkey PRIMARY KEY (address, day);


--
-- Name: reference_numbers reference_numbers_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.reference_numbers
    ADD CONSTRAINT reference_numbers_pkey PRIMARY KEY (year);


--
-- Name: registry_imports registry_imports_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registry_imports
    ADD CONSTRAINT registry_imports_pkey PRIMARY KEY (id);


--
-- Name: sendings sendings_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sendings
    ADD CONSTRAINT sendings_pkey PRIMARY KEY (id);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (sha256);


--
-- Name: shelf shelf_mailbox_uidvalidity_uid_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shelf
    ADD CONSTRAINT shelf_mailbox_uidvalidity_uid_key UNIQUE (mailbox, uidvalidity, uid);


--
-- Name: shelf shelf_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.shelf
    ADD CONSTRAINT shelf_pkey PRIMARY KEY (id);


--
-- Name: sign_in_attempts sign_in_attempts_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sign_in_attempts
    ADD CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (id);


--
-- Name: study_periods study_periods_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.study_periods
    ADD CONSTRAINT study_periods_pkey PRIMARY KEY (id);


--
-- Name: users users_identity_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_identity_key UNIQUE (identity);


--
-- Name: users users_key_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_key_key UNIQUE (key);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: waiting_reasons waiting_reasons_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.waiting_reasons
    ADD CONSTRAINT waiting_reasons_pkey PRIMARY KEY (reason, received, letter_id);


--
-- Name: audit_entries_action; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_action ON public.audit_entries USING btree (action, seq);


--
-- Name: audit_entries_actor; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_actor ON public.audit_entries USING btree (actor, seq);


--
-- Name: audit_entries_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_at ON public.audit_entries USING btree (at, seq);


--
-- Name: audit_entries_subject; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX audit_entries_subject ON public.audit_entries USING btree (subject, seq);


--
-- Name: flag_changes_of_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX flag_changes_of_member ON public.flag_changes USING btree (member_code, id);


--
-- Name: ix_accounts_member_code; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_accounts_member_code ON public.accounts USING btree (member_code);


--
-- Name: ix_claims_expires; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_claims_expires ON public.claims USING btree (expires);


--
-- Name: ix_focal_points_email; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_focal_points_email ON public.focal_points USING btree (email);


--
-- Name: ix_focal_points_member_code; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_focal_points_member_code ON public.focal_points USING btree (member_code);


--
-- Name: ix_inbox_arrival_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_inbox_arrival_id ON public.inbox USING btree (arrival_id);


--
-- Name: ix_letters_arrival_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_letters_arrival_id ON public.letters USING btree (arrival_id);


--
-- Name: ix_letters_message_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_letters_message_id ON public.letters USING btree (message_id);


--
-- Name: ix_letters_sha256; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_letters_sha256 ON public.letters USING btree (sha256);


--
-- Name: ix_outbox_letter_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_outbox_letter_id ON public.outbox USING btree (letter_id);


--
-- Name: ix_questions_address; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_questions_address ON public.questions USING btree (address);


--
-- Name: ix_questions_message_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_questions_message_id ON public.questions USING btree (message_id);


--
-- Name: ix_questions_state; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_questions_state ON public.questions USING btree (state);


--
-- Name: ix_sendings_address; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sendings_address ON public.sendings USING btree (address);


--
-- Name: ix_sendings_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sendings_at ON public.sendings USING btree (at);


--
-- Name: ix_sendings_domain; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sendings_domain ON public.sendings USING btree (domain);


--
-- Name: ix_sessions_created_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sessions_created_at ON public.sessions USING btree (created_at);


--
-- Name: ix_sessions_user_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sessions_user_id ON public.sessions USING btree (user_id);


--
-- Name: ix_shelf_arrival_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_shelf_arrival_id ON public.shelf USING btree (arrival_id);


--
-- Name: ix_sign_in_attempts_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_sign_in_attempts_at ON public.sign_in_attempts USING btree (at);


--
-- Name: ix_waiting_reasons_letter_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_waiting_reasons_letter_id ON public.waiting_reasons USING btree (letter_id);


--
-- Name: letters_by_arrival; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_by_arrival ON public.letters USING btree (received, id);


--
-- Name: letters_by_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_by_member ON public.letters USING btree (member_code, received, id);


--
-- Name: letters_by_outcome; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_by_outcome ON public.letters USING btree (outcome, received, id);


--
-- Name: letters_in_review; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_in_review ON public.letters USING btree (review, received, id);


--
-- Name: letters_in_review_in_language; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_in_review_in_language ON public.letters USING btree (review, language, received, id);


--
-- Name: letters_in_review_of_member; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_in_review_of_member ON public.letters USING btree (review, member_code, received, id);


--
-- Name: letters_unfiled; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX letters_unfiled ON public.letters USING btree (mailbox, uidvalidity, uid) WHERE ((file_to IS NOT NULL) AND (filed_at IS NULL));


--
-- Name: outbox_by_status; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_by_status ON public.outbox USING btree (status, id);


--
-- Name: outbox_due; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX outbox_due ON public.outbox USING btree (status, next_attempt);


--
-- Name: shelf_by_state; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX shelf_by_state ON public.shelf USING btree (state, id);


--
-- Name: sign_in_attempts_account; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sign_in_attempts_account ON public.sign_in_attempts USING btree (account, at);


--
-- Name: sign_in_attempts_address; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sign_in_attempts_address ON public.sign_in_attempts USING btree (address, at);


--
-- Name: accounts accounts_member_code_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.accounts
    ADD CONSTRAINT accounts_member_code_fkey FOREIGN KEY (member_code) REFERENCES public.members(code) ON DELETE CASCADE;


--
-- Name: aliases aliases_member_code_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.aliases
    ADD CONSTRAINT aliases_member_code_fkey FOREIGN KEY (member_code) REFERENCES public.members(code) ON DELETE CASCADE;


--
-- Name: focal_points focal_points_member_code_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.focal_points
    ADD CONSTRAINT focal_points_member_code_fkey FOREIGN KEY (member_code) REFERENCES public.members(code) ON DELETE CASCADE;


--
-- Name: invitations invitations_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: outbox outbox_letter_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_letter_id_fkey FOREIGN KEY (letter_id) REFERENCES public.letters(id);


--
-- Name: questions questions_reference_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.questions
    ADD CONSTRAINT questions_reference_fkey FOREIGN KEY (reference) REFERENCES public.letters(reference) ON DELETE CASCADE;


--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: waiting_reasons waiting_reasons_letter_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.waiting_reasons
    ADD CONSTRAINT waiting_reasons_letter_id_fkey FOREIGN KEY (letter_id) REFERENCES public.letters(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


