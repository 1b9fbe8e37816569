# The shop's side, kluis-send: what it tells, what it refuses, and its help.

## Refusals

shop-not-named = No shop folder is named. Say which one with --shop DIR, or set KLUIS_SHOP; “kluis-send init DIR” makes one.
shop-not-a-shop = { $path } is not a shop folder. Check the name, or make one there with “kluis-send init { $path } --name NAME”.
shop-already = { $path } is a shop folder already, and its keys are never overwritten. Use it as it is, or name another folder.
shop-name-unusable = The shop's name must be one line of 1 to 100 characters. Give it again with --name, or correct it in config.toml.
shop-keys-open = Others can read { $path }, which holds the shop's signing key. Close it with “chmod 600 { $path }”; if somebody else may have read it, tell the box's officer.
shop-keys-damaged = { $path } is not a whole file of keys. Put it back from the shop's backup; without it this shop cannot sign, and a new shop folder must be enrolled.
shop-settings = { $path } cannot be read as settings: { $reason }. Correct that line; text stands between quotation marks, yes and no are true and false.
shop-ledger-damaged = The ledger { $path } does not hold together at line { $line }: it was changed, damaged, or written by a later version of this program. Nothing was written. Put the newest backup back, or use the newer program.
shop-ledger-old = { $found } is for bundle { $number }, but this shop's ledger ends at number { $known }. If what you gave is right, the shop folder is an old copy: put the newest one back, so that no number is signed twice.
shop-no-box = No box is enrolled yet. Fetch the box's card (“kluis card” writes it) and take it with “kluis-send enrol CARD”.
shop-another-box = This card is of another box, or of this one with another key: its fingerprint is { $theirs }, the enrolled box's is { $ours }. Ask the officer which is right. For a second box make a second shop folder.
shop-card-older = This card shows a journal of { $size } entries, but this box has shown one of { $seen } before: it is an old card, or the box runs on an old copy of its disk. Ask the officer for the box's newest card.
shop-journal-forked = The box has shown two different journals of { $size } entries. One of them was made to deceive, or the box was copied. Do not purge anything, keep both files, and show them to the officer.
shop-succeeds-itself = This receipt is for this very shop folder. To carry on from a lost folder, name a receipt that the box gave for that one.
shop-succeeds-too-late = Something was sealed in this folder already, so it cannot carry on from another. Make a new folder with “kluis-send init DIR --name NAME”, enrol the box's card there, and make its card with --succeeds.
shop-old-shop-other = The folder named with --old-shop did not seal what this folder carries on from. Name the earlier shop folder, or leave --old-shop out: then two officers of the box decide.
shop-fingerprint-wanted = The card's fingerprint is { $fingerprint }. Ask the officer to read it from the box's screen; if it is the same, say so with --fingerprint { $fingerprint }.
shop-fingerprint-differs = “{ $typed }” is not this card's fingerprint. If it is what the box's screen shows, this card is not of that box: do not use it, and fetch it again.
shop-no-such-file = { $path } is not there. Check the name.
shop-not-a-file = { $path } is a link, a device or a pipe, which is not followed. Name the file or folder itself.
shop-nothing-to-seal = There is no invoice in what you named: in folders only files with these names are taken: { $patterns }. Name the file itself, or change the patterns in config.toml.
shop-no-time-authority = No time token was fetched: config.toml names no time authority. The box can then only count the time itself. Set time_authority there to the http:// address of an RFC 3161 authority, the one whose certificate the box has pinned.
shop-time-authority-url = time_authority in { $path } is “{ $url }”, but must begin with http://. Plain http is right here: a time token proves itself, and the question tells nothing.
shop-time-unreachable = No time token was fetched: { $url } gave no answer ({ $reason }). Everything else is done; fetch one later with “kluis-send time --to FOLDER”.
shop-no-target = { $path } is not a folder. If it is on a stick, is the stick plugged in and mounted? Otherwise make the folder first.
shop-document-changed = { $path } changed or went away while it was being sealed. Seal it again when nothing writes to it any more.
shop-bundle-there = { $path } is there already, and is not a bundle of this ledger. Move it away, and find out where it came from.
shop-nothing-sealed = Nothing was sealed, because { $refused ->
    [one] one file is
   *[other] { $refused } files are
} refused and all or nothing was asked for. Correct or leave out what stands above, or leave out --all-or-nothing.
shop-replaces-unknown = There is no bundle { $number } to replace: the last number of this shop is { $known }. “kluis-send status” lists them.
shop-replaces-received = Bundle { $number } is in the box, so there is nothing to replace. To send a document once more, use --again.
shop-replaces-replaced = Bundle { $number } was replaced by bundle { $by } already. If that one is lost too, replace { $by }.
shop-replacement-splits = What you named needs more than one bundle, but bundle { $number } can only be replaced by one. Name just its invoices, or no files at all: then they are taken from the ledger.
shop-replacement-lacks = Bundle { $number } has { $count ->
    [one] an invoice that is
   *[other] { $count } invoices that are
} not in what you named, the first is { $first }. The box will not take bundle { $number } any more, so its replacement must have them all. Nothing was sealed.
shop-no-law = There is no law for the country { $country } in this program. Say with --country by which country's law the books are kept.
shop-neither-file-nor-code = “{ $typed }” is neither a file nor a receipt code. A code is a number and 16 letters and digits, such as 57 Q2WM-5RTA-YX7K-3JEV; read it from the box's screen once more.
shop-code-differs = This code is not the box's code for bundle { $number }. Read the number and the code from the box's screen once more. If they are as you typed them, ask the box for a receipt file.
shop-receipt-of-other = This is a proof of something else, not the receipt of a bundle. Fetch the receipt with “kluis receipt”.
shop-receipt-foreign = This receipt is for another shop's bundle. Take the one for this shop.
shop-receipt-contradicts = The box admitted a bundle { $number } that this shop's ledger did not sign. Either this folder is an old copy, or somebody else has its keys. Do not purge anything, and tell the officer.
shop-push-line = Nothing can be sent to { $to }: { $reason }. The README's chapter “One-way push” says how the line is set up.
shop-push-no-way = Nothing can be sent to { $to }: no interface of this computer leads there. Is the cable in, is the interface up, and does it have its address? The README's chapter “One-way push” says how it is set.
shop-push-unplugged = Nothing can be sent to { $to }: the interface { $interface }, which leads there, has no link. Put the cable in, and look whether what is at its other end is on.
shop-push-busy = Something of this shop is being pushed just now, by its outbox perhaps. Wait until that is done; what lies in the outbox goes by itself.
shop-push-no-neighbour = Nothing has gone out to { $address }: nobody answers for this address on { $interface }, and over a line without a way back nobody can. Tell this computer the box's hardware address: “ip neigh replace { $address } lladdr BOX-MAC dev { $interface } nud permanent”; at the box, “ip link” says what BOX-MAC is.
shop-push-forbidden = Nothing can be sent to { $to }: this computer does not allow it. Is it the box's own address (not one of many), and does the firewall let it out?
shop-push-too-long = The interface that leads to { $to } does not take datagrams of { $length } bytes. Set its MTU to 9000 at both ends, or leave out --jumbo.
shop-push-no-key = The box's card has no key for the push. Fetch the box's newest card and take it with “kluis-send enrol CARD”.
shop-push-kind = { $path } is neither a bundle, nor a time token, nor a card: only *.bundle, *.tsr and *.card are pushed.
shop-push-empty = { $path } is empty, or cannot be cut into datagrams. Seal it anew.
shop-push-other-box = Bundle { $number } is sealed for another box than the enrolled one. Push it from the shop folder that it was sealed in.
shop-push-nothing = There is no bundle, time token or card in { $path }. Seal something into it: “kluis-send seal FILES --to { $path }”.
shop-push-state-damaged = { $path } is not what a push writes there. Remove it: what is pushed next begins anew, and the box takes it all the same.

