# The keeper messages.

keeper-already-a-box = There is a box in { $directory } already. Nothing was changed. Choose an empty folder for a new one.
keeper-not-a-box = There is no box in { $directory }. Make one with: kluis init { $directory }, or name another with --box or KLUIS_BOX.
keeper-key-gone = The key “{ $name }” is not there any more; it was destroyed in the meantime.
keeper-wrong-pass = Name and pass-phrase do not belong together. Type the pass-phrase as it stands on the slip; capitals and dashes do not matter.
keeper-pass-not-good = This pass is good from { $from } to { $until } only. Ask an officer for a new one.
keeper-officers-only = Only an officer may do this.
keeper-unknown-reason = Say why you look, with one of: { $list }.
keeper-fingerprint-differs = The fingerprint { $typed } is not that of this card ({ $card }). Compare it with the shop by telephone; if it still differs, somebody has exchanged the card.
keeper-card-for-another-box = This sender's card was made for another box. Give the shop this box's card first (kluis card), then have it make its own.
keeper-card-waits = { $file }: the card of a shop. Nothing is taken from this shop until an officer has compared the fingerprint by telephone and admitted it: kluis enrol { $path }
keeper-card-here = { $file }: the card of a shop that is admitted already.
keeper-card-refused = { $file } is refused: { $reason }.
keeper-sender-taken = This id or stream is here already, under another key. Was kluis-send copied? Set the shop up anew with: kluis-send init. Or has the shop a new key? Then its card must name what it carries on: kluis-send card --succeeds RECEIPT
keeper-card-older = A newer card of this shop is here already, of { $here }; this one is of { $issued }. Nothing was changed. Bring the shop’s newest card: kluis-send card
keeper-no-such-invoice = There is no such invoice in this box. Search for it first; the list names its place.
keeper-term-locked = The term { $term } is over: its documents are locked until it is destroyed, only numbers and dates are listed.
keeper-officer-beside = By the clock or the officers’ word the term { $term } is over, and nobody has proved it. An auditor reads it only together with an officer: ask one to look it up.
keeper-term-destroyed = The term { $term } was destroyed. Nobody can read it any more, this box neither.
keeper-no-such-bundle = There is no bundle { $number } in this box.
keeper-no-such-certificate = There is no certificate for { $term }: the term is not destroyed, or this box never had it.
keeper-catalogue-counts = the catalogue has { $found } invoices and the journal { $counted }; make it anew with: kluis rebuild
keeper-which-stream = Name the stream with --stream, one of: { $list }.
keeper-unwritable = What was asked for cannot be written: { $reason }.
keeper-init-wants = To make a box, say whose books it keeps and who its officers are: kluis init { $directory } --entity "Name BV" --country NL --officer Anna --officer Bram
keeper-two-officers = A box needs two officers at least, so that one can be replaced by the other. Give --officer twice.
keeper-two-people = Two officers decide this together, and { $name } is one. Name another with --with.
keeper-officer-too-new = { $officer } became an officer less than a year ago and cannot be one of two who decide before { $counts }. Ask an officer who has been one for longer.
keeper-second-officer = Two officers decide this together. Name the second with --with, and have that officer type the pass-phrase.
keeper-no-such-officer = There is no officer { $name }. The officers are: { $list }.
keeper-no-such-pass = There is no pass { $name }. The passes are: { $list }.
keeper-name-taken = An officer or a pass is called { $name } already. Choose another name.
keeper-name-unfit = A name has at least one letter and at most { $limit } bytes, on one line.
keeper-two-must-stay = { $name } cannot go yet: two officers must stay who have been officers for a year, or nobody could decide anything any more.
keeper-no-such-sender = No shop, or more than one, is meant by “{ $name }”. Give the name or the beginning of the id of one of: { $list }.
keeper-succession-unknown = This card carries on an earlier stream from its number { $number }, and this box does not have that number as the card names it. Have the shop bring the newest receipt of this box (kluis receipt) and make its card again.
keeper-succession-wants-two = This card takes the place of an earlier key, and that key has not signed it, or is blocked. Two officers decide this together: name the second with --with.
keeper-nothing-waits = Nothing of “{ $name }” waits for a decision.
keeper-old-refused = { $file }: refused by an officer, because its invoices are older than 18 months. Ask the officers of the box.
keeper-no-release-key = This box was made without a release key and takes no table of law. New terms follow the table of its program; a term can be lengthened by an officer (kluis law --lengthen), never shortened.
keeper-law-table-refused = { $file } is refused: { $reason }. A table of law must be signed by the release key that this box knows; if that key has changed, take the tables in the order of their editions.
keeper-law-table-older = The table { $edition } is not newer than the law of this box ({ $present }). Nothing was changed.
keeper-law-table-differs = The fingerprint { $typed } is not that of this table ({ $table }). Look at the table again, without --fingerprint, and type what is shown then.
keeper-only-longer = The term { $term } is kept until { $present }, and { $until } is not later. An officer can make a term longer, never shorter.
keeper-too-long = The term { $term } can be lengthened to { $most } at most. Give an earlier day.
keeper-unreadable = { $path } cannot be read: { $reason }.
keeper-no-authority = This box takes nobody’s word on the time yet, so it took no token. Pin the authority that made it: kluis clock --pin FILE --as NAME --with NAME, with the authority’s root certificate.
keeper-token-over-other = This time token is over something else than a head of this box’s journal, so it says nothing here: { $reason }
keeper-token-was-struck = The time token { $token } was struck by two officers and counts no more. Bring a new one.
keeper-token-lost = The time token { $token } is not in journal/tokens any more, or was changed. It still counts, by the journal, but nobody outside can check it: put its file back from a mirror.
keeper-no-such-token = No time token that counts is named “{ $token }”. Give at least the first eight characters of one of: { $list }.
keeper-pin-there = The authority { $fingerprint } is believed already. Nothing was changed.
keeper-no-such-pin = No authority that is believed has the fingerprint “{ $fingerprint }”. Give at least the first eight characters of one of: { $list }.
keeper-too-many-pins = A box believes { $limit } time authorities at most. Take one away first: kluis clock --unpin FINGERPRINT
keeper-admission-lost = The journal counts an admission (entry { $entry }) whose record cannot be read any more: a file “events” below the folder “terms” was damaged or cut. Nothing was changed. Put the folder “terms” back from the newest copy of the box, then run: kluis verify
keeper-entries-lost = { $count } entries of the journal cannot be opened any more, although nothing that they could belong to was destroyed: a file below “journal/events” or an “events” below “terms” was damaged or cut. Put them back from the newest copy of the box, then run: kluis verify
keeper-stopped-longer = This box has stopped. It once signed a head of its journal with { $seen } entries, and its journal has only { $size }: it runs on an old copy of its disk, and what happened since is missing here. It takes nothing in, destroys nothing and gives out no receipts. Put the newest copy of its disk back and start it again. If that is lost for good, two officers let it go on without: kluis verify --go-on --as NAME --with NAME
keeper-stopped-contradicts = This box has stopped. It once signed a head of its journal with { $seen } entries that its journal does not lead to: this is not the disk that it had, or somebody else has its key. It takes nothing in, destroys nothing and gives out no receipts. Put the newest copy of its disk back and start it again. If that is lost for good, two officers let it go on without: kluis verify --go-on --as NAME --with NAME
keeper-not-stopped = This box has not stopped; there is nothing to set aside.
keeper-no-head = { $file } holds no head of a journal that this box signed. Take a receipt, card, certificate or slip of this very box, unchanged.
keeper-typed-differs = What was typed for { $size } entries does not fit the journal, which has { $log }. Compare it with the slip; if it stands there so, bring the slip’s file or a receipt of that time: those are signed, and show whether this box runs on an old copy of its disk.
keeper-journal-broken = The journal holds something that does not belong there: { $reason }. Run kluis verify, and keep a copy of the box before anything else.

