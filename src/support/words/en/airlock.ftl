# USB sticks: the airlock's own refusals first, then what is refused of a stick and of a file on it.

# How the process that reads a stick ended, by its word.
airlock-fault = { $reason ->
    [crashed] it crashed
    [memory] it would have needed more memory than a stick may take
    [time] the stick did not answer in time
    [forbidden] it tried something that it may not do
    [killed] it was killed, or the machine ran out of memory
   *[other] { $reason }
}
airlock-unavailable = The process that reads sticks cannot be started in its cage ({ $reason }). No stick is read without it. The box needs Linux 5.19 or later with Landlock and seccomp; ask who looks after the box.
airlock-failed = The process that reads the stick gave up on it: { airlock-fault }. Put the stick in again; if that does not help, format it anew and copy the bundles onto it again.
airlock-failed-at = { $file }: the process that reads the stick gave up on this file: { airlock-fault }. The other files were read. Copy it onto another stick.
airlock-protocol = The process that reads the stick gave an answer that makes no sense. Try once more; if it happens again, the stick is probably meant to do harm: ask the shop where it comes from.
airlock-not-opened = { $path } cannot be opened: { $reason }.
airlock-in-use = { $path } is in use by this machine (mounted, or part of something that is). A stick is read without being mounted: unmount it first.
airlock-not-a-stick = { $path } is neither a stick (a block device) nor an image of one.
airlock-pulled-out = The stick was pulled out before all of it was read. What was taken in until then is safe; put the stick in again for the rest.
airlock-more-than-a-stick = “{ $name }” is not only a stick: it has { $interfaces } functions, a keyboard perhaps. It was not read. Take it out, and use a plain USB stick.
airlock-no-mass-storage = “{ $name }” is not a USB stick but something that behaves like a disk. It was not read. Take it out, and use a plain USB stick.
airlock-one-at-a-time = Another stick is being read. Wait until it may be taken out, then put in this one.
airlock-write-protected = The stick is write-protected. Look for a small switch on it, or take another stick.
airlock-not-written = { $file } could not be written onto the stick: { $reason }. Take another; what it showed before, it still shows.
airlock-our-fault = The box itself failed at this: a fault of the program, not of what was brought. What it says is taken in is in. Bring this once more (a stick: take it out and put it in again); if it fails again, ask who looks after the box.
airlock-no-stick = No stick is in that could be written onto. Put one in, wait until it has been read, and ask again.
airlock-too-many-cards = { $file } was not kept: { $limit } cards of shops are waiting already. Admit them, or remove them from the folder “spool/cards” of the box, and bring it again.

# How to format a stick, said where something else was found.
stick-how-to-format = Copy what you still need from the stick, then format it: in Windows right-click the stick, “Format…”, file system exFAT; on a Mac in Disk Utility “Erase”, format ExFAT; on Linux in Disks “Format Partition…”, type exFAT or FAT. Then copy the bundles onto it again.
# A file by its name, or the stick's own list.
stick-file = { $file ->
    [top] The stick's list of files
   *[other] { $file }
}
stick-again = Copy it onto the stick again and take the stick out only when the computer says that you may.

stick-unreadable = The stick did not answer at byte { $at }: it was pulled out, or it is wearing out. Put it in again; if that does not help, copy the files onto another stick.
stick-format = The stick is formatted as { $format }, which is not read here. { stick-how-to-format }
stick-unknown = No FAT or exFAT was found on the stick: it is empty, damaged, encrypted, or formatted as something that is not known here. { stick-how-to-format }
stick-partitions = The stick's partition table contradicts itself, so nothing on it was read. { stick-how-to-format }
stick-geometry = The stick's file system states sizes that cannot be, so nothing on it was read. { stick-how-to-format }
stick-twice = The stick would have to be read twice at one place: its file system is damaged, or meant to do harm. Ask the shop where it comes from. { stick-how-to-format }
stick-scattered = The files on the stick lie in too many pieces. { stick-how-to-format }
stick-too-many-entries = There are more than { $limit } names in the stick's list of files. Move what does not belong to Factuurkluis into a folder of its own (not “kluis”), or take an empty stick.
stick-too-many-files = There are more than { $limit } bundles, time tokens and cards on the stick. Spread them over several sticks.
stick-circular = { stick-file } is damaged: its pieces go round in a circle. { stick-again }
stick-crossing = { stick-file } is damaged: it shares its place on the stick with another file. { stick-again }
stick-outside = { stick-file } is damaged: a piece of it would lie where the stick has nothing, or is worn out. { stick-again }
stick-short = { stick-file } is damaged: its end is missing. { stick-again }
stick-entry = { stick-file } is damaged: its entry does not agree with itself. { stick-again }
stick-empty = { stick-file } is empty. { stick-again }
stick-unfinished = { stick-file } was not copied to its end. { stick-again }
stick-too-long = { stick-file } is longer than the { $limit } bytes that such a file may have; it is not what its name says. It was not read.
stick-not-handed-on = { $file } was read from the stick, but could not be kept: { $reason }. Look at the box's disk, then put the stick in again.
stick-no-room = { $file } does not fit onto the stick any more. Make room on it, or take another.
stick-unwritable = { $file } was not written: the stick's file system is damaged, or of a rare kind, and writing could harm what is on it. Let a computer check the stick, or take another.
stick-name-unfit = “{ $file }” is not a name that can be written onto a stick. Use letters, digits, dots and dashes, at most 100 of them.
stick-not-written = { $file } could not be written onto the stick: { $reason }. Check that it is not write-protected, or take another; what it showed before, it still shows.