## Told

shop-told-init =
    The shop folder { $folder } is made. Its file “keys” is secret: keep a copy in your own backup.
    Next: fetch the box's card and take it with “kluis-send enrol CARD”.
shop-told-card = The shop's card is in { $path }.
shop-told-card-next = Bring it to the box. The officer compares this fingerprint with the one on the box's screen.
shop-told-box = The box of { $entity }; the books are kept by the law of: { $country }.
shop-told-box-demo = It is a DEMO box: its clock can be turned. Do not give it real invoices.
shop-ask-fingerprint = Have the officer read this fingerprint from the box's screen. If it is the same, type its last four characters:
shop-told-enrolled = The box of { $entity } is enrolled. Next: “kluis-send card” writes this shop's own card for it.
shop-told-enrolled-newer = The newer card of the box of { $entity } is taken. It says otherwise:
shop-told-enrolled-same = The card of the box of { $entity } is taken; nothing that matters here has changed.
shop-change-opened = the term { $term } is open now
shop-change-gone = the term { $term } takes no more bundles
shop-change-recipient = the term { $term } has a new key
shop-change-kept = the term { $term } is kept until { $until }

shop-told-term = Term { $term }: { $because }.
shop-told-no-term = No box is asked; by the law alone: { $because }.
shop-kept-by-card = kept until { $until }, as the box's card says ({ $article })
shop-told-kept = Kept in the record, beside the unchanged document:
shop-told-left = Not in the record; it stays in the document only:
shop-told-left-one = { $what } ({ $count })
shop-told-left-nothing = Nothing else was read in it.
shop-told-note = Note: { $note } It is kept as it is.
shop-kind = { $kind ->
    [invoice] invoice
    [credit-note] credit note
    [corrected] corrected invoice
    [prepayment] invoice on account
    [self-billed] invoice issued by the buyer
   *[other] { $kind }
}
shop-class = { $class ->
    [ordinary] ordinary
    [one-stop-shop] one-stop shop
    [immovable-property] immovable property
   *[other] { $class }
}
shop-vat = { $rate }: { $tax } on { $taxable }

