"""`mailbot forget`: what is held about an address, and erasing it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailbot.cli.output import print_json, print_table, print_text, printable

if TYPE_CHECKING:
    from mailbot.forgetting import Holding


@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Erase what can be erased, instead of only listing it.")
@click.option("--by", metavar="NAME", help="Who erases it; needed with --yes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a thing held.")
@click.pass_obj
def forget(config: Path | None, address: str, yes: bool, by: str | None, as_json: bool) -> None:
    """List what is held about ADDRESS, and with --yes erase what no duty keeps.

    Letters, the mails that answer them and receipts are erased; the audit log, the registry, and letters that a flag
    stands on or a person must still decide are kept, each with the reason.
    """
    from mailbot.address import normalise_address
    from mailbot.app import opened
    from mailbot.forgetting import forget as erase
    from mailbot.forgetting import holdings

    wanted = normalise_address(address)
    if wanted is None:
        raise click.UsageError(f"{address!r} is not an e-mail address.")
    who = (by or "").strip()
    if yes and not who:
        raise click.UsageError("--yes needs the name of who erases: add --by NAME.")
    with opened(config) as app:
        if yes:
            held = erase(app.store, wanted, who, app.clock())
        else:
            with app.store.read() as connection:
                held = holdings(connection, wanted, app.clock())
    if as_json:
        for one in held:
            print_json(_object(one))
    else:
        _print(held, wanted, erased=yes)


def _object(one: Holding) -> dict[str, Any]:
    return {"kind": one.kind, "id": one.id, "erase": one.kept is None, "kept": one.kept}


def _print(held: list[Holding], address: str, *, erased: bool) -> None:
    if not held:
        print_text(f"nothing is held about {printable(address)}")
        return
    word = "erased" if erased else "can be erased"
    print_table(("kind", "id", "fate"), [(one.kind, one.id, f"kept: {one.kept}" if one.kept else word) for one in held])
    if not erased and any(one.kept is None for one in held):
        print_text("nothing was changed: add --yes --by NAME to erase")
