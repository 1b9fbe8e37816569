# The reader messages.
