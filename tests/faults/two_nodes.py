"""Two machines of a Ray cluster on loopback, in a process of their own: `python two_nodes.py CPUS_OF_THE_HEAD CPUS`.

It says {address, head, other} when they are there; `remove` ends the second one as a machine without power does,
`add` brings a new one, `head` ends the first. When standard input closes, all of it ends.
"""

from __future__ import annotations

import json
import os
import sys

SMALL = {"object_store_memory": 80 * 2**20, "include_dashboard": False}
os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0", "RAY_enable_metrics_collection": "0"}


def main() -> None:
    from ray.cluster_utils import Cluster

    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": int(sys.argv[1]), **SMALL})
    other = cluster.add_node(num_cpus=int(sys.argv[2]), **SMALL)

    def say() -> None:
        nodes = {"head": cluster.head_node.node_id, "other": other.node_id if other else None}
        print(json.dumps({"address": cluster.address, **nodes}), file=channel, flush=True)

    try:
        say()
        for line in sys.stdin:
            if line == "remove\n":
                cluster.remove_node(other, allow_graceful=False)
                other = None
            elif line == "add\n":
                other = cluster.add_node(num_cpus=int(sys.argv[2]), **SMALL)
            elif line == "head\n":
                cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
            say()
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main()
