"""Looks for somebody to talk to: TCP, UDP, local sockets by path and by abstract name, socket pairs turned round.

Says: nobody answers
"""

import socket

reached = []
KINDS = [
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET, socket.SOCK_DGRAM),
    (socket.AF_INET6, socket.SOCK_STREAM),
]
KINDS += [
    (socket.AF_UNIX, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_DGRAM),
    (socket.AF_NETLINK, socket.SOCK_RAW),
]
KINDS += [(socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW), (socket.AF_VSOCK, socket.SOCK_STREAM)]
for family, kind in KINDS:
    try:
        socket.socket(family, kind)
        reached.append(f"socket {family} {kind}")
    except OSError:
        continue
for address in ("@COURSE@/listener", "\0@MARKER@", "/dev/log", "/run/systemd/notify"):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        try:
            one, _ = socket.socketpair(socket.AF_UNIX, kind)
            one.connect(address)
            reached.append(f"connect {address!r}")
        except OSError:
            continue
raise RuntimeError(f"ESCAPED {reached}" if reached else "nobody answers")
