#!/usr/bin/env python3
"""Writes the topology of a ring of N hosts without routes to stdout: ring.py N > ring.json"""

import json
import sys


def ring(count):
    return {
        "name": f"ring-{count}",
        "routing": "none",
        "nodes": {f"h[1-{count}]": {}},
        "links": [[f"h[1-{count - 1}]", f"h[2-{count}]"], [f"h{count}", "h1"]],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit() or int(sys.argv[1]) < 3:
        sys.exit("usage: ring.py N   (N >= 3)")
    json.dump(ring(int(sys.argv[1])), sys.stdout, indent=2)
    print()
