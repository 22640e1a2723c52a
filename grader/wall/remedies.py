"""What to do where bubblewrap does not start: from its own words, or those of `sandbox.missing`, to a recipe.

The recipes at length, and the environments in which none helps, are in `grader/docs/sandbox.md`.
"""

INSTALL = "install bubblewrap (Debian and Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap)"
UBUNTU = (
    "AppArmor forbids it, as on Ubuntu 24.04: apt install apparmor-profiles, copy "
    "/usr/share/apparmor/extra-profiles/bwrap-userns-restrict to /etc/apparmor.d/, and load it with "
    "apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
)
CONTAINER_PROC = (
    "this container hides parts of /proc: start it with docker run --security-opt systempaths=unconfined "
    "(podman: --security-opt unmask=ALL)"
)
CONTAINER = (
    "this container allows no namespaces: start it with docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)
NO_NAMESPACES = "allow namespaces to users: sysctl -w user.max_user_namespaces=15000"
ELSE = "bubblewrap needs user namespaces, see grader/docs/sandbox.md"

# What bubblewrap says, from the special to the general.
_BY_WORDS = (
    ("not installed", INSTALL),
    ("needs Linux", "grade on Linux, or in WSL2 on Windows"),
    ("setting up uid map", UBUNTU),
    ("RTM_NEWADDR", UBUNTU),
    ("mount proc", CONTAINER_PROC),
    ("max_*_namespaces", NO_NAMESPACES),
    ("No permissions to creat", CONTAINER),  # "create" and "creating", in different versions
)


def remedy(reason: str) -> str:
    """Return what to do about `reason`, why bubblewrap is missing here."""
    return next((advice for words, advice in _BY_WORDS if words in reason), ELSE)
