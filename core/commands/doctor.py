"""``ownerscope doctor``: what this machine lacks, and the command that installs it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.commands import Commands
    from core.doctor import Finding


NAME = "doctor"


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        NAME,
        help="what this machine lacks",
        description="Tell what this machine lacks, and the command that installs it.",
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.set_defaults(carry_out=doctor)


def doctor(options: argparse.Namespace) -> int:
    """Tell what this machine lacks; 1 where the program cannot run without it."""
    from core.doctor import examine, install_command

    findings = examine()
    command = install_command(findings)
    healthy = all(finding.ok for finding in findings if finding.required)
    if options.json:
        import json
        from dataclasses import asdict

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
    return 0 if healthy else 1


def _mark(finding: Finding) -> tuple[str, str]:
    if finding.ok:
        return "ok", "green"
    return ("missing", "red") if finding.required else ("optional", "yellow")
