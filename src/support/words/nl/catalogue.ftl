# The catalogue messages.
