"""What tcpdump wrote, read for the benches: frames with their times, and the one-way delays of ping's packets in them."""

import struct

# -p: a TAP is not to be told to be promiscuous. In nanoseconds, at once, not in blocks.
TCPDUMP = "tcpdump -p -U --immediate-mode -B 65536 -s 64 --time-stamp-precision=nano -w -".split()


def frames_of(capture):
    """Pairs of a time in ns and a frame."""
    at = 24
    while at + 16 <= len(capture):
        seconds, nanoseconds, length = struct.unpack_from("<III", capture, at)
        yield seconds * 10**9 + nanoseconds, capture[at + 16:at + 16 + length]
        at += 16 + length


def one_way_delays(capture):
    """The delays that the echo requests in it met, in milliseconds: each carries when it was sent, by the same clock."""
    for when, frame in frames_of(capture):
        seconds, micro = struct.unpack_from("<QQ", frame, 14 + 20 + 8)
        yield when / 1e6 - seconds * 1e3 - micro / 1e3
