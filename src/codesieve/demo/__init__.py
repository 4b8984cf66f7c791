"""The demo: mined and written data with planted troubles, and how each trouble was met."""
