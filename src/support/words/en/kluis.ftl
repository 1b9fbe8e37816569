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

kluis-take-nothing = There is no bundle there: no file whose name ends in .bundle.
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

kluis-clock-floor = This box knows that { $floor } is past. It has counted { $days } days of power.
kluis-clock-claimed = Its own clock says { $claimed }, which is only a claim: nothing is destroyed on its word.
kluis-clock-demo = It was made as demo: its clock can be turned, and whatever it certifies proves nothing.

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
kluis-verify-sound = Everything is as it was signed and admitted.
kluis-verify-unsound = Something is not as it was signed. Copy the box before you change anything, and seal what is damaged again at the shop.
kluis-rebuild-done = The catalogues of { $terms } terms were made anew.

kluis-receipt = Number { $number } of { $sender } is in the box. Receipt code: { $code }
kluis-receipt-no-code = none yet, because number 1 is missing

kluis-certificate = The key of the term { $term } of { $entity } was destroyed; { $invoices } invoices cannot be read any more. They had to be kept until { $until }.
kluis-certificate-root = The key lay in a file on the device of the data: whoever copied or undeletes that file can still read them.
kluis-certificate-not-covered = Not covered: prints, exports, the shop's own copies, mail, the bookkeeping package.
kluis-certificate-good = The signature of the certificate is good. It is by the key { $key }.
kluis-certificate-card = This is the key on the box's card.
kluis-certificate-other-key = This is NOT the key on the box's card.
kluis-certificate-which-key = Compare the key with the box's card: kluis verify-certificate FILE --card BOX.CARD

kluis-init-done = The box of { $entity } was made in { $directory }.
kluis-init-pass-phrase = Pass-phrase of the officer { $name } (shown this once, write it down): { $pass }
kluis-init-boot-key = Boot key of this computer (shown this once): { $key }
    Write it down and lock it away, not on this box. After an update or a repair the box opens only with it: kluis approve-start --boot-key FILE. Without it the box stays closed for good when the computer starts differently. Who has the key and the box can open what still lives; what was destroyed he cannot.
kluis-start-approved = How this computer has started now is approved: the box opens.
kluis-init-terms = It has these terms:
kluis-init-next = Next: give the shop the card { $card }.
kluis-pass-made = Pass { $pass } for { $holder }, good until { $until }. Pass-phrase (shown this once): { $phrase }
kluis-officer-made = { $name } is an officer now, and can be one of two who decide from { $from } on. Pass-phrase (shown this once): { $phrase }
kluis-officer-gone = { $name } is no officer any more.
kluis-officer-from-the-first-day = from the first day
kluis-column-officer = officer
kluis-column-counts-from = one of two from

kluis-run-ready = The box is running. Console: { $address }
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
kluis-hold-released = The hold { $hold } is released. Its copies, its reason and its reference are destroyed when the box runs next; a term that it held waits its 30 days first.
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
