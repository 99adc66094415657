"""What a setting reaches: the package's own modules under a configuration, and what comes out of them.

Every effect takes a `Config` and the `Bench` of the test and returns named results; `test_settings.py` says
which setting must change which of them.
"""
