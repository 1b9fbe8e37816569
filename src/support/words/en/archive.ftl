# The archive messages.
