"""The `scr` command: hand each word to its family, and turn named failures into exit codes.

0 means done; 1 that it failed, or that a check found faults; 2 that the command or the settings could not be
understood.
"""

import sys
from collections.abc import Sequence

import typer

from adapters.source_config import SourceConfigError
from gateway.commands import (
    agreement,
    audit,
    database,
    keys,
    optout,
    policy,
    release,
    simulate,
    staff,
    team,
)
from gateway.commands.bench import bench
from gateway.commands.check import check
from gateway.commands.demo import demo
from gateway.commands.documents import docs
from gateway.commands.pull import pull
from gateway.commands.serve import serve
from gateway.commands.speaking import FAILED, MISUNDERSTOOD, reason_of
from gateway.errors import RefusedError, SharedCareRecordError
from gateway.keys import KeyFileError
from gateway.settings import SettingsError
from gateway.store.dialects import UnsupportedDatabaseError

app = typer.Typer(
    name="scr",
    help="The shared care record gateway.",
    epilog="Ends with 0 when done, 1 when it failed or found faults, 2 when command or settings were not understood.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks would show local variables, and they may hold patient data.
    pretty_exceptions_enable=False,
)
for each in (demo, serve, check, docs, bench, pull):
    app.command()(each)
app.add_typer(simulate.app, name="simulate")
app.add_typer(policy.app, name="policy")
app.add_typer(staff.app, name="staff")
app.add_typer(team.app, name="team")
app.add_typer(agreement.app, name="agreement")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
app.add_typer(optout.app, name="optout")
app.add_typer(release.app, name="release")
app.add_typer(database.app, name="db")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command, of the process's own arguments by default."""
    try:
        app(args=arguments)
    except (SettingsError, UnsupportedDatabaseError) as fault:
        _end(str(fault), MISUNDERSTOOD)
    except RefusedError as fault:
        _end(f"{fault} Reason: {fault.reason}.", FAILED)
    except (SharedCareRecordError, KeyFileError, SourceConfigError) as fault:
        _end(str(fault), FAILED)
    except OSError as fault:
        _end(f"Failed: {reason_of(fault)}.", FAILED)


def _end(told: str, code: int) -> None:
    typer.echo(told, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
