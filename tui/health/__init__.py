"""The health of runs: rules over explicit evidence, and the watchdog that applies them. Knows no screen."""
