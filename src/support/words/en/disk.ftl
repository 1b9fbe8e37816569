# What the disk refused (src/support/durable).

disk-failed = { $operation ->
    [append] Could not append to
    [chmod] Could not set the mode of
    [create] Could not create
    [cut] Could not cut back
    [lease] Could not take a read lease on
    [lock] Could not lock
    [open] Could not open
    [read] Could not read
    [remove] Could not remove
    [rename] Could not rename
    [write] Could not write
   *[other] Could not ({ $operation })
} { $path }: { $reason }. Look at the disk and at the owner of that directory, then try again.
disk-full = The disk is full: { $operation ->
    [append] nothing more could be appended to
    [create] it was not possible to create
    [write] it was not possible to write
   *[other] this could not be done ({ $operation }):
} { $path }. Nothing was half-kept. Free some space, then try again.
disk-sync-failed = The disk could not confirm that { $path } is stored: { $reason }. What was written last may be lost, so the program stops here. Look at the disk before you start it again.
disk-poisoned = The disk failed to store something earlier, so nothing more is written. Look at the disk, then start the program again.
disk-missing = { $path } is not there. Check the name, and that the disk is mounted.
disk-locked = Another process is using { $path }. Wait until it is done, or end it, then try again.
disk-too-large = { $path } is longer than the { $limit } bytes that such a file may have. It was not read.
disk-not-a-file = { $path } is not an ordinary file with one name (but a link, a directory or a device). Copy the file itself there.
disk-not-ours = { $path } belongs to user { $owner }, but the program runs as user { $us }. Let that user's copy be made by user { $us }.
disk-still-written = { $path } is still open in a program that can write to it. Wait until it is copied whole, then try again.
disk-read-back = { $path } was written, but something else came back when it was read. The disk is failing; replace it.
disk-wrong-size = { $path } should be { $expected } bytes long, but has { $found }. It was left as it is.
