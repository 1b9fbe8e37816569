# The messages of the command line.

kluis-column-number = Number
kluis-column-date = Date
kluis-column-customer = Customer
kluis-column-net = Without VAT
kluis-column-gross = With VAT
kluis-column-place = Place
kluis-column-term = Term
kluis-column-kept-until = Kept until
kluis-column-invoices = Invoices
kluis-column-why = Where it is
kluis-column-sender = Shop
kluis-column-document = Document

kluis-locked = locked
kluis-not-exact = (not exact)

kluis-take-nothing = There is nothing to take there: no bundle (a file whose name ends in .bundle), no time token (.tsr) and no shop’s card (.card).
kluis-take-stick-rest = { $count ->
    [one] One other file or folder on the stick was left alone.
   *[other] { $count } other files and folders on the stick were left alone.
}
kluis-take-stick-unread = { $count ->
    [one] One file was not read any more.
   *[other] { $count } files were not read any more.
}
kluis-take-stick-nothing = There is nothing to take on this stick. Bundles (.bundle), time tokens (.tsr) and shops’ cards (.card) lie at its top or in a folder called “kluis”.
kluis-take-code = receipt code for the shop: { $code }
kluis-take-gaps = still missing from this shop: number { $numbers }
kluis-take-receipts = receipts written to { $directory }

kluis-find-nothing = Nothing was found. Names are searched by their words, numbers as a whole (or their beginning with * behind it).
kluis-find-count = { $count ->
    [one] One invoice found.
   *[other] { $count } invoices found.
}
kluis-find-sum = { $count ->
    [one] One invoice
   *[other] { $count } invoices
}: { $net } without VAT, { $vat } VAT, { $gross } with VAT
kluis-find-credit-sum = { $count ->
    [one] One credit note
   *[other] { $count } credit notes
}: { $net } without VAT, { $vat } VAT, { $gross } with VAT
kluis-find-more = There are more: narrow the search, or ask for more with --limit.

kluis-show-unchanged = Unchanged since { $since }: this is what the shop signed; its admission is entry { $entry } of the journal.
kluis-show-document = the document was written to { $file }
kluis-show-proof = the proof was written to { $file }; check it with: scripts/read-bundle.py --proof { $file }

kluis-clock-demo = It was made as demo: its clock can be turned, and whatever it certifies proves nothing.
kluis-clock-pinned = The word of { $name } on the time is believed from now on. Compare its fingerprint with the one that the authority publishes: { $fingerprint }
kluis-clock-unpinned = The word of { $name } ({ $fingerprint }) on the time is believed no longer. Its earlier tokens count until they are struck.
kluis-clock-struck = The time token { $token } is struck: nothing rests on it any more.
kluis-clock-floor-now = The latest time that the box knows to be past is { $to } now.

kluis-card = Card of the box of { $entity }. Its fingerprint, to be compared with the shop by telephone:

      { $fingerprint }
kluis-card-written = The card was written to { $file }. Give it to the shop; there: kluis-send enrol { $file }

kluis-enrol-compare = The card of the shop “{ $name }” has the fingerprint

      { $fingerprint }

    Compare it with the shop by telephone. If it is the same, run:
      kluis enrol { $file } --fingerprint { $fingerprint } --as NAME
kluis-enrol-done = The shop “{ $name }” is enrolled: its bundles are taken from now on.
kluis-enrol-again = The shop “{ $name }” was enrolled already.

