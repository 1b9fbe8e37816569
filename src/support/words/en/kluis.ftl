# The kluis messages.
