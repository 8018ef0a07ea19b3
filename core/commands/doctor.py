"""``ownerscope doctor``: what this machine lacks, and the command that installs it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.doctor import Finding


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Tell what this machine lacks, and the command that installs it."""
    from core.doctor import examine, install_command

    findings = examine()
    command = install_command(findings)
    healthy = all(finding.ok for finding in findings if finding.required)
    if as_json:
        data = {
            "schema": 1,
            "ok": healthy,
            "findings": [asdict(finding) for finding in findings],
            "install": command,
        }
        print(json.dumps(data, indent=2))
    else:
        from rich.console import Console
        from rich.markup import escape

        console = Console(highlight=False, soft_wrap=True)
        for finding in findings:
            mark, style = _mark(finding)
            advice = f"  {finding.advice}" if finding.advice and not finding.ok else ""
            console.print(
                f"[{style}]{mark:<10}[/]{escape(finding.name)}: {escape(finding.detail + advice)}"
            )
        if command:
            console.print(f"\ninstall what is missing: [bold]{escape(command)}[/]")
    if not healthy:
        raise typer.Exit(1)


def _mark(finding: Finding) -> tuple[str, str]:
    if finding.ok:
        return "ok", "green"
    return ("missing", "red") if finding.required else ("optional", "yellow")