kluis-verify-checked = Checked: { $bundles } bundles with { $invoices } invoices, { $entries } journal entries, { $certificates } certificates.
kluis-verify-strays = { $strays ->
    [one] One bundle lies
   *[other] { $strays } bundles lie
} in “strays” of its term: the journal does not know of it, so no receipt of it was given out, or the journal is an old copy. Take what is there in again with: kluis take terms/TERM/strays, or compare the journal with the newest receipt: kluis verify --since FILE
kluis-verify-sound = Everything is as it was signed and admitted.
kluis-verify-unsound = Something is not as it was signed. Copy the box before you change anything, and seal what is damaged again at the shop.
kluis-since = The journal of { $size } entries contains the older one of { $old } entries, unchanged: { $new ->
    [0] nothing was added since
    [one] one entry was added since
   *[other] { $new } entries were added since
}. Proven with { $nodes ->
    [one] one node
   *[other] { $nodes } nodes
} of the tree (RFC 9162); --json prints them.
kluis-go-on = The box goes on without the history that its head of { $size } entries knew of. That head stands in the journal for good. Tell the shop: what it has receipts for since that copy of the disk is not here, and is to be sealed again.
kluis-rebuild-done = The catalogues of { $terms } terms were made anew.

kluis-receipt = Number { $number } of { $sender } is in the box. Receipt code: { $code }
kluis-receipt-no-code = none yet, because number 1 is missing

kluis-certificate-head = Certificate of destruction (version { $version }) of { $entity }, by the box { $box }
kluis-certificate-what = The key of the term { $term } was destroyed on { $on } (by the box’s clock): { $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
} in { $bundles ->
    [one] one bundle
   *[other] { $bundles } bundles
} cannot be read any more. They had to be kept until { $until } ({ $article }, law table { $table }).
kluis-certificate-entries = { $entries ->
    [one] One entry
   *[other] { $entries } entries
} of the journal were about them; the digest of their indexes is { $digest }.
kluis-certificate-held = { $count ->
    [one] Excepted is one of them, which is
   *[other] Excepted are { $count } of them, which are
} held and can be read until two officers release them.
kluis-certificate-strength = How strong: { $word }.
kluis-certificate-floor = The box held { $floor } proven as past, and was powered for { $days ->
    [one] one day
   *[other] { $days } days
} between “due” and the destruction.
kluis-certificate-token = Time token { $number } is over the journal’s head of { $size } entries and says { $time } (authority { $authority }).
kluis-certificate-token-seam = Whether that authority signed it, this program says with --authority ROOT.pem, and openssl: run this with --evidence DIR, then the commands that the README has for it.
kluis-certificate-token-signed = {"   "}It is signed by the authority that you named.
kluis-certificate-token-unsigned = {"   "}It is NOT shown to be signed by the authority that you named: { $reason }
kluis-certificate-root = The vault was opened by { $root }. The key was gone with the vault’s generation { $generation }.
kluis-certificate-not-covered = Not covered:
kluis-certificate-good = The signature of the certificate is good. It is by the key { $key }.
kluis-certificate-card = This is the key on the box’s card.
kluis-certificate-other-key = This is NOT the key on the box’s card.
kluis-certificate-which-key = Compare the key with the box’s card: kluis verify-certificate FILE --card BOX.CARD
kluis-certificate-fault = ✗ The signature holds, but { $fault }: the box says more than it can show.
kluis-certificate-html = The sheet to print was written to { $file }
kluis-certificate-evidence = The time tokens and what they are over were written to { $directory }
kluis-certificate-no-evidence = This certificate carries no time token, so nothing was written to { $directory }

kluis-init-done = The box of { $entity } was made in { $directory }.
kluis-init-pass-phrase = Pass-phrase of the officer { $name } (shown this once, write it down): { $pass }
kluis-init-boot-key = Boot key of this computer (shown this once): { $key }
    Write it down and lock it away, not on this box. After an update or a repair the box opens only with it: kluis approve-start --boot-key FILE. Without it the box stays closed for good when the computer starts differently. Who has the key and the box can open what still lives; what was destroyed he cannot.
kluis-start-approved = How this computer has started now is approved: the box opens.
kluis-init-terms = It has these terms:
kluis-init-next = Next: give the shop the card { $card }.
kluis-pass-made = Pass { $pass } for { $holder }, good until { $until }. Pass-phrase (shown this once): { $phrase }
    The journal had { $size } entries then; for the pass slip: { $journal }
