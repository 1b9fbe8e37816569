# The console: the pages an officer and an auditor see.

## What is refused
console-refused-not-http = This is not a request that the console understands. Open its address in an ordinary browser.
console-refused-other-version = The console speaks HTTP/1.1 only. Use an ordinary browser.
console-refused-head-too-long = The request is longer than { $kib } KiB before its content. Delete this site's cookies and try again.
console-refused-too-slow = The request did not arrive whole within { $seconds } seconds. Try again.
console-refused-too-many = The console is serving as many visitors as it can. Try again in a moment.
console-refused-foreign-host = The console answers only under its own address, the one that it showed when it started. Open that one.
console-refused-method = The console can be read (GET, HEAD) and sent forms (POST), nothing else.
console-refused-coded = The console takes forms only as they are, not in pieces (Transfer-Encoding). Use an ordinary browser.
console-refused-expectation = The console does not answer questions before a form is sent (Expect). Use an ordinary browser.
console-refused-no-length = The form does not say how long it is (Content-Length). Use an ordinary browser.
console-refused-body-too-long = The form is longer than { $kib } KiB. Invoices do not come in through the console: put them on a stick or into the box's folder.
console-refused-pipelined = More than one request came at once. Send the next one after the answer.
console-refused-bad-answer = The console could not make this page. Try again; if it happens again, note the time and tell whoever looks after the box. Nothing was lost.
console-refused-no-such-page = There is no such page. Start from the search.
console-refused-not-a-form = This is not a form or an address that the console made. Go back, reload the page and try again.
console-refused-foreign-form = This form is out of date or came from elsewhere, so nothing was done. Open the page again and repeat the step.
console-refused-wrong-login = The name and the pass phrase, or the pass, are not right. Check them and try again.
console-refused-wait = { $seconds ->
    [one] Too many wrong attempts. Try again in one second.
   *[other] Too many wrong attempts. Try again in { $seconds } seconds.
}
console-refused-spent-link = This link has been used already, or was never given out. It opens the console once. Log in, or start the demonstration again for a new link.
console-refused-no-reason = Choose why you look: every look-up is written into the journal with its reason.

## The frame
console-name = Factuurkluis
console-skip = Skip to the content
console-demo = DEMO.
console-demo-why = An invented shop with invented invoices, on a box whose clock can be turned. Nothing here is evidence.
console-nav = Main pages
console-nav-search = Search
console-nav-terms = Terms
console-languages = Language
console-language-en = English
console-language-nl = Nederlands
console-role-officer = officer
console-role-auditor = auditor
console-log-out = Log out
console-no-network = This box is on no network. What you see stays on this screen, unless you save or print it.
console-fingerprint = Fingerprint of the box
console-bytes = { $count ->
    [one] one byte
   *[other] { $count } bytes
}
console-pages = Pages of the list
console-page-of = Page { $page } of { $pages }
console-page-before = Previous page
console-page-after = Next page

## The door
console-login-title = Log in
console-login-lead = This box keeps a shop’s invoices for as long as the tax law asks, and destroys them after that.
console-login-officer = I am an officer of this box
console-login-auditor = I have an auditor’s pass
console-login-name = Name
console-login-phrase = Pass phrase
console-login-pass = Pass
console-login-pass-hint = The letters and digits on the slip that the officer gave you. Capitals and hyphens do not matter.
console-log-in = Log in
console-login-journal = Every look-up is written into the box’s journal: who, when and why. The words that you search are not.
console-refused-title = This was not done
console-to-start = To the first page
console-reason-title = Why do you look?
console-reason-lead = Customers are told that their invoices are opened for these reasons only. Your choice is written into the journal with each look-up, until you choose another.
console-reason-legend = Reason
console-reason-change = Change the reason
console-reason-tax = Tax return or audit
console-reason-tax-hint = The tax office asks, or you check a return.
console-reason-claim = Legal claim
console-reason-claim-hint = Warranty, a debt, a dispute: one’s own claim or another’s.
console-reason-customer = The customer asks
console-reason-customer-hint = A customer wants to see or have what is held about them.
console-reason-trial = Trial of the box
console-reason-trial-hint = To see that the box works. Look up no more than that takes.
console-go-on = Go on

