"""Registry files (contract section 2): CSV and .xlsx alike, every bad row named, all or nothing."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from mailbot.errors import MailbotError
from mailbot.registry import RegistryError, import_registry, read_registry, removal
from mailbot.store.engine import open_store
from mailbot.store.registry_rows import load_registry

from .conftest import FIXTURES, Site

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MEMBERS = "code,name,category,country,aliases\n"
POINTS = "member_code,sector,role,name,email,language,valid_from,valid_until\n"
ACCOUNTS = "username,email,name,member_code,status,ties_access\n"
IRL = "IRL,Ireland,member_state,IRL,Éire|Irlande\n"
POINT = "IRL,T,designated,Karim,karim@gov.ie.example,en,,\n"


def write(
    folder: Path, members: str = MEMBERS + IRL, points: str = POINTS + POINT, accounts: str | None = None
) -> Path:
    (folder / "members.csv").write_text(members, "utf-8")
    (folder / "focal_points.csv").write_text(points, "utf-8")
    if accounts is not None:
        (folder / "accounts.csv").write_text(accounts, "utf-8")
    return folder


def problems(source: Path) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        read_registry(source)
    return [str(problem) for problem in caught.value.problems]


def test_rows_are_read_as_they_are_meant(tmp_path: Path) -> None:
    points = POINTS + "IRL,T,designated,Karim,Karim@GOV.ie.example,en,2026-01-01,2026-12-31\n"
    points += "IRL,,ties,Zoë,zoe@bücher.example,,,\n"
    accounts = ACCOUNTS + "karim,k@gov.ie.example,Karim,IRL,active,yes\nkarim,k@gov.ie.example,Karim,IRL2,inactive,no\n"
    members = MEMBERS + IRL + "IRL2,Ireland Two,associate,,\n"
    rows = read_registry(write(tmp_path, members, points, accounts))
    assert rows.members[0].aliases == ("Éire", "Irlande")
    assert rows.focal_points[0].email == "karim@gov.ie.example"
    assert (rows.focal_points[0].valid_from, rows.focal_points[0].valid_until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert rows.focal_points[1].email == "zoe@xn--bcher-kva.example"
    assert [account.ties_access for account in rows.accounts] == [True, False]


def test_excel_s_byte_order_mark_and_blank_lines_are_forgiven(tmp_path: Path) -> None:
    assert read_registry(write(tmp_path, "\ufeff" + MEMBERS + "\n" + IRL + ",,,,\n")).members[0].code == "IRL"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",Ireland,member_state,IRL,", "column code: is empty"),
        ("I L,Ireland,member_state,IRL,", "column code: 'I L' holds a space"),
        ("XXX,,member_state,IRL,", "column name: is empty"),
        ("XXX,Ireland,state,IRL,", "column category: 'state' is not one of member_state, sector_member"),
        ("XXX,Ireland,member_state,Ireland,", "column country: 'Ireland' is no ISO 3166-1 alpha-3 code"),
        ("IRL,Ireland,member_state,IRL,", "column code: 'IRL' repeats line 2"),
        ("XXX,Ireland,member_state", "has 3 columns instead of 5"),
        ("XXX,Ireland,member_state,IRL,a,b", "has 6 columns instead of 5"),
    ],
)
def test_bad_members_are_named(tmp_path: Path, row: str, problem: str) -> None:
    (found,) = problems(write(tmp_path, MEMBERS + IRL + row + "\n"))
    assert found.startswith("members.csv line 3")
    assert problem in found


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("XXX,T,designated,K,k@x.example,en,,", "column member_code: 'XXX' is no code of members"),
        ("IRL,X,designated,K,k@x.example,en,,", "column sector: 'X' is not one of T, R, D or empty"),
        ("IRL,,designated,K,k@x.example,en,,", "column sector: is empty"),
        ("IRL,T,ties,K,k@x.example,en,,", "column sector: is 'T': a TIES focal point has no Sector"),
        ("IRL,T,boss,K,k@x.example,en,,", "column role: 'boss' is not one of designated, ties"),
        ("IRL,T,designated,K,k at x,en,,", "column email: 'k at x' is not an e-mail address"),
        ("IRL,T,designated,K,k@x.example,de,,", "column language: 'de' is not one of"),
        ("IRL,T,designated,K,k@x.example,en,1.2.2026,", "column valid_from: '1.2.2026' is not a date"),
        ("IRL,T,designated,K,k@x.example,en,2026-02-01,2026-01-01", "column valid_until: 2026-01-01 lies before"),
        ("IRL,T,designated,Karim,karim@gov.ie.example,en,,", "repeats line 2"),
    ],
)
def test_bad_focal_points_are_named(tmp_path: Path, row: str, problem: str) -> None:
    (found,) = problems(write(tmp_path, points=POINTS + POINT + row + "\n"))
    assert found.startswith("focal_points.csv line 3")
    assert problem in found


def test_bad_accounts_are_named(tmp_path: Path) -> None:
    found = problems(write(tmp_path, accounts=ACCOUNTS + "k,k@x.example,K,IRL,asleep,maybe\n"))
    assert len(found) == 2
    assert "column status: 'asleep' is not one of active, inactive" in found[0]
    assert "column ties_access: 'maybe' is not one of yes, no" in found[1]


def test_wrong_columns_are_named(tmp_path: Path) -> None:
    found = problems(write(tmp_path, "code,name,category,colour,code\n"))
    assert [line.partition(": ")[0].partition("column ")[2] for line in found] == [
        "country", "aliases", "colour", "code",
    ]  # fmt: skip


def test_missing_and_empty_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text("")
    found = problems(tmp_path)
    assert "there is no focal_points.csv or sheet focal_points" in found[0] + found[1]
    assert "members.csv: is empty" in found[0] + found[1]


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "members.csv").write_bytes((MEMBERS + IRL).encode("latin-1"))
    (found,) = problems(tmp_path)
    assert found == "members.csv line 2: this is not UTF-8: save the file as CSV UTF-8"


def test_lines_are_counted_through_cells_with_line_breaks(tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, MEMBERS + 'IRL,"Ire\nland",member_state,IRL,\nXXX,,associate,,\n'))
    assert found.startswith("members.csv line 4")


def workbook(path: Path, source: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for file in sorted(source.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        with file.open(encoding="utf-8", newline="") as lines:
            for number, row in enumerate(csv.reader(lines)):
                cells: list[object] = list(row)
                if file.stem == "focal_points" and number:  # a spreadsheet keeps dates as dates
                    cells = [date.fromisoformat(cell) if n >= 6 and cell else cell for n, cell in enumerate(row)]
                sheet.append(cells)
    book.save(path)
    return path


def test_a_workbook_says_the_same_as_the_csv_files(tmp_path: Path) -> None:
    source = FIXTURES / "registry"
    assert read_registry(workbook(tmp_path / "registry.xlsx", source)) == read_registry(source)


def test_bad_rows_of_a_workbook_are_named_by_sheet(tmp_path: Path) -> None:
    folder = tmp_path / "csv"
    folder.mkdir()
    write(folder, points=POINTS + POINT + "IRL,T,designated,K,nobody,en,,\n")
    (found,) = problems(workbook(tmp_path / "r.xlsx", folder))
    assert found == "r.xlsx sheet focal_points line 3, column email: 'nobody' is not an e-mail address"


def test_a_workbook_without_the_sheets_is_named(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "r.xlsx")
    assert len(problems(tmp_path / "r.xlsx")) == 2


def test_a_broken_workbook_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "r.xlsx").write_text("no workbook")
    with pytest.raises(MailbotError, match="the workbook cannot be read"):
        read_registry(tmp_path / "r.xlsx")


def test_an_import_replaces_all_and_reports_the_difference(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/mailbot.db")
    first = import_registry(store, write(tmp_path), NOW, by="Olga Perator")
    assert first.difference["members"] == {"added": ["IRL"], "changed": [], "removed": []}
    members = MEMBERS + "FRA,France,member_state,FRA,\n" + IRL.replace("Ireland", "Republic of Ireland")
    write(tmp_path, members, POINTS + "FRA,T,designated,Ines,ines@gov.fr.example,fr,,\n")
    dry = import_registry(store, tmp_path, NOW, by="Olga Perator", dry_run=True)
    real = import_registry(store, tmp_path, NOW, by="Olga Perator")
    assert dry == real
    assert real.difference["members"] == {"added": ["FRA"], "changed": ["IRL"], "removed": []}
    assert real.difference["focal_points"] == {
        "added": ["FRA designated T ines@gov.fr.example"],
        "changed": [],
        "removed": ["IRL designated T karim@gov.ie.example"],
    }
    with store.read() as connection:
        assert load_registry(connection) == read_registry(tmp_path)
    with pytest.raises(RegistryError):
        import_registry(store, write(tmp_path, MEMBERS + "IRL,,,,\n"), NOW, by="Olga Perator")
    with store.read() as connection:
        assert len(load_registry(connection).members) == 2


FIVE = POINTS + "".join(f"IRL,T,designated,P{n},p{n}@gov.ie.example,en,,\n" for n in range(5))


def without(*numbers: int) -> str:
    """The five focal points but for some."""
    return "".join(line for line in FIVE.splitlines(True) if not any(f"p{n}@" in line for n in numbers))


def test_an_import_that_removes_too_many_focal_points_is_refused_and_changes_nothing(
    site: Site, tmp_path: Path
) -> None:
    site.say("registry", "import", str(write(tmp_path, points=FIVE)), "--force")
    before = (site.json("audit", "export"), site.say("registry", "import", str(tmp_path), "--dry-run", "--json"))

    said = site.complaint("registry", "import", str(write(tmp_path, points=without(1, 4))), code=1)

    assert said == (
        "mailbot: the import would remove 2 of 5 focal points (40.0 %, at most 20 % may go): "
        "IRL designated T p1@gov.ie.example, IRL designated T p4@gov.ie.example; nothing was imported: "
        "correct the file, or import it with --force"
    )
    write(tmp_path, points=FIVE)
    assert (
        site.json("audit", "export"),
        site.say("registry", "import", str(tmp_path), "--dry-run", "--json"),
    ) == before


def test_an_import_that_removes_no_more_than_the_limit_goes_through(site: Site, tmp_path: Path) -> None:
    site.say("registry", "import", str(write(tmp_path, points=FIVE)), "--force")
    site.say("registry", "import", str(write(tmp_path, points=without(1))))


def test_the_limit_is_a_setting_and_force_overrides_it(site: Site, tmp_path: Path) -> None:
    site.configure(more="[registry]\nmax_removed_percent = 0")
    site.say("registry", "import", str(write(tmp_path, points=FIVE)), "--force")
    said = site.complaint("registry", "import", str(write(tmp_path, points=without(1))), code=1)
    assert "at most 0 % may go" in said
    out, _ = site.say("registry", "import", str(tmp_path), "--json", code=1)
    assert json.loads(out)["imported"] is False
    site.say("registry", "import", str(tmp_path), "--force", "--by", "Olga Perator")
    entry = site.json("audit", "export")[-1]
    assert (entry["action"], entry["actor"], entry["data"]["forced"], entry["data"]["removed_percent"]) == (
        "registry:imported", "Olga Perator", True, 20.0,
    )  # fmt: skip


def test_a_dry_run_shows_the_difference_and_ends_as_the_import_would(site: Site, tmp_path: Path) -> None:
    site.say("registry", "import", str(write(tmp_path, points=FIVE)), "--force")
    out, err = site.say("registry", "import", str(write(tmp_path, points=without(1, 2))), "--dry-run", code=1)
    assert "removed IRL designated T p1@gov.ie.example" in out
    assert "would remove 2 of 5" in err
    site.say("registry", "import", str(tmp_path), "--dry-run", "--force")


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        ("", 1),
        ("IRL,T,designated,Karim,karim@gov.ie.example,en,,2026-11-21\n", 1),  # its last day is over
        ("IRL,T,designated,Karim,karim@gov.ie.example,en,,2026-11-22\n", 0),
        ("IRL,T,designated,Karim,karim@gov.ie.example,fr,2027-01-01,\n", 0),
        ("IRL,R,designated,Karim,karim@gov.ie.example,en,,\n", 1),
        ("IRL,T,designated,Karim,k@gov.ie.example,en,,\n", 1),
    ],
)
def test_whoever_ends_without_the_role_counts_as_removed(row: str, lost: int, tmp_path: Path) -> None:
    old = read_registry(write(tmp_path)).focal_points
    new = read_registry(write(tmp_path, points=POINTS + row)).focal_points
    assert len(removal(old, new, NOW.date()).lost) == lost


def test_dropping_rows_that_have_expired_removes_nobody(tmp_path: Path) -> None:
    expired = POINTS + POINT + "IRL,T,designated,Old,old@gov.ie.example,en,,2020-01-01\n"
    old = read_registry(write(tmp_path, points=expired)).focal_points
    new = read_registry(write(tmp_path)).focal_points
    assert removal(old, new, NOW.date()).percent == 0


def test_an_import_is_in_the_log_with_its_difference_bounded(site: Site, tmp_path: Path) -> None:
    many = POINTS + "".join(f"IRL,T,designated,P{n},p{n}@gov.ie.example,en,,\n" for n in range(150))
    accounts = ACCOUNTS + "karim,k@gov.ie.example,Karim,IRL,active,yes\n"
    site.say("registry", "import", str(write(tmp_path, points=many, accounts=accounts)), "--force")
    entry = site.json("audit", "export")[-1]
    found = entry["data"]["difference"]
    assert (found["focal_points"]["added"]["count"], len(found["focal_points"]["added"]["names"])) == (150, 100)
    assert found["members"]["removed"]["count"] > 0
    assert found["accounts"]["added"] == {"count": 1, "names": ["karim IRL k@gov.ie.example"]}
