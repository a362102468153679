"""The commands of ``tui``, one module each: parse, ask the store, print or open the app."""