kluis-pass-revoked = The pass { $pass } is good no more, and whoever was in on it is out.
kluis-slip = PASS { $pass } to the box of { $entity }

    For:          { $holder }
    Reason:       { $reason }
    Good until:   { $until }
    Pass-phrase:  ______________________________  (shown once on the screen; write it here by hand)

    When this pass was issued the box’s journal had { $size } entries:

          { $journal }

    Keep this slip. With it the box can be asked, today and in years, to prove that nothing that it had
    written by then was changed or left out since:

          kluis verify --since { $journal }
          kluis verify --since { $file }        with this file, whose last lines the box has signed
kluis-officer-made = { $name } is an officer now, and can be one of two who decide from { $from } on. Pass-phrase (shown this once): { $phrase }
kluis-officer-gone = { $name } is no officer any more.
kluis-officer-from-the-first-day = from the first day
kluis-column-officer = officer
kluis-column-counts-from = one of two from

kluis-enrol-compare-successor = The card of the shop “{ $name }” has the fingerprint

      { $fingerprint }

    The earlier key has signed it too. Compare the fingerprint with the shop by telephone. If it is the same, run:
      kluis enrol { $file } --fingerprint { $fingerprint } --as NAME
kluis-enrol-compare-successor-two = The card of the shop “{ $name }” has the fingerprint

      { $fingerprint }

    The earlier key has not signed it, or is blocked: two officers decide. Call the shop at a number that you know, and compare the fingerprint. If it is the same, run:
      kluis enrol { $file } --fingerprint { $fingerprint } --as NAME --with NAME
kluis-succession = A new key takes the place of an earlier one. Bundles of the earlier key are good up to number { $last }; what is here stays as it is, later numbers are refused.
kluis-succession-beyond = Numbers after { $last } are here already: { $numbers }. They stay. Ask the shop whether it sealed them itself.
kluis-sender-blocked = Nothing more is taken from “{ $name }”. What is here stays. A new key of this shop needs two officers: kluis enrol CARD
kluis-sender-is-enrolled = enrolled
kluis-sender-is-blocked = blocked
kluis-sender-is-replaced = replaced, good up to number
kluis-waiting-nothing = Nothing waits for an officer.
kluis-waiting-decide = Ask the shop whether it brings invoices of earlier years. Then: kluis waiting --admit SHOP --as NAME, or --refuse SHOP
kluis-law-built-in = New terms follow the law table { $edition } of this program.
kluis-law-taken = New terms follow the law table { $edition }, which two officers took.
kluis-law-key = A changed table must be signed by the release key { $key }.
kluis-law-no-key = This box was made without a release key: it takes no changed table.
kluis-law-table = The law table { $edition } (in force: { $present }).
kluis-law-moves-nothing = It moves no term.
kluis-law-due = That day is past: the term is locked, and destroyed after 30 more days of power.
kluis-law-unmoved = Not moved: { $terms }
kluis-law-without-row = It has no row for these, they stay as they are: { $terms }
kluis-law-successor = The tables after this one must be signed by another key: { $key }
kluis-law-compare = Nothing was changed. The fingerprint of the table is

      { $fingerprint }

    If this is the law, two officers take it with:
      kluis law { $file } --fingerprint { $fingerprint } --as NAME --with NAME
kluis-law-done = The law table { $edition } is in force. Give the shops the box's new card: kluis card
kluis-law-lengthened = { $term } is kept until { $to } instead of { $from }. Give the shops the box's new card: kluis card
kluis-clock-term-moved = { $term }: its end was moved from { $from } to { $to }.
kluis-release-key-form = a key is 64 hex digits on one line
kluis-release-key-there = there is such a file already, and a key is never overwritten
kluis-release-key-open = others can read this secret key; chmod 600
kluis-column-sender-id = Id
kluis-column-stream = Stream
kluis-column-newest = Newest number
kluis-column-state = State
kluis-column-old = Old / all
kluis-column-oldest = Oldest
kluis-column-then-until = Then until

