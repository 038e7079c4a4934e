"""`mailbot registry`: the import of members, focal points and accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mailbot.cli.actor import by_option
from mailbot.cli.output import complain, print_json, print_text

if TYPE_CHECKING:
    from mailbot.registry import Imported


@click.group()
def registry() -> None:
    """The members and their focal points."""


@registry.command("import")
@click.argument("source", metavar="DIR_OR_XLSX", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check and compare, change nothing.")
@by_option
@click.option("--force", is_flag=True, help="Import it however many focal points it removes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def import_(config: Path | None, source: Path, dry_run: bool, by: str, force: bool, as_json: bool) -> None:
    """Replace the registry, all or nothing, and report what was added, changed and removed.

    An import that removes more focal points than [registry] max_removed_percent allows is refused without --force.
    """
    from dataclasses import asdict

    from mailbot.app import opened
    from mailbot.registry import RegistryError, RemovalError, import_registry

    with opened(config) as app:
        try:
            imported = import_registry(
                app.store, source, app.clock(), by=by, dry_run=dry_run, force=force,
                max_removed_percent=app.settings.registry.max_removed_percent,
            )  # fmt: skip
        except RegistryError as error:
            if as_json:
                print_json({"imported": False, "problems": [asdict(problem) for problem in error.problems]})
            if len(error.problems) > 1:
                for problem in error.problems:
                    complain(str(problem))
            raise
        except RemovalError as error:
            if as_json:
                print_json({"imported": False, "refused": str(error)})
            raise
    if as_json:
        print_json({"imported": not dry_run, "dry_run": dry_run, "counts": imported.counts, **imported.difference})
    else:
        _print_difference(imported, dry_run)
    if imported.refusal:  # a dry run ends as the import would
        raise RemovalError(imported.refusal)


def _print_difference(imported: Imported, dry_run: bool) -> None:
    print_text("nothing was changed (dry run); the import would be:" if dry_run else "the registry was imported:")
    for name, changes in imported.difference.items():
        counted = ", ".join(f"{len(keys)} {kind}" for kind, keys in changes.items())
        print_text(f"{name.replace('_', ' ')}: {imported.counts[name]} in all, {counted}")
        for kind, keys in changes.items():
            if kind != "added" or len(keys) <= 20:
                for key in keys:
                    print_text(f"  {kind} {key}")