## Search
console-search-title = Find invoices
console-search-by-number = Number
console-search-number = Number, or from
console-search-number-to = up to
console-search-by-date = Date of issue
console-search-from = From
console-search-until = up to
console-search-by-amount = Total with VAT
console-search-amount = Amount, or from
console-search-amount-to = up to
console-search-by-customer = Customer
console-search-customer = Name, number, VAT number or postcode
console-search-customer-hint = The beginning of a name is enough.
console-search-go = Search
console-search-clear = Empty the form
console-search-hint = Fill in what you know; everything that is filled in must fit.
console-search-date-hint = Dates as 31-12-2026, or just 2026 or 12-2026; amounts as 1234.50.
console-search-wrong-number = Give at most 80 letters and digits.
console-search-wrong-day = No date. Give it as 31-12-2026.
console-search-wrong-amount = No amount. Give it as 1234.50.
console-search-wrong-order = It lies before its beginning.
console-search-found = { $count ->
    [0] No invoices found
    [one] One invoice found
   *[other] { $count } invoices found
}
console-search-none = Nothing fits all that is filled in. Leave something out, or widen a range. What was destroyed cannot be found any more: see the terms.
console-search-caption = The invoices that were found, with sums of all of them
console-search-sum = { $count ->
    [one] Sum of one invoice
   *[other] Sum of all { $count } invoices
}
console-col-number = Number
console-col-date = Date
console-col-customer = Customer
console-col-net = Without VAT
console-col-vat = VAT
console-col-gross = Total
console-col-term = Term
console-col-rate = Rate
console-col-taxable = On
console-vat-Z = zero rate
console-vat-E = exempt
console-vat-AE = reverse charge
console-vat-K = supply within the EU
console-vat-G = export outside the EU
console-vat-O = outside VAT
console-vat-L = Canary Islands (IGIC)
console-vat-M = Ceuta and Melilla (IPSI)
console-col-invoices = Invoices
console-col-state = State
console-col-why = When and why

## An invoice
console-kind-invoice = Invoice
console-kind-credit-note = Credit note
console-kind-corrected = Corrected invoice
console-kind-prepayment = Invoice on account
console-kind-self-billed = Self-billed invoice
console-invoice-back = Back to the list
console-invoice-unchanged = Unchanged since it was taken in on { $date }, bit for bit as the shop signed it.
console-invoice-proof = See the proof
console-invoice-senders-word = The document is not one that a machine can read, so the fields below stand on the sender’s word. Compare them with the document.
console-invoice-sums-differ = The sums of this invoice do not add up. It is kept as it is: the original is the original.
console-invoice-documents = The original
console-invoice-derived = written from the shop’s data; the shop had no document
console-invoice-view = Look at it
console-invoice-save = Save a copy
console-invoice-fields = What it says
console-invoice-amounts = Amounts
console-field-series = Series
console-field-issued = Date of issue
console-field-supplied = Date of supply
console-field-customer = Customer
console-field-customer-number = Customer number
console-field-vat-number = VAT number
console-field-postcode = Postcode
console-field-country = Customer’s country
console-field-seller-country = Seller’s country
console-field-class = Class
console-field-articles = Articles
console-field-corrects = Corrects
console-field-consumption = Taxed in
console-field-payments = Payments
console-field-place = Place known from
console-field-term = Term
console-field-came = Came
console-field-came-by = from { $sender }, in bundle { $number }
console-class-ordinary = ordinary
console-class-one-stop-shop = one-stop shop
console-class-immovable-property = immovable property
console-original-title = { $kind } of { $number }
console-original-back = Back to { $number }
console-original-drawn = These are pictures that the box has drawn of the unchanged document. Save a copy to have the document itself.
console-original-alt = Page { $page } of the original of { $number }
console-original-cut = This is the beginning of a long document. Save a copy to have all of it.