kluis-run-ready = The box is running. Console: { $address }
kluis-run-keys-not-locked = The keys of this box lie in memory that can be swapped out: this system allows too little of it to be locked. Raise the limit (ulimit -l, LimitMEMLOCK= of the service) to 8 MiB, or turn swap off.
kluis-run-refused = { $file } was not taken in ({ $code }). What stands in it is not written into a log: the console says why on its page Stick, and so does “kluis take” with that file at a terminal.
kluis-run-stick-in = A stick was put in. It is being read; leave it in.
kluis-run-stick-done = The stick has been read. You may take the stick out.
kluis-run-stick-out = The stick is out.
kluis-run-stick-failed = The part of the box that waits for sticks failed and was begun again. If this comes back, ask who looks after the box.
kluis-run-stick-deaf = The kernel does not tell this box when a stick is put in ({ $reason }): it looks once a minute. Ask who looks after the box.
kluis-run-push-ready = Listening for the one-way line at { $address }.
kluis-run-push-trouble = The one-way line is not heard: its process does not start ({ $reason }). Ask who looks after the box.
kluis-run-push-dies = The process that hears the one-way line ends again and again, and is started each time. Is the disk full? What is pushed meanwhile is pushed again later; if this comes back, ask who looks after the box.
kluis-run-push-silent = Nothing was heard of { $shop } over the one-way line since { $at }. Is its computer on, is “kluis-send outbox” running there, is the cable in?
kluis-line-none = This box listens to no one-way line. “kluis run --push ADDRESS:PORT” does.
kluis-line-heard = { $shop } was last heard on { $at } and has sealed up to number { $last }.
kluis-line-awaited = Not here yet, may be on their way: { $numbers }.
kluis-line-missing = Missing: { $numbers }. Look into the shop's outbox; if they come no more, bring them on a stick.
kluis-line-nothing = Nothing is on its way just now.
kluis-run-push-missing = { $shop } has sealed bundles that did not come over the one-way line for more than two hours: { $numbers }. Do they still lie in its outbox? If they come no more, bring them on a stick.
kluis-run-push-again = { $shop } is heard again over the one-way line.
kluis-stick-written = { $file } is written onto the stick. You may take the stick out.
kluis-run-disk-full = The box waits, and goes on as soon as there is room on its disk; until then it destroys nothing and takes nothing in. { $reason }
kluis-run-room-again = There is room on the disk again: the box goes on.
kluis-run-due = { $term } is over: it is locked, and destroyed after 30 more days of power.
kluis-run-destroyed = { $term } is destroyed. Its certificate lies in the folder “certificates” of the box.

kluis-ask-pass-phrase = Pass-phrase of { $name }:{" "}
kluis-no-terminal = There is no terminal to ask for the pass-phrase of { $name }. Put it into a file and name that with --pass-file.
kluis-file-unreadable = { $file } cannot be read: { $reason }.
kluis-file-unwritable = { $file } cannot be written: { $reason }.
kluis-place-unreadable = “{ $place }” is no place of an invoice. Take it from the last column of kluis find.

kluis-run-hold-ended = The hold { $term } has ended: its copies, its reason and its reference are destroyed.
kluis-hold-placed = { $what } { $invoices ->
    [0] is held: it is not destroyed
    [one] is held: one invoice has a copy of its own and outlives its term
   *[other] are held: { $invoices } invoices have copies of their own and outlive their terms
} until two officers release the hold { $hold }.
kluis-hold-released = The hold { $hold } is released. Its copies, its reason and its reference are destroyed; a term that it held waits its 30 days now.
kluis-hold-none = Nothing is held.
kluis-hold-sign-in = References are shown to officers: kluis hold --as NAME
kluis-hold-ends = ends at the next run
kluis-column-hold = hold
kluis-column-held = what
kluis-column-reason = reason
kluis-column-reference = reference
kluis-column-placed = placed
kluis-verify-holds = Checked: { $holds ->
    [one] one hold
   *[other] { $holds } holds
} with { $held ->
    [one] one copied invoice
   *[other] { $held } copied invoices
}, each with its proof, its receipt and its documents.
kluis-show-held = It is held: it is kept longer than its term, until two officers release it.
kluis-held = held
