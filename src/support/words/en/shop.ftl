# The shop messages.
