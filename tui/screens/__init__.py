"""What fills the terminal: Watch, Run, Compare, System."""
