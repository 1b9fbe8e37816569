# The process that reads documents: what contradicts, what it gave up on, drawing.

reader-mismatch = Invoice { $invoice }: document and record differ in { invoice-field }. The record says “{ $record }”, the document says “{ $document }”. Nothing of this bundle was taken; correct the source in the shop, then seal the invoice again.
reader-media-type = Invoice { $invoice }: the document is not what its record says: “{ $record }” is stated, “{ $document }” was found. Nothing of this bundle was taken; seal the invoice again from its original file.
reader-unreadable = Invoice { $invoice }: its document cannot be read, and kluis-send would not have sealed it ({ $code }): { $reason } Nothing of this bundle was taken; put it right in the shop, then seal the invoice again.
# How a process ended, by its word.
reader-fault = { $reason ->
    [crashed] it crashed
    [memory] it would have needed more memory than a document may take
    [time] it did not come to an end in time
    [forbidden] it tried something that it may not do
    [killed] it was killed, or the machine ran out of memory
   *[other] { $reason }
}
reader-failed = Invoice { $invoice }: the process that reads documents gave up on its document: { reader-fault }. Nothing of this bundle was taken. Ask the shop for a sound document and let it seal the invoice again; if other bundles fail too, restart the box.
reader-unavailable = The process that reads documents cannot be started in its cage ({ $reason }). Nothing is taken or drawn without it. The box needs Linux 5.19 or later with Landlock and seccomp; ask who looks after the box.
reader-protocol = The process that reads documents gave an answer that makes no sense. Nothing of this bundle was taken. Try once more; if it happens again, a document in it is probably meant to do harm: ask the shop where it comes from.
reader-not-drawn = The page cannot be shown: while drawing it the process gave up: { reader-fault }. Save the original and open it on another computer.
reader-token-unread = The process that reads time tokens gave up on this one: { reader-fault }. It was not taken. Have “kluis-send time” fetch a new one.
reader-not-a-pdf = The document cannot be shown: it is not a PDF that can be drawn (damaged, or locked with a password). Save the original and open it on another computer.
reader-no-such-page = There is no page { $page }: the document has { $pages ->
    [one] one page
   *[other] { $pages } pages
}.
