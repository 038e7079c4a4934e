"""stub"""

import click


@click.group()
def flags() -> None:
    """stub"""
