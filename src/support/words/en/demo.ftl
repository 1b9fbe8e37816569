# The demonstration: an invented shop from its first invoice to its first certificate.

demo-title = Factuurkluis: a demonstration
demo-intro = An invented shop with invented customers and invented invoices. Nothing leaves this machine.
demo-folder = Everything happens in this folder, if you want to look along: { $folder }
demo-folder-goes = It is removed when you stop.
demo-folder-stays = It stays when you stop, because you named it.

demo-box-title = A box for a small webshop
demo-box = This is the box of { $shop } It is on no network. It keeps the shop's invoices for as long as the tax office may ask for them, and destroys them after that.
demo-box-officers = Two officers answer for it, so that one can always be replaced by the other. Each is shown a pass-phrase, this once:

demo-meet-title = The shop and the box get to know each other
demo-meet = Each writes a card onto a stick for the other. Over the telephone both read out the fingerprint of the card that they have got:
demo-meet-box = card of the box
demo-meet-shop = card of the shop
demo-meet-done = They are the same, so nobody has exchanged a card on the way. From now on the box takes in what this shop puts on a stick, and nothing of anybody else's.

demo-years-title = What the shop has kept so far
demo-years-bar = Writing invoices
demo-years = { $count } invoices and credit notes of { $first } to { $last }, { $gross } with VAT: just as they were sent, as PDF to people and as XML to businesses. Until now the shop's database has held them all, and much more about its customers, on the internet.

demo-seal-title = The shop puts them on a stick
demo-seal-bar = Sealing
demo-seal = { $invoices } invoices lie sealed and signed in { $files } files ({ $megabytes } MB) on the stick, one file for each term. A term is what ends together: the invoices of one book year, for example. Whoever finds the stick can read nothing.

demo-take-title = The stick goes into the box
demo-take-bar = Taking in
demo-take = The box has checked every signature, read every document and compared it with what the shop says about it. { $invoices } invoices are in, and each sealed file stays as it came. By term:
demo-take-term = { $term }: { $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
}, kept until { $until }

demo-receipts-title = The receipts go back to the shop
demo-receipts = The shop has checked { $receipts } receipts by itself, without a network and without having to believe the box: all { $invoices } invoices are there.
demo-receipts-code = Whoever has no stick at hand types this code instead. It says “all up to this number”:
demo-receipts-purge = Now the shop can delete these invoices and everything else that it has about these customers, and tell them why.

demo-copy-title = Off, and on again
demo-copy = The box was switched off, its whole disk was copied, and it was switched on again. All { $invoices } invoices are still there. The copy will be of use in a moment.

demo-console-title = Look for yourself
demo-console = This opens the box's own pages in your browser, with a search filled in. (On a real box they can be seen on its own screen only.)
demo-console-log-in = The link opens once. After that, log in as the officer { $name }, with the pass-phrase { $pass }

demo-in-browser = In your browser:

demo-sent-title = An invoice as it was sent
demo-sent-search = An auditor asks for everything that was sold to { $name }:
demo-sent-unchanged = { $number } is unchanged since { $since }: the { $bytes } bytes in the box are the very bytes that the customer got. Here is what came out; open it:
demo-sent-proof = The proof beside it shows that to anybody who wants to check it, and shows nothing about any other customer.
demo-locked = locked

demo-flip-title = Somebody changes one byte
demo-flip-bar = Checking
demo-flip = In the copy of the disk, one byte of { $bytes } was changed, in the middle of this file:
demo-flip-found = The copy checks itself, and finds that file and nothing else:
demo-flip-sound = The box itself, checked in the same way: all { $invoices } invoices and all { $entries } entries of its journal are as they were.

demo-end-title = A term ends
demo-end-clock = This box was made for showing, so its clock can be turned. A real box believes only the time that it has lived through, or time that somebody outside has signed.
demo-end-not-yet = It is now { $now }. No term is over yet: { $term } is kept until { $until }. Start the demonstration again with more years: kluis demo --fast-forward 4
demo-end-due = It is now { $now }. The invoices of { $year } had to be kept until { $until }. That day is past.
demo-end-locked = The same search shows numbers and dates only, so that the officers can still see if an invoice is needed for a claim. The documents are locked:
demo-end-destroyed = { $days } days later, { $now }: the box has destroyed the key of the term { $term } by itself.
demo-again-search = The same search again: nothing.
demo-again-stick = The same stick, kept in a drawer, goes into the box again:
demo-again-keys = Every key that the box still has ({ $keys }) is tried on the file on that stick: none opens it.
demo-again-others = The other { $invoices } invoices are as they were.

demo-certificate-title = The certificate
demo-certificate = On { $on } the key of { $term } ({ $entity }) was destroyed, and with it { $invoices } invoices. They had to be kept until { $until } ({ $article }).
demo-certificate-word = How that is known: { $word }.
demo-certificate-not = What it does not cover:
demo-certificate-copies = – prints, exports and what the shop itself still has: in its mail, its bookkeeping, its own copies.
demo-certificate-root = – and this one proves nothing: the clock of a demonstration is turned by hand, and the key to its keys is a file. The copy of the disk that was made before had that file with it, and just now it still found { $count ->
    [one] one of these invoices
   *[other] { $count } of these invoices
}. Never copy that file of a real box; keep it on a device of its own.

demo-further = The clock goes on, to { $now }:
demo-further-due = { $term }: over, and locked
demo-further-destroyed = { $term }: destroyed, with a certificate
demo-further-living = { $terms ->
    [one] One term lives on.
   *[other] { $terms } terms live on.
}

demo-enter-look = Look around in your browser. Press Enter here to go on.
demo-enter-end = Press Enter to turn the clock forward.
demo-enter-destroy = Look at the terms in your browser. Press Enter to let 30 more days pass.

demo-open-until-stopped = The box stays on, and its pages stay open, until you stop the demonstration with Ctrl-C.
demo-over-gone = The demonstration is over. Its folder was removed; nothing of it is left.
demo-over-kept = The demonstration is over. Everything is still in { $folder }

## Refusals
demo-folder-not-empty = There is something in { $folder } already. Name an empty folder, or none: then the demonstration makes its own and removes it.
demo-went-wrong = The demonstration did not go as it should: { $what }. Please report this; no invoice of yours was touched.
demo-stopped = The demonstration was stopped.
