"""Text files made from templates: the `.j2` files in `templates/` of a room."""


def render(room: str, template: str, **words: object) -> str:
    """Return what `template` of `grader.ROOM` makes of `words`; a word that is missing is an error.

    Nothing is escaped: this is for Python, Markdown and shell scripts. Pages have their own (`reporting.pages.html`).
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # students have no Jinja, and need none

    environment = Environment(
        loader=PackageLoader(f"grader.{room}"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(words)
