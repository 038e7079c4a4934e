"""Write the dumps of today's schema that the migration tests upgrade: `python scripts/dump_schema.py`.

A little site is run on either database, SQLite and PostgreSQL, with this checkout's mailbot; what it wrote goes to
`tests/integration/schemas/<schema>.<database>.sql`. Run it before a release; a released dump is never written again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from mailbot.store.tables import SCHEMA_VERSION  # noqa: E402
from tests.integration.conftest import UNRELATED, Site, opt_in_letter  # noqa: E402
from tests.postgres import Postgres, running_postgres  # noqa: E402

FOLDER = ROOT / "tests" / "integration" / "schemas"
# the mailbox's place stands in the dump: the same on every machine
SITE = Path("/tmp/dump/site")

MEMBERS = "code,name,category,country,aliases\nIRL,Ireland,member_state,IRL,Irlande\nFRA,France,member_state,FRA,\n"
FOCAL_POINTS = """\
member_code,sector,role,name,email,language,valid_from,valid_until
IRL,T,designated,Karim Lindt,karim.lindt@gov.ie.example,en,,
FRA,T,designated,Ana Weber,ana.weber@gov.fr.example,fr,,
"""


def fill(site: Site) -> None:
    """Everything the migration tests ask about: flags by letter and by a person, a letter in review, ignored mail."""
    registry = site.folder / "registry"
    registry.mkdir()
    (registry / "members.csv").write_text(MEMBERS, "utf-8")
    (registry / "focal_points.csv").write_text(FOCAL_POINTS, "utf-8")
    site.configure()
    site.say("registry", "import", str(registry))
    letters = (
        UNRELATED,
        opt_in_letter(1),
        opt_in_letter(2, member="Atlantis"),
        opt_in_letter(3, authentication="dmarc=fail"),
        opt_in_letter(4, "ana.weber@gov.fr.example", "France"),
    )
    for number, raw in enumerate(letters):
        site.drop(raw, f"{number}.eml")
        site.say("poll")
    waiting = [row["id"] for row in site.json("review", "list") if "member_unknown" in row["reasons"]]
    by = ("--member", "IRL", "--by", "Ana Lopez", "--reason", "by telephone")
    site.say("review", "resolve", waiting[0], "--as", "opt_out", *by)


def dump_sqlite() -> str:
    """As the sqlite3 shell's .dump writes it."""
    site = fresh_site(None)
    fill(site)
    with sqlite3.connect(site.database) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def dump_postgresql(server: Postgres) -> str:
    """As pg_dump writes it, but for psql's own commands."""
    site = fresh_site(server.create("dump"))
    fill(site)
    (program,) = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))[-1:]
    command = [program, "--inserts", "--no-owner", "--no-privileges", "-h", server.folder, "-U", "postgres", "dump"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("\\"))


def fresh_site(postgres_url: str | None) -> Site:
    """An empty site in the one place that dumps name."""
    shutil.rmtree(SITE, ignore_errors=True)
    SITE.mkdir(parents=True)
    return Site(SITE, postgres_url=postgres_url)


def main() -> None:
    """Write both dumps."""
    os.environ["TZ"] = "UTC"
    (FOLDER / f"{SCHEMA_VERSION}.sqlite.sql").write_text(dump_sqlite(), "utf-8")
    with running_postgres() as server:
        (FOLDER / f"{SCHEMA_VERSION}.postgresql.sql").write_text(dump_postgresql(server), "utf-8")


if __name__ == "__main__":
    main()