## A proof
console-proof-title = Proof for { $number }
console-proof-sentence = { $sender } signed invoice { $number } on { $signed }; the box took it in on { $admitted }, and since then neither its fields nor its documents have changed by a single bit.
console-proof-check = Check it yourself
console-proof-take = Take the proof along, on a stick.
console-proof-save = Save the proof
console-proof-run = On a computer of your own, with the proof and a saved copy of the document in one folder, run:
console-proof-compare = It names the key that signed. Compare it with the fingerprint on the sender’s own card:
console-proof-nobody-else = The proof holds this invoice’s fields and nothing about any other customer.
console-proof-rests = What it rests on
console-proof-signed-by = Signed by
console-proof-place = Place
console-proof-leaf = leaf { $leaf } of { $leaves } in bundle { $bundle }
console-proof-digest = SHA-256 of the { $kind }
console-proof-journal = Journal
console-proof-entry = entry { $entry } of { $size }
console-proof-checkpoint = The journal’s head, signed by the box
console-proof-checkpoint-qr = The journal’s head as a QR code

## Terms
console-terms-title = What is kept, and until when
console-terms-lead = Invoices are kept by term: the invoices of a book year that expire together. Each term has one key; when the term is over the key is destroyed, and nobody can read its invoices again.
console-terms-none = There is no term yet. An officer opens the first ones when the box is set up.
console-terms-legend = The dark part of a bar is the book year, the light part the time that its invoices are kept.
console-terms-today = The red line is { $date }, the latest day that the box holds proven.
console-terms-caption = The terms of this box
console-terms-bars = Each term as a bar over the years; the same is in the table below
console-terms-destroyed = Destroyed on { $date }.
console-terms-certificate = Certificate
console-terms-due = Over. Locked, and destroyed on { $date } at the earliest unless an officer places a hold.
console-state-open = open
console-state-closed = kept
console-state-due = due
console-state-held = on hold
console-state-destroyed = destroyed

## A certificate
console-certificate-back = Back to the terms
console-certificate-kind = Certificate of destruction
console-certificate-demo = DEMO: this is no evidence
console-certificate-sentence = On { $date } this box destroyed the key of this term: { $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
} in { $bundles ->
    [one] one bundle
   *[other] { $bundles } bundles
}. Nobody can read them again, neither here nor from the sticks and bundles that were sealed for it.
console-certificate-term = Term
console-certificate-days = Invoices of
console-certificate-from-to = { $first } to { $last }
console-certificate-kept = Was to be
console-certificate-basis = The time is
console-certificate-proven = proven
console-certificate-proven-why = An authority outside signed the time over a head of this very journal; whoever trusts that authority can check it.
console-certificate-counted = counted
console-certificate-counted-why = The box counted the time itself while it was powered. No authority outside has signed it.
console-certificate-declared = declared
console-certificate-declared-why = Two officers and the box’s clock said so. No authority outside has signed it, and the box has not lived through it.
console-certificate-done = What was done
console-certificate-done-how = The box’s keys were written anew without this one, the old copy was destroyed and found to open nothing, and the stored files were removed.
console-certificate-not = What this does not cover
console-certificate-not-copies = Prints, exports and copies that somebody took along before.
console-certificate-not-shop = Copies outside this box: at the shop, in its mail, in the bookkeeping.
console-certificate-not-root = The box’s root is a file. A copy of that file, made before, opens a kept copy of the old vault; a box with a TPM has no such copy.
console-certificate-check = To check it
console-certificate-fingerprint = Certificate
console-certificate-box = Box
console-certificate-qr = The certificate’s fingerprint as a QR code
console-certificate-save = Save the certificate
console-certificate-print = To print it, use your browser’s print command: only the sheet is printed.
