"""What is recorded beside the rows of a run: its code, its command line, its packages, its machine, its output.

Whatever is slow is done by a helper process (``python -m logstore.writing.capture``), so that the training begins at
once.
"""
