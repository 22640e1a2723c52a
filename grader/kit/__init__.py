"""The ground: exercises and every path of them, errors, files, stubs. It knows no other room."""
