"""From a template to one HTML file: no script, nothing from elsewhere, everything that is shown escaped."""

import base64
import re
from functools import cache
from math import isnan

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.reporting.exercise_names import short_name
from grader.reporting.pages import palette
from grader.testing.verdict import Status

# Which colour of the palette goes with a status; the mark and the word say the same.
TONES = {
    Status.PASSED: "right",
    Status.PARTIAL: "partly",
    Status.FAILED: "wrong",
    Status.ERROR: "wrong",
    Status.TODO: "open",
    Status.MISSING: "muted",
    Status.UNREADABLE: "wrong",
}


def render(template: str, **values: object) -> bytes:
    """Return the page that `template`, a file in `templates`, makes of `values`."""
    return _environment().get_template(template).render(palette=palette.ALL, tones=TONES, **values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.reporting.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": number,
        "percent": percent,
        "correlation": correlation,
        "seconds": seconds,
        "short": short_name,
        "hint": hint,
    }
    return environment


def data_uri(data: bytes) -> str:
    """Return a picture as part of the page."""
    kinds = {b"\x89PNG": "image/png", b"GIF8": "image/gif", b"<?xm": "image/svg+xml"}
    return f"data:{kinds[data[:4]]};base64,{base64.b64encode(data).decode('ascii')}"


def hint(text: str) -> Markup:
    """Return a hint, in which `code` and *emphasis* are as its author marked them."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"(?<![\w*])\*(\w[^*<]*?)\*(?![\w*])", r"<em>\1</em>", marked))


def number(value: float, digits: int = 4) -> str:
    return "none" if isnan(value) else f"{value:.{digits}g}"


def percent(value: float) -> str:
    return "none" if isnan(value) else f"{value:.0%}"


def correlation(value: float) -> str:
    return "not defined" if isnan(value) else f"{round(value, 2) + 0:.2f}"  # + 0: no minus in front of 0.00


def seconds(value: float) -> str:
    """Seconds as people say them."""
    if value >= 5400:
        return f"{value / 3600:.1f} h"
    if value >= 90:
        return f"{value / 60:.1f} min"
    return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
