# Facturen lezen: weigeringen, tegenspraak, sommen, wat bewaard en weggelaten wordt.
# Het programma noemt het bestand vóór elk van deze zinnen.

## Delen die in meer zinnen voorkomen.

invoice-field-series = de reeks
invoice-field-number = het factuurnummer
invoice-field-kind = het soort document
invoice-field-issue-date = de factuurdatum
invoice-field-supply-date = de leverdatum
invoice-field-seller-country = het land van de verkoper
invoice-field-class = de soort verkoop
invoice-field-buyer-name = de naam van de koper
invoice-field-buyer-country = het land van de koper
invoice-field-buyer-customer = het klantnummer
invoice-field-buyer-vat-number = het btw-nummer van de koper
invoice-field-buyer-postcode = de postcode van de koper
invoice-field-currency = de valuta
invoice-field-net = het totaal zonder btw
invoice-field-vat = de btw per tarief
invoice-field-gross = het totaal met btw
invoice-field-articles = de artikelnummers
invoice-field-corrects = de gecorrigeerde facturen
invoice-field-one-stop-shop-consumption = het land van verbruik
invoice-field-one-stop-shop-payments = de betalingen
invoice-field-one-stop-shop-place-evidence = het bewijs van de plaats van de klant
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
    [file] De XML
   *[other] De XML in de pdf ({ $part })
}
invoice-ask-for-another = Vraag de maker van uw webwinkelsoftware om een export als UBL, CII of Factur-X, of bewaar de factuur als pdf en leg er een bijbestand naast.

## Weigeringen: het bestand als geheel.

invoice-empty = Het bestand is leeg. Exporteer de factuur opnieuw.
invoice-too-large = Het bestand is groter dan { $limit } MB; dat is geen enkele factuur. Kijk of het het goede bestand is; grote bijlagen horen er niet in.
invoice-image = Dit is een afbeelding. Geef de factuur zoals uw winkel haar maakte: UBL, CII of pdf.
invoice-office = Dit is een kantoordocument of een zipbestand. Pak het zipbestand uit, of bewaar het document als pdf en leg er een bijbestand naast.
invoice-web-page = Dit is een webpagina of een e-mail, geen factuur. Bewaar de bijgevoegde factuur zelf, als UBL, CII of pdf.
invoice-json = Dit is een JSON-bestand. Is het het bijbestand van een pdf, noem dan de pdf; het bijbestand ernaast wordt vanzelf gevonden.
invoice-unknown = Dit is geen van de vormen die gelezen worden: UBL 2.1, UN/CEFACT CII, een Factur-X- of ZUGFeRD-pdf, of een pdf met een bijbestand. { invoice-ask-for-another }
invoice-other-xml = { invoice-part } is geen factuur: het begint met “{ $root }”. Facturen beginnen met Invoice, CreditNote of CrossIndustryInvoice. { invoice-ask-for-another }

## Weigeringen: XML.

invoice-encoding = { $encoding ->
    [unknown] { invoice-part } is niet de tekst in UTF-8 die het hoort te zijn.
   *[other] { invoice-part } staat in de tekencodering “{ $encoding }”, die niet gelezen wordt.
} Exporteer haar als UTF-8.
invoice-doctype = { invoice-part } heeft een DOCTYPE; geen factuur heeft dat nodig, en het kan een programma andere gegevens laten ophalen of opblazen. Exporteer de factuur opnieuw zonder.
invoice-entity = { invoice-part } verwijst naar “&{ $name };”, dat XML niet kent. Exporteer de factuur opnieuw; de software die haar schreef, hoort het teken zelf te schrijven.
invoice-broken-xml = { invoice-part } is stuk op regel { $line }: { $fault ->
    [truncated] de tekst houdt op voordat hij af is
    [after-root] er staat iets buiten het ene hoofdelement
    [prefix] een naam heeft een voorvoegsel dat niet verklaard is
    [character] er staat een teken in dat XML niet toelaat
    [attribute] een attribuut is stuk of staat er dubbel
    [syntax] de tags passen niet op elkaar
   *[other] { $fault }
}. Kopieer of exporteer de factuur opnieuw.
invoice-too-much-xml = { invoice-part } heeft meer elementen, lagen of attributen dan een factuur heeft (de grens is { $limit }). Kijk of het het goede bestand is.

## Weigeringen: wat erin staat.

invoice-missing = Op de factuur ontbreekt { invoice-field }. Verbeter haar in de winkel, of leg er een bijbestand naast waar het in staat.
invoice-malformed = “{ $value }” kan niet { invoice-field } zijn. Schrijf datums als 2026-03-05, bedragen als 121.00, landen als NL, valuta als EUR. Verbeter het in de winkel of in het bijbestand.
invoice-too-long = Er staat te veel tekst in { invoice-field }: meer dan { $limit } tekens. Kort haar in de winkel in.
invoice-too-many = Er staat te veel in { invoice-field }: meer dan { $limit } stuks. Splits de factuur.
invoice-ambiguous = De factuur noemt { invoice-field } twee keer en verschillend: “{ $first }” en “{ $second }”. Alleen de winkel kan weten wat klopt; verbeter het daar.
invoice-not-an-invoice = Het document zegt van soort “{ $type_code }” te zijn; dat is geen factuur en geen creditnota. Laat het weg.

