#!/usr/bin/env python3
"""Sends or receives so many bytes over TCP and checks that they are the right ones: tcp.py send|receive COUNT"""

import hashlib
import socket
import sys
import time

what, count = sys.argv[1], int(sys.argv[2])
content = hashlib.shake_128(b"netlab").digest(count)

if what == "receive":
    listener = socket.create_server(("10.0.0.2", 5001))
    listener.settimeout(60)
    connection, _ = listener.accept()
    connection.settimeout(60)
    got = b"".join(iter(lambda: connection.recv(65536), b""))
    sys.exit(0 if got == content else f"{len(got)} of {count} bytes")

for attempt in range(500):
    try:
        connection = socket.create_connection(("10.0.0.2", 5001), timeout=60)
        break
    except ConnectionRefusedError:
        time.sleep(0.02)
connection.sendall(content)
connection.shutdown(socket.SHUT_WR)
