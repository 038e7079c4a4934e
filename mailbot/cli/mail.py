"""stub"""

import click


@click.group()
def mail() -> None:
    """stub"""
