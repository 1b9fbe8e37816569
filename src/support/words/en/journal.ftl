# The journal: what is refused of checkpoints, receipts and receipt codes, and by the log on disk.

journal-too-long = This text is longer than { $limit } bytes, so it cannot be a receipt or a checkpoint. Check that the right file was chosen.
journal-checkpoint-form = This is not a whole checkpoint: line { $line } is not of its form. Fetch the text from the box again, unchanged from its first line to its last.
journal-checkpoint-of-another = This checkpoint is of “{ $origin }”, not of this box, which is “{ $expected }”. Take the one that came from this box.
journal-checkpoint-unsigned = This checkpoint has no valid signature by the key of “{ $expected }”. It was changed, or another box made it; do not rely on it, and fetch a new one from the box.
journal-receipt-form = This is not a whole receipt: line { $line } is not of its form. Fetch the receipt from the box again, unchanged from its first line to its last.
journal-receipt-kind = This receipt is for an event of kind { $kind }, which this program does not know. Update the program and try again.
journal-receipt-unproven = This receipt does not hold: entry { $index } cannot be led to the signed head over { $size } entries. It was changed after the box wrote it; fetch it from the box again.
journal-code-form = This is not a receipt code. A code is a number and 16 letters and digits, such as 57 Q2WM-5RTA-YX7K-3JEV; read it from the box's screen once more.
