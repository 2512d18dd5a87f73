"""The command line with workers whose training is made up (fake_worker).

Of the report only the tables: pictures cost more than all the rest.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from bn_study import cli
from bn_study.config.run import RunSpec
from bn_study.execution import cluster, description, link


def made_up_facts(specs: Iterable[RunSpec]) -> dict[str, description.ModelFacts]:
    return {description.model_key(spec): description.ModelFacts(parameters=610, forward_flops=1200) for spec in specs}


if __name__ == "__main__":
    description.describe_nets = made_up_facts  # building nets takes seconds
    orders = os.environ.get("BN_FAKE", "{}")
    link.WORKER = (
        sys.executable,
        str(Path(__file__).with_name("fake_worker.py")),
        orders,
        os.environ.get("BN_FAKE_MARKS", ""),
    )
    if "other version" in orders:
        cluster.HUB = (sys.executable, str(Path(__file__).with_name("fake_hub.py")))
    cluster.CHECKPOINT_SECONDS = json.loads(orders).get("checkpoint_seconds", cluster.CHECKPOINT_SECONDS)
    cluster.LEASE_SECONDS = json.loads(orders).get("lease_seconds", cluster.LEASE_SECONDS)
    if "--no-report" not in sys.argv:
        from bn_study.presentation.report import files

        files.FORMATS = ()
    cli.main()
