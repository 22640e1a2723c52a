"""How the shipped files are made; needed by a maintainer only (`python -m course_data_building`)."""