## Weigeringen: pdf.

invoice-pdf-broken = De pdf is beschadigd en kan niet gelezen worden. Exporteer of print haar opnieuw.
invoice-pdf-encrypted = De pdf is beveiligd met een wachtwoord of met rechten en zou over jaren niet meer open kunnen. Bewaar haar zonder beveiliging.
invoice-pdf-too-much = De pdf pakt uit tot meer dan { $limit } MB verborgen gegevens; dat doet geen enkele factuur. Exporteer haar opnieuw, en stuur niets door wat u niet vertrouwt.
invoice-pdf-packing = De XML in de pdf ({ $name }) is ingepakt op een manier die niet gelezen wordt. Exporteer haar opnieuw, of haal de XML eruit en geef die.
invoice-pdf-two = In de pdf zitten twee facturen die verschillen: { $first } en { $second }. Alleen de winkel kan weten welke klopt; exporteer haar opnieuw.
invoice-pdf-needs-sidecar = Deze pdf is alleen door mensen te lezen: er zit geen XML in. Leg er een bijbestand naast, met dezelfde naam maar eindigend op .json, waar in staat wat de pagina zegt: {"{"} "number": "2026-0001", "issue_date": "2026-03-05", "seller_country": "NL", "buyer": {"{"} "name": "J. Jansen", "country": "NL" {"}"}, "currency": "EUR", "net": "100.00", "vat": [{"{"} "rate": "21", "taxable": "100.00", "tax": "21.00" {"}"}], "gross": "121.00" {"}"}

## Weigeringen: het bijbestand.

invoice-sidecar = Het bijbestand is niet zoals het hoort op regel { $line }: { $what }. Teksten, datums en bedragen staan alle tussen aanhalingstekens.
invoice-sidecar-too-large = Het bijbestand is groter dan { $limit } MB. Het hoort een paar regels te zijn.
invoice-sidecar-unknown = In het bijbestand staat een veld “{ $name }”, dat niet bestaat. Kijk of het goed gespeld is; misschien moet het weg.
invoice-sidecar-contradicts = Het bijbestand spreekt de factuur of de opdracht tegen in { invoice-field }: het zegt “{ $sidecar }”, daar staat “{ $document }”. Verbeter wat niet klopt.

## Een document tegenover zijn gegevens (gezegd bij de kluis).

invoice-differs = Het document en de opgegeven gegevens verschillen in { invoice-field }: opgegeven is “{ $stated }”, in het document staat “{ $document }”.
invoice-media = Het document is niet wat is opgegeven: opgegeven is “{ $stated }”, gevonden is “{ $found }”.
invoice-document-refused = Het document kan niet gelezen worden ({ $code }): { $reason }

## Sommen die niet kloppen: gezegd, nooit geweigerd.

invoice-note-lines = De regels zijn samen { $sum }, op de factuur staat { $stated }.
invoice-note-net = Regels, kortingen en toeslagen zijn samen { $sum }, als totaal zonder btw staat er { $stated }.
invoice-note-taxable = De bedragen waarover btw gaat zijn samen { $sum }, als totaal zonder btw staat er { $stated }.
invoice-note-rate = De btw van { $rate } % zou { $sum } zijn, op de factuur staat { $stated }.
invoice-note-vat = De btw van alle tarieven is samen { $sum }, als totale btw staat er { $stated }.
invoice-note-gross = Totaal zonder btw en btw zijn samen { $sum }, als totaal met btw staat er { $stated }.
invoice-note-no-breakdown = De btw is niet per tarief vermeld: { $net } zonder btw, { $gross } met btw.
invoice-note-unread = Een som is niet te lezen en niet nagerekend: “{ $value }”.

## Wat niet in de gegevens komt (kluis-send inspect). Het blijft in het document staan.

invoice-left-buyer-e-mail = het e-mailadres van de koper
invoice-left-buyer-phone = het telefoonnummer van de koper
invoice-left-buyer-contact = de contactpersoon van de koper
invoice-left-buyer-address = straat en plaats van de koper
invoice-left-buyer-e-address = het adres van de koper voor elektronische facturen
invoice-left-buyer-trade-name = de handelsnaam van de koper
invoice-left-buyer-numbers = andere nummers van de koper
invoice-left-seller = de gegevens van de verkoper
invoice-left-bank = bankrekening en betaalwijze
invoice-left-payment-terms = betalingsvoorwaarden
invoice-left-payments = betalingen die al gedaan zijn
invoice-left-delivery = het afleveradres
invoice-left-period = andere datums en tijdvakken
invoice-left-lines = wat in de regels staat: teksten, aantallen, prijzen
invoice-left-discounts = kortingen en toeslagen
invoice-left-sums = tussentotalen en redenen naast de bewaarde totalen
invoice-left-notes = opmerkingen
invoice-left-attachments = bijlagen
invoice-left-references = verwijzingen naar bestellingen en contracten
invoice-left-technical = technische aanduidingen
invoice-left-other = al het andere