shop-told-finished = Bundle { $number } was interrupted earlier, and is whole now.
shop-told-absent = Bundle { $number } was signed, but its file is not where it was put. Plug in that stick and seal again, or replace it: “kluis-send seal --replaces { $number } --to DIR”.
shop-told-sealed = { $invoices ->
    [one] One invoice is
   *[other] { $invoices } invoices are
} sealed in { $bundles ->
    [one] one bundle
   *[other] { $bundles } bundles
}. Bring { $bundles ->
    [one] it
   *[other] them
} to the box, and its receipt back, before you delete anything.
shop-told-skipped = { $path } was sealed in bundle { $number } already and is passed over (--again seals it once more).
shop-told-twice = { $path } is the same document as another one here and is passed over.
shop-told-with-notes = In { $count ->
    [one] one invoice
   *[other] { $count } invoices
} sums do not add up; “kluis-send inspect” shows them. They are sealed as they are.
shop-told-time = Time token of { $date } beside the bundles: { $path }
shop-told-left-alone = { $count ->
    [one] One other file in the folders was
   *[other] { $count } other files in the folders were
} left alone.
shop-told-refused = { $count ->
    [one] One file is
   *[other] { $count } files are
} refused and in no bundle.
shop-progress-reading = Reading
shop-progress-sealing = Bundle { $number }

shop-address-wanted = name the box's end of the line by its address and port, as in 192.168.77.2:8441
shop-progress-pushing = { $name }, pass { $pass }
shop-told-pushed = { $count ->
    [one] One file was
   *[other] { $count } files were
} sent, { $passes ->
    [one] once
   *[other] in { $passes } passes
}. Nothing comes back on this line: only the box's receipt says that it has arrived.
shop-outbox-pushed = { $path } was sent ({ $passes ->
    [one] one pass
   *[other] { $passes } passes
}, { $rate }).
shop-outbox-received = Bundle { $number } is in the box; its file is now { $path }.
shop-outbox-finished = It was sent for a day and is now { $path }.
shop-outbox-waits = { $reason } The outbox goes on trying.
shop-outbox-goes-on = Something could be sent again: the outbox goes on.
shop-outbox-stopped = The outbox is stopped. Nothing is lost by that: when it is started again, it sends what has no receipt yet.
shop-outbox-beat = A heartbeat was sent; the last bundle is { $number }.
shop-column-rate = Rate
shop-told-received = The receipt holds: bundle { $number } is in the box.
shop-told-all-up-to = The code is right: all bundles up to { $number } are in the box.
shop-told-purge = { $count ->
    [one] One more invoice may
   *[other] { $count } more invoices may
} now be purged from the shop: “kluis-send status --purgeable” lists them.
shop-told-nothing-new = That was known already.
shop-told-outstanding = Not acknowledged by the box yet: { $numbers }.
shop-told-all-received = The box has acknowledged everything.
shop-told-no-bundles = Nothing was sealed yet.
shop-told-purge-list = { $count ->
    [one] One invoice is
   *[other] { $count } invoices are
} in the box and may be purged from the shop, with all copies that you do not need for something else:
shop-told-purge-nothing = No invoice may be purged yet: the box has acknowledged none.
shop-state = { $state ->
    [received] in the box since { $received } or before
    [replaced] replaced by { $by }
    [unfinished] not finished
   *[waiting] waiting for the receipt
}

