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
console-no-room = The disk of the box is full: it takes nothing in and destroys nothing until there is room. Tell whoever looks after the box.
console-nav = Main pages
console-nav-search = Search
console-nav-terms = Terms
console-nav-receipts = Receipts
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
console-page-first = First page
console-page-after = Next page

## The door
console-login-title = Log in
console-login-lead = This box keeps a shop’s invoices for as long as the tax law asks, and destroys them after that.
console-login-officer = I am an officer of this box
console-login-auditor = I have an auditor’s pass
console-login-name = Name
console-login-phrase = Pass phrase
console-login-phrase-hint = Capitals and hyphens of a pass phrase do not matter.
console-login-pass = Number of the pass
console-log-in = Log in
console-login-journal = Every look-up is written into the box’s journal: who, when and why. The words that you search are not.
console-refused-title = This was not done
console-to-start = To the first page
console-reason-title = Why do you look?
console-reason-lead = Customers are told that their invoices are opened for these reasons only. Your choice is written into the journal with each look-up, until you choose another.
console-reason-legend = Reason
console-reason-change = Change the reason
console-reason-tax-audit-hint = The tax office asks.
console-reason-customer-request-hint = A customer wants a copy, or wants to know what is held about them.
console-reason-legal-claim-hint = Warranty, a debt, a dispute: one’s own claim or another’s.
console-reason-bookkeeping-hint = A return, a payment, an entry in the books.
console-reason-check-hint = To see that the box works. Look up no more than that takes.
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
console-search-hint = Fill in what you know; everything that is filled in must fit. A number may end with * for what it begins with.
console-search-date-hint = Dates as 31-12-2026, or just 2026 or 12-2026; amounts as 1234.50, in another currency as CHF 1234.50.
console-search-wrong-number = Give at most 80 letters and digits.
console-search-wrong-day = No date. Give it as 31-12-2026.
console-search-wrong-amount = No amount. Give it as 1234.50.
console-search-wrong-order = It lies before its beginning.
console-search-wrong-currency = Give both amounts in one currency.
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
console-search-sum-credit = { $count ->
    [one] Sum of one credit note, as it is written
   *[other] Sum of { $count } credit notes, as they are written
}
console-search-locked = { $count ->
    [one] One invoice lies in a term that is over: it is locked until its destruction, and only its number and date are listed, so that an officer can decide whether it must be kept longer.
   *[other] { $count } invoices lie in terms that are over: they are locked until their destruction, and only their numbers and dates are listed, so that an officer can decide whether one must be kept longer.
}
console-search-row-locked = Locked: its term is over
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
console-original-text = The document’s text
console-original-not-shown = The box cannot show documents of this kind. Save a copy to look at it elsewhere.
console-original-too-long = This document is too long to be drawn here. Save a copy to look at it elsewhere.

## A proof
console-proof-title = Proof for { $number }
console-proof-sentence = { $sender } signed invoice { $number } on { $signed }; the box took it in on { $admitted }, and since then neither its fields nor its documents have changed by a single bit.
console-proof-check = Check it yourself
console-proof-take = Take the proof and the box’s card along, on a stick.
console-proof-save = Save the proof
console-proof-save-card = Save the box’s card
console-proof-run = On a computer of your own, with Python 3, the package’s scripts and a saved copy of the document in one folder, run:
console-proof-compare = It names the key that signed. It must be this one, and the same that the shop’s own card has:
console-proof-openssl = The document’s own digest is named below. With openssl alone:
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
console-terms-legend = The dark part of a bar is the book year, the light part the time that its invoices are kept; a cross is their destruction.
console-terms-today = The red line is { $date }, the latest day that the box holds proven.
console-terms-caption = The terms of this box
console-terms-bars = Each term as a bar over the years; the same is in the table below
console-terms-destroyed = Destroyed on { $date }.
console-terms-moved = Its end was moved from { $from } to { $to }.
console-terms-certificate = Certificate
console-term-ordinary = Ordinary invoices of { $year }
console-term-one-stop-shop = One-stop shop of { $year }
console-term-immovable-property = Immovable property of { $year }

