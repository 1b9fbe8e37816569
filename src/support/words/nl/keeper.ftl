# The keeper messages.
