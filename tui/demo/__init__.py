"""Real trainings to watch: small networks in numpy, each in a process of its own, logged by the real writer."""
