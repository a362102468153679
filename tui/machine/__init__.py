"""This machine on the screen: what the sampler told, kept, counted and put into lines."""
