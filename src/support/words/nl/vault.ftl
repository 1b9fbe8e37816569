# The vault messages.
