# The archive messages.

archive-refused = { $file }: { $reason }

archive-not-a-file = it is not an ordinary file
archive-unreadable = it cannot be read ({ $reason }); try another stick, or copy it again
archive-disk-full = the box has { $free } bytes to give and the bundle needs { $needed }; nothing was taken. Ask who looks after the box for a larger disk
archive-unknown-sender = its sender ({ $sender }) is not enrolled at this box; an officer admits the shop's card with: kluis enrol CARD
archive-blocked-sender = the sender “{ $name }” is blocked; ask an officer of the box
archive-unknown-stream = the sender “{ $name }” numbers his bundles in another stream than his card says; make a new card with: kluis-send card
archive-wrong-box = it is for another box ({ $theirs }…, and this is { $ours }…); take it there, or seal again with this box's card
archive-wrong-entity = it is from other books than those of { $ours }; take it to the right box
archive-unknown-term = this box has no term { $term }; ask an officer for a card that has it, then seal again
archive-term-due = the term { $term } is over: nothing more is taken into it
archive-term-destroyed = the term { $term } is over and its key is destroyed: nothing can be taken into it
archive-wrong-recipient = it is sealed to a key that is not the one of term { $term } on this box's card; give the shop the newest card and seal again
archive-signed-twice = number { $number } is here already with another content: the sender signed one number twice. Both are kept as evidence; ask the shop whether kluis-send was run from a copy
archive-replaced = number { $number } was replaced by number { $by }, which is here: it is not needed any more
archive-replaces-admitted = number { $number } says that it replaces { $replaces }, but { $replaces } is here: use its receipt (kluis receipt { $replaces })
archive-replaces-later = number { $number } says that it replaces { $replaces }, which is not an earlier number; seal again
archive-contradicts = number { $number } names another bundle as number { $other } than the one that is here; ask the shop whether kluis-send was run from a copy
archive-seen-forged = the checkpoint that it says the shop has seen was not signed by this box; give the shop this box's card again
archive-seen-newer = the shop has seen a state of this box's journal that the journal no longer contains: an old copy of this box may have been put back. Nothing is taken until that is cleared up
archive-other-term = invoice { $invoice } belongs to the term { $belongs }, not to { $says }; give the shop the newest card and seal again
archive-no-term = invoice { $invoice } belongs to no term of this box: { $reason }
archive-missing = bundle { $bundle } is in the journal but not on the disk
archive-key-gone = the key of term { $term } was destroyed in the meantime
archive-hold-key-gone = the key of the hold { $hold } was destroyed in the meantime: the hold was released
archive-held-damaged = a held copy is damaged: the file holds/{ $hold }/copies is not what was written at byte { $offset }; put it back from the newest copy of the box, or, while its term still lives, place the hold anew
archive-held-counts = the hold { $hold } has { $found } invoices, and had { $counted } when it was placed; put the folder holds/{ $hold } back from the newest copy of the box