shop-column-number = No.
shop-column-term = Term
shop-column-days = Days
shop-column-until = Kept until
shop-column-invoices = Invoices
shop-column-bytes = Size
shop-column-file = File
shop-column-sealed = Sealed on
shop-column-state = State
shop-column-invoice = Invoice
shop-column-issued = Issued

## The comments in config.toml

shop-config-name = The settings of kluis-send. How the shop is called on its card:
shop-config-country = The country where the shop is established, for invoices that do not say it:
shop-config-one-stop-shop =
    Whether the shop takes part in the EU's one-stop shop: then sales with VAT to
    consumers in other member states are kept ten years.
shop-config-time-authority =
    Where a time token is fetched with every sealing: the address of an RFC 3161 time
    authority, beginning with http://. Its certificate must be pinned at the box:
shop-config-patterns = Which files in folders are invoices (* and ? stand for anything):

## Help

shop-help = The webshop's side of Factuurkluis: seals invoices for a box that is on no network, and says which may be deleted when the box has them.
shop-help-examples =
    The work of a week:
      kluis-send seal invoices/ --to /media/stick     seal what is new
      (bring the stick to the box, read the code from its screen)
      kluis-send receipt 57 Q2WM-5RTA-YX7K-3JEV       all up to 57 is in
      kluis-send status --purgeable                   what may be deleted

    Once, at the beginning:
      kluis-send init shop --name "Trampoline"
      export KLUIS_SHOP=$PWD/shop
      kluis-send enrol /media/stick/box.card
      kluis-send card --out /media/stick/trampoline.card
      kluis-send card --succeeds 57.tlog-proof      a new folder after the computer was lost

    Exit status: 0 done, 1 refused (with the reason), 2 wrong usage.
shop-help-shop = The shop folder
shop-help-json = Tell it as JSON, for scripts
shop-help-init = Makes a shop folder: ids, a signing key, settings
shop-help-init-examples =
    Example:
      kluis-send init shop --name "Trampoline" --country NL

    DIR/keys is secret and DIR/config.toml yours to edit. An existing shop folder is never overwritten.
shop-help-init-dir = The folder to make
shop-help-init-name = How the shop is called, as the officer knows it
shop-help-init-country = Where the shop is established, such as NL; for invoices that do not say it
shop-help-init-one-stop-shop = The shop takes part in the EU's one-stop shop
shop-help-card = Writes the shop's own card, for the box
shop-help-card-examples =
    Example:
      kluis-send card --out /media/stick/trampoline.card

    The officer takes it at the box with “kluis enrol” and compares the fingerprint, best by telephone.
shop-help-card-out = Where to write it
shop-help-card-succeeds = Carry on from a lost shop folder: its last receipt from the box (a new folder only)
shop-help-card-old-shop = The earlier shop folder, where it still is: its key signs for the new one
shop-help-enrol = Takes the box's card: whom to seal for, and for which terms
shop-help-enrol-examples =
    Examples:
      kluis-send enrol /media/stick/box.card
      kluis-send enrol box.card --fingerprint Q2WM-5RTA-YX7K-3JEV

    The first card is compared by two people, once. A newer card of the same box is taken without asking.
