# The console messages.
