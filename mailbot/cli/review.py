"""stub"""

import click


@click.group()
def review() -> None:
    """stub"""
