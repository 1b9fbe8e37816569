# The retention messages.
