"""Settings of all tests."""

from hypothesis import settings

# Speed is measured in benchmarks/, never asserted in a test; two cores shared by several workers stall at times.
settings.register_profile("mande", deadline=None, print_blob=True)
settings.load_profile("mande")
