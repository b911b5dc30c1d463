"""Runs the suite against an implementation: python -m tests.conformance.sla --help"""

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.conformance.sla.compare import Answer, run
from tests.conformance.sla.ours import answer
from tests.conformance.sla.scenarios import FOLDER, WrongScenario, all_scenarios

_EXAMPLES = """examples:
  python -m tests.conformance.sla                          hold Chronodesk to it
  python -m tests.conformance.sla --against './my-clocks'  hold another program to it
  python -m tests.conformance.sla --only dst --list        what there is about daylight saving time
  python -m tests.conformance.sla --show 'the lunch break' a scenario as it goes over the wire

The program is started once for each scenario. It reads the scenario as JSON from its standard input
and writes, as JSON, a list with the clocks for each instant under `expect`: see README.md.
"""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance.sla",
        description="What SLA clocks should say, for any implementation.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--against", metavar="COMMAND", help="the program to ask (Chronodesk)")
    parser.add_argument("--only", metavar="TEXT", default="", help="in name, theme or covers")
    parser.add_argument("--list", action="store_true", help="name the scenarios, and end")
    parser.add_argument("--show", metavar="NAME", help="print one scenario as JSON, and end")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="scenarios of your own")
    asked = parser.parse_args()
    try:
        scenarios = [one for one in all_scenarios(asked.folder) if _is_about(one, asked.only)]
    except WrongScenario as fault:
        print(fault, file=sys.stderr)
        return 2
    if asked.show:
        shown = [one for one in scenarios if one["name"] == asked.show]
        print(json.dumps(shown[0], indent=2, ensure_ascii=False) if shown else "no such scenario")
        return 0 if shown else 2
    if asked.list:
        for one in scenarios:
            print(f"{one['theme']:<14} {one['name']}  [{', '.join(one['covers'])}]")
        return 0
    wrong = run(scenarios, _asking(asked.against) if asked.against else answer)
    for name, lines in wrong.items():
        print(f"FAILED  {name}", *(f"        {line}" for line in lines), sep="\n")
    print(f"{len(scenarios) - len(wrong)} of {len(scenarios)} scenarios are as they should be")
    return 1 if wrong else 0


def _is_about(scenario: Mapping[str, Any], text: str) -> bool:
    return any(text in one for one in (scenario["name"], scenario["theme"], *scenario["covers"]))


def _asking(command: str) -> Any:
    def ask(scenario: Mapping[str, Any]) -> Answer:
        done = subprocess.run(
            shlex.split(command),
            input=json.dumps(scenario),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"it ended with {done.returncode}: {done.stderr[-500:]}")
        answered: Answer = json.loads(done.stdout)
        return answered

    return ask


if __name__ == "__main__":
    sys.exit(main())
