# Reading invoices: refusals, contradictions, sums, what is kept and left out.
# The program names the file before each of these sentences.

## Parts that several sentences use.

invoice-field-series = the series
invoice-field-number = the invoice number
invoice-field-kind = the kind of document
invoice-field-issue-date = the issue date
invoice-field-supply-date = the date of supply
invoice-field-seller-country = the seller's country
invoice-field-class = the class of the sale
invoice-field-buyer-name = the buyer's name
invoice-field-buyer-country = the buyer's country
invoice-field-buyer-customer = the customer number
invoice-field-buyer-vat-number = the buyer's VAT number
invoice-field-buyer-postcode = the buyer's postcode
invoice-field-currency = the currency
invoice-field-net = the total without VAT
invoice-field-vat = the VAT per rate
invoice-field-gross = the total with VAT
invoice-field-articles = the article numbers
invoice-field-corrects = the corrected invoices
invoice-field-one-stop-shop-consumption = the country of consumption
invoice-field-one-stop-shop-payments = the payments
invoice-field-one-stop-shop-place-evidence = the evidence of the customer's place
# One of the above by its word; each sentence that needs it says "{ invoice-field }".
invoice-field = { $field ->
    [series] { invoice-field-series }
    [number] { invoice-field-number }
    [kind] { invoice-field-kind }
    [issue-date] { invoice-field-issue-date }
    [supply-date] { invoice-field-supply-date }
    [seller-country] { invoice-field-seller-country }
    [class] { invoice-field-class }
    [buyer-name] { invoice-field-buyer-name }
    [buyer-country] { invoice-field-buyer-country }
    [buyer-customer] { invoice-field-buyer-customer }
    [buyer-vat-number] { invoice-field-buyer-vat-number }
    [buyer-postcode] { invoice-field-buyer-postcode }
    [currency] { invoice-field-currency }
    [net] { invoice-field-net }
    [vat] { invoice-field-vat }
    [gross] { invoice-field-gross }
    [articles] { invoice-field-articles }
    [corrects] { invoice-field-corrects }
    [one-stop-shop-consumption] { invoice-field-one-stop-shop-consumption }
    [one-stop-shop-payments] { invoice-field-one-stop-shop-payments }
    [one-stop-shop-place-evidence] { invoice-field-one-stop-shop-place-evidence }
   *[other] { $field }
}
invoice-part = { $part ->
    [file] The XML
   *[other] The XML inside the PDF ({ $part })
}
invoice-ask-for-another = Ask the maker of your shop software for a UBL, CII or Factur-X export, or save the invoice as a PDF and put a sidecar file beside it.

## Refusals: the file as a whole.

invoice-empty = The file is empty. Export the invoice again.
invoice-too-large = The file is larger than { $limit } MB, which no invoice is. Check that it is the right file; large attachments do not belong inside it.
invoice-image = This is a picture. Give the invoice as your shop made it: UBL, CII or PDF.
invoice-office = This is an office document or a ZIP file. Unpack the ZIP, or save the document as a PDF and put a sidecar file beside it.
invoice-web-page = This is a web page or a mail, not an invoice. Save the attached invoice itself, as UBL, CII or PDF.
invoice-json = This is a JSON file. If it is the sidecar of a PDF, name the PDF instead; the sidecar beside it is found by itself.
invoice-unknown = This is none of the formats that are read: UBL 2.1, UN/CEFACT CII, Factur-X or ZUGFeRD PDF, or a PDF with a sidecar. { invoice-ask-for-another }
invoice-other-xml = { invoice-part } is not an invoice: it begins with “{ $root }”. Invoices begin with Invoice, CreditNote or CrossIndustryInvoice. { invoice-ask-for-another }

## Refusals: XML.

invoice-encoding = { $encoding ->
    [unknown] { invoice-part } is not the text in UTF-8 that it should be.
   *[other] { invoice-part } is written in the encoding “{ $encoding }”, which is not read.
} Export it as UTF-8.
invoice-doctype = { invoice-part } has a DOCTYPE, which no invoice needs and which can make a program fetch or grow other data. Export the invoice again without it.
invoice-entity = { invoice-part } refers to “&{ $name };”, which XML does not define. Export the invoice again; the software that wrote it should write the character itself.
invoice-broken-xml = { invoice-part } is broken at line { $line }: { $fault ->
    [truncated] it ends before it is complete
    [after-root] there is something outside its one root element
    [prefix] a name has a prefix that is not declared
    [character] it has a character that XML does not allow
    [attribute] an attribute is broken or stands twice
    [syntax] tags do not fit together
   *[other] { $fault }
}. Copy or export the invoice again.
invoice-too-much-xml = { invoice-part } has more elements, levels or attributes than an invoice has (the limit is { $limit }). Check that it is the right file.

