# The catalogue messages.

catalogue-damaged = The look-up index of term { $term } is damaged. No invoice is lost: it is made again from the stored bundles; run "kluis rebuild" if that does not happen by itself.
catalogue-disk = The look-up index of term { $term } cannot be read or written: { $reason }. See that the disk is present, writable and not full, then try again.
catalogue-busy = The look-up index of term { $term } is open in another program. End that program, then try again.
catalogue-too-many-rows = { $asked } rows were asked for at once, the most is { $most }. Ask for fewer and turn the page.
