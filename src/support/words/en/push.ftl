# The messages of the one-way push.

push-not-of-kind = This is not a message of the push.
push-out-of-bounds = A message of the push is out of bounds: { $field }.
push-trailing = Bytes follow a message of the push.
push-unknown-key = A message of the push is signed by nobody whom the box knows. Is the shop enrolled?
push-bad-signature = A message of the push has a wrong signature.
