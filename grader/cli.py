"""The `grader` command: reads the command line, calls the room that does the work, prints what people read."""

import io
import sys
from importlib import import_module
from pathlib import Path

import typer

from grader.kit.errors import GraderError

# The doors, in the order of the rooms. The student kit has only the first; a later command takes the place of an
# earlier one of the same name: `grader demo` of the whole kit makes a class, too.
DOORS = ("learning", "class_run", "reporting", "authoring", "publishing")

app = typer.Typer(
    help="The exercise kit for Deep Learning with Keras.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in DOORS:
    if (Path(__file__).parent / room).is_dir():
        app.add_typer(import_module(f"grader.{room}.commands").app)


def main() -> None:
    """Run the command; whatever is wrong with the input becomes one line and a non-zero exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a log in an old encoding lacks characters, and only those
    try:
        app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except GraderError as error:
        _fail(str(error))
    except typer.TyperException as error:
        _fail(f"{error.format_message()} See 'grader --help'.")
    except (KeyboardInterrupt, typer.Abort):
        _fail("stopped; what was finished is kept, and the same command resumes from there", status=130)
    except BrokenPipeError:
        sys.exit(1)


def _fail(message: str, status: int = 2) -> None:
    print("error:", " ".join(message.split()), file=sys.stderr)
    sys.exit(status)
