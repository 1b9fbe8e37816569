# The bundle messages.