shop-help-enrol-card = The card's file
shop-help-enrol-fingerprint = The fingerprint that the officer read from the box's screen
shop-help-inspect = Shows what is kept of an invoice and what is not, until when, and why
shop-help-inspect-examples =
    Examples:
      kluis-send inspect 2026-0001.xml
      kluis-send inspect invoices/ --country DE

    Works without a box too: then by the law of --country, or of the seller's country.
shop-help-inspect-files = Invoices: UBL, CII, Factur-X or ZUGFeRD, or a PDF with a sidecar (.json) beside it
shop-help-inspect-country = Answer by this country's law and not by the box's card
shop-help-class = The class of all of them: ordinary, one-stop-shop or immovable-property
shop-help-seal = Seals invoices into bundles for the box
shop-help-seal-examples =
    Examples:
      kluis-send seal invoices/ --to /media/stick
      kluis-send seal 2026-0001.xml 2026-0002.pdf --to /media/stick
      kluis-send seal --replaces 5 --to /media/stick    bundle 5 was lost: the same invoices again

    What is refused stops nothing else; the rest is sealed, and the exit status is 1. Documents that an
    earlier bundle has are passed over. The sidecar of a PDF is FILE.json or the same name ending in .json.
shop-help-seal-paths = Invoices, and folders of them
shop-help-seal-to = The folder for the bundles; it must be there
shop-help-seal-replaces = These are the invoices of this lost or refused bundle; without files, those that the ledger has
shop-help-seal-again = Also seal documents that an earlier bundle has
shop-help-seal-all-or-nothing = Seal nothing if any file is refused
shop-help-receipt = Takes the box's receipt: a file, or a code that is typed
shop-help-receipt-examples =
    Examples:
      kluis-send receipt /media/stick/57.tlog-proof
      kluis-send receipt 57 Q2WM-5RTA-YX7K-3JEV

    A code says that all bundles up to its number are in. Once a month bring a receipt file: only that
    lets this shop notice a box that runs on an old copy of its disk.
shop-help-receipt-what = A receipt's file, or a number and its code
shop-help-time = Fetches a time token for the box, over the last head of its journal that this shop has verified
shop-help-time-examples =
    Examples:
      kluis-send time --to /media/stick

    “kluis-send seal” does the same by itself. The authority is time_authority in config.toml.
shop-help-time-to = The folder for the token; it must be there
shop-help-status = Lists the bundles, what the box has acknowledged, and the terms on its card
shop-help-status-examples =
    Examples:
      kluis-send status
      kluis-send status --purgeable --json
shop-help-status-purgeable = List the invoices that are in the box and may be deleted at the shop
shop-help-push = Sends bundles, time tokens and cards to the box over a one-way line
shop-help-push-examples =
    Examples:
      kluis-send push 5f02a1b7-000057.bundle --to 192.168.77.2:8441
      kluis-send push outbox/ --to 192.168.77.2:8441 --repair 60 --passes 3

    Each pass sends symbols that were not sent before, also after a restart: what one pass lost, the next
    mends. “kluis-send outbox” does it all by itself.
shop-help-push-paths = Bundles, time tokens and cards, and folders of them
shop-help-to = The box's end of the line
shop-help-from = The address of ours that it goes out from, which names the interface
shop-help-rate = How fast: megabits of datagrams in a second
shop-help-repair = How many per cent more than the file are sent in a pass, against what the line loses
shop-help-passes = How often each file is sent
shop-help-jumbo = Datagrams for frames of 9,000 bytes; the interfaces must be set to it
shop-help-outbox = Keeps pushing a folder until the box's receipts are here
shop-help-outbox-examples =
    Examples:
      kluis-send outbox outbox/ --to 192.168.77.2:8441
      kluis-send outbox outbox/ --to 192.168.77.2:8441 --print-unit > kluis-outbox.service

    Seal into that folder: “kluis-send seal invoices/ --to outbox”. What “kluis-send receipt” has
    acknowledged is moved into outbox/received. A heartbeat tells the box every hour that the line works.
shop-help-outbox-dir = The folder; it must be there
shop-help-outbox-passes = How often a new file is sent at once
shop-help-outbox-every = After how many minutes a file without a receipt is sent once more
shop-help-outbox-once = One round, and no more
shop-help-outbox-print-unit = Print a systemd unit for it, and do nothing