## Receipts
console-receipts-title = Receipts
console-receipts-lead = What the shop wants to hear before it deletes its own copies. By telephone the code is enough; once a month bring the file or the QR code, because it shows the journal’s head too.
console-receipts-none = No shop is enrolled yet.
console-receipts-blocked = An officer has blocked this shop: nothing more is taken from it.
console-receipts-waiting = { $count ->
    [one] One bundle waits
   *[other] { $count } bundles wait
} for an officer, because invoices in it are older than 18 months (the oldest of { $oldest }). Ask the shop whether it brings earlier years, then decide at the box with: kluis waiting
console-receipts-no-bundle = Nothing of this shop is here that could be receipted.
console-receipts-up-to = Every bundle up to number { $number } is here.
console-receipts-code = The code for kluis-send receipt. Letters and hyphens can be read aloud; small letters do as well.
console-receipts-heard = Last heard over the one-way line: { $at }.
console-receipts-silent = Nothing was heard over the one-way line since { $at }. Look whether the shop's computer is on, “kluis-send outbox” runs there, and the cable is in.
console-receipts-awaited = Sealed by the shop and not here yet: { $numbers }. They may be on their way: the shop sends them again every hour.
console-receipts-sealed = The shop says that it has sealed up to { $last }, and { $numbers } did not come for more than two hours. Look whether these bundles still lie in the shop’s outbox; if they come no more, bring them on a stick; if the shop has them no more, have it seal them again.
console-receipts-gaps = Missing: { $numbers }. Take them in, or have the shop seal them again.
console-receipts-save = Save the receipt of number { $number }
console-receipts-qr = The receipt as a QR code

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
console-certificate-but-held = Excepted { $count ->
    [one] is one that is
   *[other] are { $count } that are
} held, and can be read until two officers release them.
console-certificate-term = Term
console-certificate-days = Invoices of
console-certificate-from-to = { $first } to { $last }
console-certificate-kept = Was to be
console-certificate-until = kept until { $until }: { $article } (law table { $table })
console-certificate-destroyed = Destroyed
console-certificate-counts = { $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
}, { $bundles ->
    [one] one bundle
   *[other] { $bundles } bundles
}, { $size }; { $entries ->
    [one] one entry
   *[other] { $entries } entries
} of the journal can no longer be opened
console-certificate-held = Held back
console-certificate-held-count = { $count ->
    [one] one invoice, because of a hold
   *[other] { $count } invoices, because of holds
}
console-certificate-basis = The time is
console-certificate-evidence = Evidence
console-certificate-floor = the box holds { $floor } proven as past; it was powered for { $days ->
    [one] one day
   *[other] { $days } days
} between “due” and the destruction
console-certificate-token = an authority outside signed { $date } over the journal’s head of { $size } entries (authority { $authority })
console-certificate-root = Vault opened by
console-certificate-generation = { $root }; the key was gone with generation { $generation }
console-certificate-head = Journal then
console-certificate-head-of = { $size } entries, root { $root }
console-certificate-done = What was done
console-certificate-done-how = The box’s keys were written anew without this one, the old copy was destroyed and found to open nothing, and the stored files were removed.
console-certificate-not = What this does not cover
console-certificate-check = To check it
console-certificate-check-how = The file of this certificate is signed. This command, or openssl alone as the README says, checks it without a box; the file has the fingerprint and the digest below.
console-certificate-fingerprint = Certificate
console-certificate-box = Box
console-certificate-qr = The certificate’s digest as a QR code
console-certificate-save = Save the certificate
console-certificate-print = To print it, use your browser’s print command: only the sheet is printed.

