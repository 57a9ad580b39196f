#!/usr/bin/python3
"""Sends a line over one TCP connection to server:7 each 200 ms and says which came back: talk SECONDS.

Says "first" at the first answer and "last" at the answer to a line that was sent when SECONDS had passed. Ends with 1 if the
connection is reset or times out.
"""

import socket
import sys
import time

seconds = float(sys.argv[1])
begin = time.monotonic()
connection = socket.create_connection(("server", 7), timeout=None)
answers = connection.makefile("r")
number = 0
while True:
    sent = time.monotonic() - begin
    number += 1
    connection.sendall(f"{number}\n".encode())
    answer = answers.readline()
    if answer != f"{number}\n":
        sys.exit("the connection has ended")
    if number == 1:
        print("first", flush=True)
    if sent > seconds:
        print(f"last, {number} answers", flush=True)
        sys.exit(0)
    time.sleep(0.2)
