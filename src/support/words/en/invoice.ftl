# The invoice messages.