## What is kept longer
console-hold-title = Kept longer
console-hold-lead = What an officer has said must be kept longer than its term, because a case is not over. It stays until two officers end that.
console-hold-none = Nothing is kept longer than its term.
console-hold-how = To keep something longer, open the invoice, or see the terms. An invoice that is kept longer has a copy of its own, with its documents and its proof; a term that is kept longer is not destroyed.
console-hold-what = What
console-hold-why = Why
console-hold-since = Since
console-hold-whole = the whole term
console-hold-copies = { $count ->
    [one] one invoice
   *[other] { $count } invoices
}
console-hold-tag = kept longer
console-hold-ending = ends now
console-hold-begin = Keep longer
console-hold-begin-title = Keep longer: { $what }
console-hold-back = Back
console-hold-lead-invoice = The box makes a copy of this invoice that outlives its term, with its documents and its proof, and nothing of the others. One officer decides this; it takes two to end it.
console-hold-lead-term = This term is not destroyed for as long as it is kept longer; all of its invoices can be read. Where a few invoices are enough, keep those longer instead. One officer decides this; it takes two to end it.
console-hold-reason-legend = Why must it be kept longer?
console-hold-tax-audit-hint = The tax office audits the year, or its assessment is still open.
console-hold-objection-hint = An objection against an assessment, or an appeal.
console-hold-court-hint = A court has the case, or has ordered it.
console-hold-legal-claim-hint = A claim by a customer or against one, in or before a court.
console-hold-reference = Reference
console-hold-reference-hint = By what others find the case again: the number of a letter or of a case. At most { $limit } letters; it is destroyed when this ends.
console-hold-end = End it
console-hold-end-title = End: { $what }
console-hold-end-lead = The copies, the reason and the reference are destroyed at once. What lies in a term that is not over stays there until then.
console-hold-end-lead-term = The term is not kept longer any more. If it is over, it is destroyed once the box has been powered for 30 more days.
console-hold-case = What it was for
console-hold-two = Two officers end it
console-hold-two-lead = { $name } is one of the two. The other types name and pass phrase here.
console-hold-second = Name of the second officer
console-hold-invoice = This invoice is kept longer than its term, until two officers end that.
console-hold-alone = Its term is destroyed. This copy is kept longer, until two officers end that.
console-terms-held = { $count ->
    [one] One of its invoices is kept longer.
   *[other] { $count } of its invoices are kept longer.
}
console-terms-held-whole = All of it is kept longer.

## The stick
console-nav-stick = Stick
console-stick-title = Stick
console-stick-lead = Bundles come from the shop on a USB stick. It is read by itself when you put it in; nothing on it is changed.
console-stick-put-in = Put the stick into the box.
console-stick-put-in-how = Any USB port will do. Then watch this page: it says when you may take the stick out. The bundles lie at the top of the stick, or in a folder called “kluis”; other files are left alone.
console-stick-reading = The stick is being read. Leave it in.
console-stick-so-far = { $done } of { $total }, { $files ->
    [one] one file
   *[other] { $files } files
}
console-stick-renews = This page renews itself.
console-stick-still = Keep it still
console-stick-look-again = Look again
console-stick-by-itself = Let the page renew itself
console-stick-may-go = The stick has been read. You may take the stick out.
console-stick-is-out = The stick is out. This became of it; the next one can be put in.
console-stick-pulled-out = The stick was pulled out before all of it was read. What was taken in is safe. Put it in again for the rest.
console-stick-out-anyway = You may take the stick out.
console-stick-another = Another stick is in. Sticks are read one at a time: leave the first in until it says here that you may take it out; when it is out, this one is read.
console-stick-became = What became of what is on it
console-stick-taken = Taken in: { $bundles ->
    [one] one bundle
   *[other] { $bundles } bundles
} with { $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
}.
console-stick-nothing = Nothing new was taken in.
console-stick-none = There is nothing for this box on the stick. Bundles lie at the top of the stick, or in a folder called “kluis”; in any other folder they are not seen.
console-stick-line-good = Good:
console-stick-line-care = To be decided:
console-stick-line-wrong = Not taken:
console-stick-more = And { $count ->
    [one] one more file
   *[other] { $count } more files
}, not listed here: what was not taken comes first in the list.
console-stick-unread = { $count ->
    [one] One file was not read any more.
   *[other] { $count } files were not read any more.
}
console-stick-passed-over = { $count ->
    [one] One other file or folder on the stick was left alone.
   *[other] { $count } other files and folders on the stick were left alone.
}
console-stick-cards = A shop’s card came and waits. An officer compares its fingerprint with the shop by telephone; these commands show it:
console-line = Over the one-way line
console-line-trouble = The line is not heard: the process for it does not start ({ $reason }). Ask who looks after the box.
console-line-nothing = Nothing is on its way just now.
console-line-so-far = { $done } of { $total } is here; on its way since { $since }.
console-line-never = No sign of life of this shop yet: its “kluis-send outbox” gives one every hour.
console-line-lately = What came last
console-line-came = { $at } – { $what }
console-stick-onto = Onto the stick
console-stick-onto-lead = One file is written into free space of the stick that is in; nothing else on it is touched.
console-stick-onto-receipt = Write the receipt for { $shop }
console-stick-onto-card = Write this box’s card
console-stick-written = { $file } is written onto the stick. You may take the stick out.
