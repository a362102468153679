"""Writing a run, inside somebody else's training: the standard library and orjson, nothing more."""
