#!/usr/bin/env python3
"""Prints a topology file of a large lab: a shape and how large.

Usage: shapes.py SHAPE SIZE [--routing static|none] [--name NAME] [--seed N]

    ring N           N routers in a ring
    hosts N          N hosts in a ring
    tree N           N routers; each but the first is joined to a random earlier one
    binary N         N routers, a binary tree
    random N         N routers, a random tree and as many links again: mean degree 4
    fat_tree K       K pods (Al-Fares and others, 2008): 5/4 K^2 routers, K^3/4 hosts
    line N           N routers in a line
    full N           N routers, each joined to each
    mesh N           N hosts on N/100 switches, and 2 N links: what `check` reads
    campus N         a switch with 99 hosts and a router for each hundred nodes, the routers a binary tree
"""

import argparse
import json
import random


def routers(count):
    return {f"r[1-{count}]": {"kind": "router"}}


def ring(count):
    return routers(count), [[f"r{i}", f"r{i % count + 1}"] for i in range(1, count + 1)]


def hosts(count):
    return {f"h[1-{count}]": {}}, [[f"h{i}", f"h{i % count + 1}"] for i in range(1, count + 1)]


def tree(count):
    return routers(count), [[f"r{random.randint(1, i - 1)}", f"r{i}"] for i in range(2, count + 1)]


def binary(count):
    return routers(count), [[f"r{i // 2}", f"r{i}"] for i in range(2, count + 1)]


def random_graph(count):
    links = {tuple(sorted((random.randint(1, i - 1), i))) for i in range(2, count + 1)}
    while len(links) < 2 * count:
        one, other = random.sample(range(1, count + 1), 2)
        links.add((min(one, other), max(one, other)))
    return routers(count), [[f"r{one}", f"r{other}"] for one, other in sorted(links, key=lambda link: link[::-1])]


def fat_tree(pods):
    half = pods // 2
    nodes = {f"c[1-{half * half}]": {"kind": "router"}, f"p[1-{pods}]a[1-{half}]": {"kind": "router"},
             f"p[1-{pods}]e[1-{half}]": {"kind": "router"}, f"p[1-{pods}]e[1-{half}]h[1-{half}]": {}}
    links = []
    for pod in range(1, pods + 1):
        for a in range(1, half + 1):
            links += [[f"c{(a - 1) * half + c}", f"p{pod}a{a}"] for c in range(1, half + 1)]
            links += [[f"p{pod}a{a}", f"p{pod}e{e}"] for e in range(1, half + 1)]
        for e in range(1, half + 1):
            links += [[f"p{pod}e{e}", f"p{pod}e{e}h{h}"] for h in range(1, half + 1)]
    return nodes, links


def line(count):
    return routers(count), [[f"r{i}", f"r{i + 1}"] for i in range(1, count)]


def full(count):
    return routers(count), [[f"r{i}", f"r{j}"] for i in range(1, count + 1) for j in range(i + 1, count + 1)]


def mesh(count):
    links = [[f"h{i}", f"s{(i - 1) // 100 + 1}"] for i in range(1, count + 1)]
    links += [[f"h{i}", f"h{i % count + 1}"] for i in range(1, count + 1)]
    return {f"h[1-{count}]": {}, f"s[1-{(count + 99) // 100}]": {"kind": "switch"}}, links


def campus(count):
    parts = max(count // 101, 1)
    links = [[f"r{i // 2}", f"r{i}"] for i in range(2, parts + 1)]
    for part in range(1, parts + 1):
        links += [[f"r{part}", f"s{part}"], [f"s{part}", f"h[{(part - 1) * 99 + 1}-{part * 99}]"]]
    return {f"r[1-{parts}]": {"kind": "router"}, f"s[1-{parts}]": {"kind": "switch"}, f"h[1-{parts * 99}]": {}}, links


SHAPES = {"ring": ring, "hosts": hosts, "tree": tree, "binary": binary, "random": random_graph, "fat_tree": fat_tree, "line": line,
          "full": full, "mesh": mesh, "campus": campus}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shape", choices=sorted(SHAPES))
    parser.add_argument("size", type=int)
    parser.add_argument("--routing", default="static")
    parser.add_argument("--name")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random.seed(options.seed)
    nodes, links = SHAPES[options.shape](options.size)
    name = options.name or f"{options.shape.replace('_', '-')}{options.size}"
    print(json.dumps({"name": name, "routing": options.routing, "nodes": nodes, "links": links}))


if __name__ == "__main__":
    main()