## Refusals: what it says.

invoice-missing = The invoice does not state { invoice-field }. Correct it in the shop, or put a sidecar file beside it that does.
invoice-malformed = “{ $value }” cannot be { invoice-field }. Dates are written 2026-03-05, amounts 121.00, countries NL, currencies EUR. Correct it in the shop or the sidecar.
invoice-too-long = There is too much text in { invoice-field }: more than { $limit } characters. Shorten it in the shop.
invoice-too-many = There is too much in { invoice-field }: more than { $limit } entries. Split the invoice.
invoice-ambiguous = The invoice states { invoice-field } twice and differently: “{ $first }” and “{ $second }”. Only the shop can know which is right; correct it there.
invoice-not-an-invoice = The document says that it is of type “{ $type_code }”, which is neither an invoice nor a credit note. Leave it out.

## Refusals: PDF.

invoice-pdf-broken = The PDF is damaged and cannot be read. Export or print it again.
invoice-pdf-encrypted = The PDF is protected with a password or rights, and could not be opened years from now. Save it without protection.
invoice-pdf-too-much = The PDF unpacks to more than { $limit } MB of hidden data, which no invoice does. Export it again; do not send on what you do not trust.
invoice-pdf-packing = The XML inside the PDF ({ $name }) is packed in a way that is not read. Export it again, or take out the XML and give that.
invoice-pdf-two = The PDF holds two invoices that differ: { $first } and { $second }. Only the shop can know which is right; export it again.
invoice-pdf-needs-sidecar = This PDF can be read by people only: there is no XML in it. Put a sidecar file beside it, with the same name but ending in .json, that says what the page says: {"{"} "number": "2026-0001", "issue_date": "2026-03-05", "seller_country": "NL", "buyer": {"{"} "name": "J. Jansen", "country": "NL" {"}"}, "currency": "EUR", "net": "100.00", "vat": [{"{"} "rate": "21", "taxable": "100.00", "tax": "21.00" {"}"}], "gross": "121.00" {"}"}

## Refusals: the sidecar.

invoice-sidecar = The sidecar is not as it should be at line { $line }: { $what }. Texts, dates and amounts all stand between quotation marks.
invoice-sidecar-too-large = The sidecar is larger than { $limit } MB. It should be a few lines.
invoice-sidecar-unknown = The sidecar has a field “{ $name }”, which there is not. Check its spelling; what it means may have to be left out.
invoice-sidecar-contradicts = The sidecar contradicts the invoice or the command in { invoice-field }: it says “{ $sidecar }”, there it says “{ $document }”. Correct the one that is wrong.

## A document against a record (said at the box).

invoice-differs = The document and its record differ in { invoice-field }: the record says “{ $stated }”, the document says “{ $document }”.
invoice-media = The document is not what its record says: “{ $stated }” is stated, “{ $found }” was found.
invoice-document-refused = The document cannot be read ({ $code }): { $reason }

## Sums that do not add up: said, never refused.

invoice-note-lines = The lines come to { $sum }, the invoice says { $stated }.
invoice-note-net = Lines, discounts and charges come to { $sum }, the total without VAT says { $stated }.
invoice-note-taxable = The amounts that VAT is on come to { $sum }, the total without VAT says { $stated }.
invoice-note-rate = The VAT at { $rate } % would be { $sum }, the invoice says { $stated }.
invoice-note-vat = The VAT of all rates comes to { $sum }, the total VAT says { $stated }.
invoice-note-gross = Total without VAT and VAT come to { $sum }, the total with VAT says { $stated }.
invoice-note-no-breakdown = The VAT is not shown per rate: { $net } without VAT, { $gross } with VAT.
invoice-note-unread = A sum cannot be read and was not checked: “{ $value }”.

## What is left out of the record (kluis-send inspect). It stays in the document.

invoice-left-buyer-e-mail = the buyer's e-mail address
invoice-left-buyer-phone = the buyer's telephone number
invoice-left-buyer-contact = the buyer's contact person
invoice-left-buyer-address = the buyer's street and town
invoice-left-buyer-e-address = the buyer's address for electronic invoices
invoice-left-buyer-trade-name = the buyer's trade name
invoice-left-buyer-numbers = other numbers of the buyer
invoice-left-seller = the seller's details
invoice-left-bank = bank account and means of payment
invoice-left-payment-terms = terms of payment
invoice-left-payments = payments already made
invoice-left-delivery = the delivery address
invoice-left-period = other dates and periods
invoice-left-lines = what stands in the lines: texts, quantities, prices
invoice-left-discounts = discounts and charges
invoice-left-sums = subtotals and reasons beside the kept totals
invoice-left-notes = notes
invoice-left-attachments = attachments
invoice-left-references = references to orders and contracts
invoice-left-technical = technical markings
invoice-left-other = everything else
