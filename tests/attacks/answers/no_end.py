"""Results that contain themselves, are nested a thousand times, or never end.

Says: RemoteObject|wrong|number
"""

import itertools

ring = []
ring.append(ring)
knot = {}
knot["knot"] = (knot,)
tower = 0.5
for _ in range(1000):
    tower = [tower]
VALUES = itertools.cycle([ring, knot, tower, itertools.count(), (0.5 for _ in itertools.count())])


def attack(*args, **kwargs):
    return next(VALUES)
