# The journal messages.
