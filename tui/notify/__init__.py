"""Where alerts go: the terminal's bell and notifications, a command, a webhook. Nothing is sent unless configured."""
