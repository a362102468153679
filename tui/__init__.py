"""What a person sees: the command line and the Textual app.

``tui`` imports ``logstore`` and ``collectors``; those two know neither ``tui`` nor each other.
"""