keeper-admitted = { $file }: taken in as number { $number }, { $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
} of the term { $term }
keeper-already-here = { $file }: was here already as number { $number } ({ $invoices ->
    [one] one invoice
   *[other] { $invoices } invoices
} of the term { $term }); here is its receipt again

keeper-token-taken = { $file }: a time token, taken: it proves that { $date } is past, over the first { $size } entries of this journal
keeper-token-here = { $file }: this time token was here already ({ $date }, { $size } entries)

keeper-clock-release = This box knows that { $floor } is past: its program was released on { $from }, and it has counted { $days } days of power since.
keeper-clock-token = This box knows that { $floor } is past: { $authority } signed the time { $from } over this journal, and the box has counted { $days } days of power since.
keeper-clock-turned = This box was made as demo, and its clock was turned to { $from }.
keeper-clock-claimed = The clock of this machine says { $claimed }, which is only a claim: nothing is destroyed on its word.
keeper-clock-declared = Two officers declared that { $declared } has come, which is only a claim too. Where the clock agrees, what is over by both goes after 30 more powered days.
keeper-clock-struck = Struck by two officers: a time token of { $time } by { $authority }. Nothing rests on it.
keeper-clock-no-authority = It takes nobody’s word on the time, so no certificate can say “proven”. Two officers pin a time authority by its root certificate: kluis clock --pin FILE --as NAME --with NAME
keeper-clock-no-token = No time token has come since { $since }. Let the shop bring one on the stick: “kluis-send time --to STICK”, then here “kluis take STICK”. “kluis-send seal” brings one by itself where the shop’s settings name an authority.
keeper-waiting = { $file }: waits for an officer of the box, because { $old ->
    [one] one of its { $invoices } invoices is
   *[other] { $old } of its { $invoices } invoices are
} older than 18 months (the oldest of { $oldest }). It is not taken in yet: keep the stick, there is no receipt. An officer decides with: kluis waiting

