#!/usr/bin/python3
"""Answers every line of a TCP connection to port 7 with the same line."""

import socketserver


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("", 7), Echo).serve_forever()
