"""`scr policy`: who may see what, who changes that, and why a decision is what it is.

Holds the words of the family alone; each is read in a file of its own.
"""

import typer

from gateway.commands.policy_acting import activate, approve, bootstrap, propose, rollback
from gateway.commands.policy_asking import diff, explain_item, hold_to_expectations
from gateway.commands.policy_showing import matrix, show

app = typer.Typer(help="Who may see what.", no_args_is_help=True)


@app.callback()
def family() -> None:
    """Look at role policies, test them, and change them: two people for each change."""


for each in (show, matrix, diff, bootstrap, propose, approve, activate, rollback):
    app.command()(each)
app.command(name="test")(hold_to_expectations)
app.command(name="explain")(explain_item)
