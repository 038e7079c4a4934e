"""Registry files as rows of text: a folder of CSV files, or one .xlsx with a sheet for each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from mailbot.errors import MailbotError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a registry file. `line` counts from 1 with the header; 0 is the file as a whole."""

    file: str
    line: int
    column: str
    problem: str

    def __str__(self) -> str:
        place = self.file + (f" line {self.line}" if self.line else "") + (f", {self.column}" if self.column else "")
        return f"{place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name for messages, and (line, cells) pairs, the header first."""

    name: str
    rows: Sequence[tuple[int, Sequence[str]]]


def read_sheets(source: Path, names: Sequence[str]) -> tuple[dict[str, Sheet], list[Problem]]:
    """Read the tables `names` that `source` holds; what is missing is simply not there.

    Raises MailbotError where `source` is neither a folder nor a workbook.
    """
    if source.is_dir():
        return _read_folder(source, names)
    if source.suffix.casefold() in (".xlsx", ".xlsm") and source.is_file():
        return _read_workbook(source, names), []
    if not source.exists():
        raise MailbotError(f"{source}: there is no such folder or workbook: name the registry's folder or .xlsx file")
    raise MailbotError(f"{source}: this is neither a folder of CSV files nor an .xlsx workbook")


def _read_folder(folder: Path, names: Sequence[str]) -> tuple[dict[str, Sheet], list[Problem]]:
    sheets: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for name in names:
        path = folder / f"{name}.csv"
        if not path.exists():
            continue
        try:
            # a byte order mark is what Excel calls UTF-8
            text = path.read_bytes().decode("utf-8-sig")
            sheets[name] = Sheet(path.name, list(_csv_rows(text)))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            problems.append(Problem(path.name, line, "", "this is not UTF-8: save the file as CSV UTF-8"))
        except csv.Error as error:
            problems.append(Problem(path.name, 0, "", f"this is not valid CSV: {error}"))
        except OSError as error:
            raise MailbotError(f"{path}: the file cannot be read: {error.strerror}") from error
    return sheets, problems


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line each begins on (a quoted cell may hold line breaks)."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for cells in reader:
        yield begins, [cell.strip() for cell in cells]
        begins = reader.line_num + 1


def _read_workbook(path: Path, names: Sequence[str]) -> dict[str, Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            return {
                name: Sheet(
                    f"{path.name} sheet {name}",
                    [
                        (line, [_cell(value) for value in cells])
                        for line, cells in enumerate(
                            workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1
                        )
                    ],
                )
                for name in names
                if name in workbook.sheet_names
            }
    except (CalamineError, OSError) as error:
        raise MailbotError(f"{path}: the workbook cannot be read: {error}") from error


def _cell(value: object) -> str:
    """A cell as the CSV file would say it: dates in ISO form, whole numbers without a point."""
    match value:
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()
