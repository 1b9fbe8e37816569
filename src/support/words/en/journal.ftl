# The journal: what is refused of checkpoints, receipts and receipt codes, and by the log on disk.

journal-too-long = This text is longer than { $limit } bytes, so it cannot be a receipt or a checkpoint. Check that the right file was chosen.
journal-checkpoint-form = This is not a whole checkpoint: line { $line } is not of its form. Fetch the text from the box again, unchanged from its first line to its last.
journal-checkpoint-of-another = This checkpoint is of “{ $origin }”, not of this box, which is “{ $expected }”. Take the one that came from this box.
journal-checkpoint-unsigned = This checkpoint has no valid signature by the key of “{ $expected }”. It was changed, or another box made it; do not rely on it, and fetch a new one from the box.
journal-receipt-form = This is not a whole receipt: line { $line } is not of its form. Fetch the receipt from the box again, unchanged from its first line to its last.
journal-receipt-kind = This receipt is for an event of kind { $kind }, which this program does not know. Update the program and try again.
journal-receipt-unproven = This receipt does not hold: entry { $index } cannot be led to the signed head over { $size } entries. It was changed after the box wrote it; fetch it from the box again.
journal-code-form = This is not a receipt code. A code is a number and 16 letters and digits, such as 57 Q2WM-5RTA-YX7K-3JEV; read it from the box's screen once more.

journal-misplaced = An event of kind { $kind } cannot be written to “{ $place }”. This is a fault of the program; nothing was written. Please report it.
journal-body-too-long = An event of { $bytes } bytes is longer than the journal takes ({ $limit } bytes). Nothing was written; do the same with fewer invoices at a time.
journal-place-name = “{ $place }” cannot name a part of the journal. Use a term's name of lower-case letters, digits and dashes, or a year.
journal-broken = The journal could not be written a moment ago, so nothing more is written. See that the disk has room and is sound, then start the box again.
journal-checkpoint-bad = The checkpoint in { $path } was not signed by this box, or is damaged. Put it back from a mirror. If you are sure that the rest of the journal is the right one, remove that file, and the box signs the journal as it is.
journal-log-shorter = The journal has { $size } entries, but this box has signed { $signed } of them: this is an old copy, or a part. Put the whole journal directory back from its newest copy.
journal-log-contradicts = The journal does not lead to the checkpoint over { $signed } entries that this box signed: it was changed or damaged. Put the whole journal directory back from its newest copy.
journal-entries-damaged = The journal's { $size } entries no longer lead to what this box signed: the file journal/entries was changed or damaged while the box ran. Stop the box and put the journal directory back from its newest copy.
journal-seen-longer = A sender was shown a journal of { $seen } entries, but this one has { $size }: the box runs on an old copy of its disk. Stop it and put the newest copy back.
journal-seen-contradicts = A sender was shown a journal of { $seen } entries that this one does not continue: either this is not the disk that the box had, or somebody else has its key. Stop the box and compare the checkpoints on your receipts.
journal-not-written = Entry { $index } is not in the journal, which has { $size }. Check the number.
journal-opening-foreign = What was given for entry { $index } of the journal is not what it commits to. Run “kluis verify” to see what is damaged.
journal-events-damaged = The file { $path } is damaged at byte { $offset }. Put it back from a mirror, then run “kluis verify”.
journal-event-sealed = The record of entry { $index } in { $path } does not open: it is damaged, or sealed under another key. Put the file back from a mirror, then run “kluis verify”.
journal-event-foreign = The record of entry { $index } in { $path } is not what the journal committed to: it was changed. Put the file back from a mirror, then run “kluis verify”.
journal-event-missing = Entry { $index } of the journal is public, but what it says is missing from journal/events/public. Put that file back from a mirror.
journal-entry-kind = Entry { $index } of the journal is of kind { $kind }, which this program does not know. Update the program; if it is the newest, the entry is damaged.
journal-tile-damaged = The file journal/{ $path } is not what the journal says. It is derived: remove the directory journal/tile and start the box again, and it is made anew.
