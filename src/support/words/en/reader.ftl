# The reader messages.
reader-unavailable = x { $reason }
