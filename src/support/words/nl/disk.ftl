# The disk messages.
