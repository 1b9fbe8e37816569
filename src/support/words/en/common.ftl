# The common messages.
