"""stub"""

import click


@click.group()
def audit() -> None:
    """stub"""
