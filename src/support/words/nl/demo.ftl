# The demo messages.