keeper-reason-tax-audit = Tax audit
keeper-reason-customer-request = A customer asked
keeper-reason-legal-claim = Legal claim
keeper-reason-bookkeeping = Bookkeeping
keeper-reason-check = Checking the box

keeper-hold-lost = The journal counts a hold (entry { $entry }) whose record cannot be read any more: a file “events” below the folder “holds” was damaged or removed. Nothing was changed. Put the folder “holds” back from the newest copy of the box, then run: kluis verify
keeper-no-such-term = There is no term { $term } in this box. See the terms with: kluis clock
keeper-no-such-hold = There is no hold { $hold } in this box. The holds are: { $list }.
keeper-no-holds = Nothing is held in this box.
keeper-hold-released-already = The hold { $hold } was released before. Once nobody reads its copies it ends.
keeper-unknown-hold-reason = Say why it must be kept longer, with one of: { $list }.
keeper-reference-unfit = Give a reference by which others find the case again, such as the number of a letter: on one line, at most { $limit } bytes.

keeper-hold-reason-tax-audit = Tax audit
keeper-hold-reason-objection = Objection or appeal
keeper-hold-reason-court = Court case
keeper-hold-reason-legal-claim = Legal claim

keeper-hold-scope-term = All of the term { $term }
keeper-hold-scope-number = Invoice { $number }
keeper-hold-scope-range = Invoices { $from } to { $to }
keeper-hold-scope-stream = All invoices of { $stream }

## The one-way line
keeper-line-of-bundle = Bundle { $number } of { $shop }
keeper-line-of-tsr = A time token from { $shop }
keeper-line-of-card = A card from { $shop }
keeper-line-strange = The card of a shop that is not enrolled yet
keeper-line-soon = Less than a minute still.
keeper-line-minutes = About { $count ->
    [one] one minute
   *[other] { $count } minutes
} still.
keeper-line-hours = About { $count ->
    [one] one hour
   *[other] { $count } hours
} still.
keeper-line-checked = All of it has come and is being checked.
keeper-line-begun = How long it takes is said in a moment.
keeper-line-waits = Nothing of it comes just now (the last came on { $at }). What is here is kept; the rest comes when the shop sends it again, which its outbox does every hour.
