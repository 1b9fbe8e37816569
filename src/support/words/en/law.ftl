# The law messages.
