# The console: the pages an officer and an auditor see.

## What is refused
console-refused-not-http = Dit is geen verzoek dat de console begrijpt. Open het adres in een gewone browser.
console-refused-other-version = De console spreekt alleen HTTP/1.1. Gebruik een gewone browser.
console-refused-head-too-long = Het verzoek is vóór de inhoud al langer dan { $kib } KiB. Verwijder de cookies van deze site en probeer het opnieuw.
console-refused-too-slow = Het verzoek was niet binnen { $seconds } seconden volledig binnen. Probeer het opnieuw.
console-refused-too-many = De console helpt al zoveel bezoekers als hij kan. Probeer het zo dadelijk opnieuw.
console-refused-foreign-host = De console antwoordt alleen op zijn eigen adres, het adres dat bij het starten werd getoond. Open dat adres.
console-refused-method = De console kan worden gelezen (GET, HEAD) en neemt formulieren aan (POST), verder niets.
console-refused-coded = De console neemt formulieren alleen aan zoals ze zijn, niet in stukken (Transfer-Encoding). Gebruik een gewone browser.
console-refused-expectation = De console beantwoordt geen vragen vóór een formulier is verzonden (Expect). Gebruik een gewone browser.
console-refused-no-length = Het formulier zegt niet hoe lang het is (Content-Length). Gebruik een gewone browser.
console-refused-body-too-long = Het formulier is langer dan { $kib } KiB. Facturen komen niet via de console binnen: zet ze op een stick of in de map van de kluis.
console-refused-pipelined = Er kwam meer dan één verzoek tegelijk. Stuur het volgende pas na het antwoord.
console-refused-bad-answer = De console kon deze pagina niet maken. Probeer het opnieuw; gebeurt het weer, noteer dan de tijd en meld het aan wie de kluis beheert. Er is niets verloren gegaan.
console-refused-no-such-page = Deze pagina bestaat niet. Begin bij het zoeken.
console-refused-not-a-form = Dit is geen formulier of adres dat de console heeft gemaakt. Ga terug, laad de pagina opnieuw en probeer het nog eens.
console-refused-foreign-form = Dit formulier is verlopen of komt van elders; er is dus niets gedaan. Open de pagina opnieuw en herhaal de stap.
console-refused-wrong-login = De naam en de wachtwoordzin, of de pas, kloppen niet. Controleer ze en probeer het opnieuw.
console-refused-wait = { $seconds ->
    [one] Te veel foute pogingen. Probeer het over één seconde opnieuw.
   *[other] Te veel foute pogingen. Probeer het over { $seconds } seconden opnieuw.
}
console-refused-spent-link = Deze link is al gebruikt, of nooit uitgegeven. Hij opent de console één keer. Log in, of start de demonstratie opnieuw voor een nieuwe link.
console-refused-no-reason = Kies waarom u zoekt: elke inzage komt met de reden in het journaal.

## Het kader
console-name = Factuurkluis
console-skip = Naar de inhoud
console-demo = DEMO.
console-demo-why = Een verzonnen winkel met verzonnen facturen, op een kluis waarvan de klok verzet kan worden. Niets hier is bewijs.
console-no-room = De schijf van de kluis is vol: tot er ruimte is neemt ze niets in en vernietigt ze niets. Zeg het aan wie de kluis beheert.
console-nav = Hoofdpagina’s
console-nav-search = Zoeken
console-nav-terms = Termijnen
console-nav-receipts = Ontvangst
console-languages = Taal
console-language-en = English
console-language-nl = Nederlands
console-role-officer = beheerder
console-role-auditor = controleur
console-log-out = Uitloggen
console-no-network = Deze kluis hangt aan geen enkel netwerk. Wat u ziet blijft op dit scherm, tenzij u het bewaart of afdrukt.
console-fingerprint = Vingerafdruk van de kluis
console-bytes = { $count ->
    [one] één byte
   *[other] { $count } bytes
}
console-pages = Pagina’s van de lijst
console-page-of = Pagina { $page } van { $pages }
console-page-first = Eerste pagina
console-page-after = Volgende pagina

## De deur
console-login-title = Inloggen
console-login-lead = Deze kluis bewaart de facturen van een winkel zolang de belastingwet dat vraagt, en vernietigt ze daarna.
console-login-officer = Ik ben beheerder van deze kluis
console-login-auditor = Ik heb een controleurspas
console-login-name = Naam
console-login-phrase = Wachtwoordzin
console-login-phrase-hint = Hoofdletters en streepjes van een wachtwoordzin maken niet uit.
console-login-pass = Nummer van de pas
console-log-in = Inloggen
console-login-journal = Elke inzage komt in het journaal van de kluis: wie, wanneer en waarom. De woorden waarop u zoekt niet.
console-refused-title = Dit is niet gedaan
console-to-start = Naar de eerste pagina
console-reason-title = Waarom zoekt u?
console-reason-lead = Klanten is verteld dat hun facturen alleen om deze redenen worden geopend. Uw keuze komt bij elke inzage in het journaal, tot u een andere kiest.
console-reason-legend = Reden
console-reason-change = De reden wijzigen
console-reason-tax-audit-hint = De Belastingdienst vraagt erom.
console-reason-customer-request-hint = Een klant wil een kopie, of wil weten wat er over hem wordt bewaard.
console-reason-legal-claim-hint = Garantie, een schuld, een geschil: een eigen vordering of die van een ander.
console-reason-bookkeeping-hint = Een aangifte, een betaling, een boeking.
console-reason-check-hint = Om te zien dat de kluis werkt. Zoek niet meer op dan daarvoor nodig is.
console-go-on = Verder

## Zoeken
console-search-title = Facturen zoeken
console-search-by-number = Nummer
console-search-number = Nummer, of vanaf
console-search-number-to = tot en met
console-search-by-date = Factuurdatum
console-search-from = Vanaf
console-search-until = tot en met
console-search-by-amount = Totaal met btw
console-search-amount = Bedrag, of vanaf
console-search-amount-to = tot en met
console-search-by-customer = Klant
console-search-customer = Naam, nummer, btw-nummer of postcode
console-search-customer-hint = Het begin van een naam is genoeg.
console-search-go = Zoeken
console-search-clear = Formulier leegmaken
console-search-hint = Vul in wat u weet; alles wat is ingevuld moet kloppen. Een nummer mag eindigen op * voor het begin ervan.
console-search-date-hint = Datums als 31-12-2026, of alleen 2026 of 12-2026; bedragen als 1234,50, in een andere munt als CHF 1234,50.
console-search-wrong-number = Geef hoogstens 80 letters en cijfers.
console-search-wrong-day = Geen datum. Geef hem als 31-12-2026.
console-search-wrong-amount = Geen bedrag. Geef het als 1234,50.
console-search-wrong-order = Dit ligt voor het begin.
console-search-wrong-currency = Geef beide bedragen in één munt.
console-search-found = { $count ->
    [0] Geen facturen gevonden
    [one] Eén factuur gevonden
   *[other] { $count } facturen gevonden
}
console-search-none = Niets voldoet aan alles wat is ingevuld. Laat iets weg, of neem een ruimer bereik. Wat vernietigd is, is niet meer te vinden: zie de termijnen.
console-search-caption = De gevonden facturen, met de sommen van allemaal
console-search-sum = { $count ->
    [one] Som van één factuur
   *[other] Som van alle { $count } facturen
}
console-search-sum-credit = { $count ->
    [one] Som van één creditfactuur, zoals die er staat
   *[other] Som van { $count } creditfacturen, zoals ze er staan
}
console-search-locked = { $count ->
    [one] Eén factuur ligt in een termijn die voorbij is: die is vergrendeld tot de vernietiging, en alleen nummer en datum worden getoond, zodat een beheerder kan beslissen of hij langer bewaard moet worden.
   *[other] { $count } facturen liggen in termijnen die voorbij zijn: ze zijn vergrendeld tot de vernietiging, en alleen nummers en datums worden getoond, zodat een beheerder kan beslissen of er een langer bewaard moet worden.
}
console-search-row-locked = Vergrendeld: de termijn is voorbij
console-col-number = Nummer
console-col-date = Datum
console-col-customer = Klant
console-col-net = Zonder btw
console-col-vat = Btw
console-col-gross = Totaal
console-col-term = Termijn
console-col-rate = Tarief
console-col-taxable = Over
console-vat-Z = nultarief
console-vat-E = vrijgesteld
console-vat-AE = btw verlegd
console-vat-K = levering binnen de EU
console-vat-G = uitvoer buiten de EU
console-vat-O = buiten de btw
console-vat-L = Canarische Eilanden (IGIC)
console-vat-M = Ceuta en Melilla (IPSI)
console-col-invoices = Facturen
console-col-state = Stand
console-col-why = Wanneer en waarom

## Een factuur
console-kind-invoice = Factuur
console-kind-credit-note = Creditfactuur
console-kind-corrected = Gecorrigeerde factuur
console-kind-prepayment = Voorschotfactuur
console-kind-self-billed = Factuur door de afnemer
console-invoice-back = Terug naar de lijst
console-invoice-unchanged = Onveranderd sinds de kluis hem op { $date } opnam, bit voor bit zoals de winkel hem ondertekende.
console-invoice-proof = Bekijk het bewijs
console-invoice-senders-word = Een machine kan dit document niet lezen; de gegevens hieronder staan er dus op gezag van de afzender. Vergelijk ze met het document.
console-invoice-sums-differ = De sommen van deze factuur kloppen niet. Hij wordt bewaard zoals hij is: het origineel is het origineel.
console-invoice-documents = Het origineel
console-invoice-derived = gemaakt uit de gegevens van de winkel; die had geen document
console-invoice-view = Bekijken
console-invoice-save = Kopie bewaren
console-invoice-fields = Wat erop staat
console-invoice-amounts = Bedragen
console-field-series = Reeks
console-field-issued = Factuurdatum
console-field-supplied = Leverdatum
console-field-customer = Klant
console-field-customer-number = Klantnummer
console-field-vat-number = Btw-nummer
console-field-postcode = Postcode
console-field-country = Land van de klant
console-field-seller-country = Land van de verkoper
console-field-class = Klasse
console-field-articles = Artikelen
console-field-corrects = Corrigeert
console-field-consumption = Belast in
console-field-payments = Betalingen
console-field-place = Plaats bekend uit
console-field-term = Termijn
console-field-came = Gekomen
console-field-came-by = van { $sender }, in bundel { $number }
console-class-ordinary = gewoon
console-class-one-stop-shop = éénloketsysteem
console-class-immovable-property = onroerend goed
console-original-title = { $kind } van { $number }
console-original-back = Terug naar { $number }
console-original-drawn = Dit zijn afbeeldingen die de kluis van het onveranderde document heeft getekend. Bewaar een kopie om het document zelf te hebben.
console-original-alt = Pagina { $page } van het origineel van { $number }
console-original-cut = Dit is het begin van een lang document. Bewaar een kopie om alles te hebben.
console-original-text = De tekst van het document
console-original-not-shown = De kluis kan documenten van deze soort niet tonen. Bewaar een kopie om hem elders te bekijken.
console-original-too-long = Dit document is te lang om hier te tekenen. Bewaar een kopie om het elders te bekijken.

## Een bewijs
console-proof-title = Bewijs voor { $number }
console-proof-sentence = { $sender } ondertekende factuur { $number } op { $signed }; de kluis nam hem op { $admitted } op, en sindsdien is aan gegevens en documenten geen bit veranderd.
console-proof-check = Controleer het zelf
console-proof-take = Neem het bewijs en de kaart van de kluis mee, op een stick.
console-proof-save = Bewijs bewaren
console-proof-save-card = Kaart van de kluis bewaren
console-proof-run = Geef op een eigen computer, met Python 3, de scripts van het pakket en een bewaarde kopie van het document in één map, deze opdracht:
console-proof-compare = Die noemt de sleutel waarmee is ondertekend. Het moet deze zijn, dezelfde als op de kaart van de winkel zelf:
console-proof-openssl = De SHA-256 van het document zelf staat hieronder. Met alleen openssl:
console-proof-nobody-else = Het bewijs bevat de gegevens van deze factuur en niets over andere klanten.
console-proof-rests = Waar het op berust
console-proof-signed-by = Ondertekend door
console-proof-place = Plaats
console-proof-leaf = blad { $leaf } van { $leaves } in bundel { $bundle }
console-proof-digest = SHA-256 van de { $kind }
console-proof-journal = Journaal
console-proof-entry = regel { $entry } van { $size }
console-proof-checkpoint = De kop van het journaal, ondertekend door de kluis
console-proof-checkpoint-qr = De kop van het journaal als QR-code

## Termijnen
console-terms-title = Wat bewaard wordt, en tot wanneer
console-terms-lead = Facturen worden per termijn bewaard: de facturen van een boekjaar die samen aflopen. Elke termijn heeft één sleutel; is de termijn voorbij, dan wordt de sleutel vernietigd en kan niemand die facturen ooit nog lezen.
console-terms-none = Er is nog geen termijn. Een beheerder opent de eerste bij het inrichten van de kluis.
console-terms-legend = Het donkere deel van een balk is het boekjaar, het lichte deel de tijd dat de facturen bewaard worden; een kruis is hun vernietiging.
console-terms-today = De rode lijn is { $date }, de laatste dag die voor de kluis vaststaat.
console-terms-caption = De termijnen van deze kluis
console-terms-bars = Elke termijn als balk over de jaren; hetzelfde staat in de tabel hieronder
console-terms-destroyed = Vernietigd op { $date }.
console-terms-moved = Het einde is verschoven van { $from } naar { $to }.
console-terms-certificate = Certificaat
console-term-ordinary = Gewone facturen van { $year }
console-term-one-stop-shop = Éénloketsysteem { $year }
console-term-immovable-property = Onroerend goed { $year }

## Ontvangstbewijzen
console-receipts-title = Ontvangstbewijzen
console-receipts-lead = Wat de winkel wil horen voordat ze haar eigen kopieën wist. Aan de telefoon is de code genoeg; breng eens per maand het bestand of de QR-code, want daarin staat ook de kop van het journaal.
console-receipts-none = Er is nog geen winkel toegelaten.
console-receipts-blocked = Een beheerder heeft deze winkel geblokkeerd: er wordt niets meer van aangenomen.
console-receipts-waiting = { $count ->
    [one] Eén bundel wacht
   *[other] { $count } bundels wachten
} op een beheerder, omdat er facturen in zitten die ouder zijn dan 18 maanden (de oudste van { $oldest }). Vraag de winkel of hij eerdere jaren brengt, en beslis dan bij de kluis met: kluis waiting
console-receipts-no-bundle = Van deze winkel is hier niets waarvoor een ontvangstbewijs kan worden gegeven.
console-receipts-up-to = Elke bundel tot en met nummer { $number } is hier.
console-receipts-code = De code voor kluis-send receipt. Letters en streepjes zijn hardop te lezen; kleine letters mogen ook.
console-receipts-heard = Laatst gehoord over de eenrichtingslijn: { $at }.
console-receipts-silent = Over de eenrichtingslijn is sinds { $at } niets gehoord. Kijk of de computer van de winkel aan staat, “kluis-send outbox” daar draait en de kabel erin zit.
console-receipts-awaited = Door de winkel verzegeld en nog niet hier: { $numbers }. Ze kunnen onderweg zijn: de winkel verstuurt ze elk uur opnieuw.
console-receipts-sealed = De winkel zegt dat er tot en met { $last } verzegeld is, en { $numbers } kwam al meer dan twee uur niet. Kijk of deze bundels nog in de outbox van de winkel liggen; komen ze niet meer, breng ze dan op een stick; heeft de winkel ze niet meer, laat haar ze dan opnieuw verzegelen.
console-receipts-gaps = Ontbreekt: { $numbers }. Neem ze op, of laat de winkel ze opnieuw verzegelen.
console-receipts-save = Ontvangstbewijs van nummer { $number } bewaren
console-receipts-qr = Het ontvangstbewijs als QR-code

## Een certificaat
console-certificate-back = Terug naar de termijnen
console-certificate-kind = Certificaat van vernietiging
console-certificate-demo = DEMO: dit is geen bewijs
console-certificate-sentence = Op { $date } heeft deze kluis de sleutel van deze termijn vernietigd: { $invoices ->
    [one] één factuur
   *[other] { $invoices } facturen
} in { $bundles ->
    [one] één bundel
   *[other] { $bundles } bundels
}. Niemand kan ze ooit nog lezen, hier niet en ook niet van de sticks en bundels die ervoor verzegeld werden.
console-certificate-but-held = Uitgezonderd { $count ->
    [one] is er één die wordt
   *[other] zijn er { $count } die worden
} vastgehouden; die zijn te lezen tot twee beheerders ze vrijgeven.
console-certificate-term = Termijn
console-certificate-days = Facturen van
console-certificate-from-to = { $first } tot en met { $last }
console-certificate-kept = Moest zijn
console-certificate-until = bewaard tot en met { $until }: { $article } (wettabel { $table })
console-certificate-destroyed = Vernietigd
console-certificate-counts = { $invoices ->
    [one] één factuur
   *[other] { $invoices } facturen
}, { $bundles ->
    [one] één bundel
   *[other] { $bundles } bundels
}, { $size }; { $entries ->
    [one] één regel
   *[other] { $entries } regels
} van het journaal zijn niet meer te openen
console-certificate-held = Vastgehouden
console-certificate-held-count = { $count ->
    [one] één factuur
   *[other] { $count } facturen
}
console-certificate-basis = De tijd is
console-certificate-evidence = Bewijs
console-certificate-floor = voor de kluis is bewezen dat { $floor } voorbij is; ze stond { $days ->
    [one] één dag
   *[other] { $days } dagen
} aan tussen “verlopen” en de vernietiging
console-certificate-token = een instantie buiten de kluis tekende { $date } over de kop van het journaal van { $size } regels (instantie { $authority })
console-certificate-root = Geopend door
console-certificate-generation = { $root }; de sleutel was weg met generatie { $generation }
console-certificate-head = Journaal toen
console-certificate-head-of = { $size } regels, wortel { $root }
console-certificate-done = Wat er is gedaan
console-certificate-done-how = De sleutels van de kluis zijn opnieuw geschreven zonder deze, de oude kopie is vernietigd en bleek niets meer te openen, en de opgeslagen bestanden zijn verwijderd.
console-certificate-not = Wat dit niet dekt
console-certificate-check = Om het te controleren
console-certificate-check-how = Het bestand van dit certificaat is ondertekend. Deze opdracht, of alleen openssl zoals de README zegt, controleert het zonder kluis; het bestand heeft de vingerafdruk en de digest hieronder.
console-certificate-fingerprint = Certificaat
console-certificate-box = Kluis
console-certificate-qr = De digest van het certificaat als QR-code
console-certificate-save = Certificaat bewaren
console-certificate-print = Afdrukken kan met de afdrukopdracht van uw browser: alleen het blad wordt afgedrukt.

## What is kept longer
console-hold-title = Langer bewaard
console-hold-lead = Wat volgens een beheerder langer bewaard moet worden dan de termijn, omdat een zaak nog loopt. Het blijft tot twee beheerders dat beëindigen.
console-hold-none = Er wordt niets langer bewaard dan zijn termijn.
console-hold-how = Om iets langer te bewaren, opent u de factuur, of kijkt u bij de termijnen. Een factuur die langer bewaard wordt, heeft een eigen kopie met documenten en bewijs; een termijn die langer bewaard wordt, wordt niet vernietigd.
console-hold-what = Wat
console-hold-why = Waarom
console-hold-since = Sinds
console-hold-whole = de hele termijn
console-hold-copies = { $count ->
    [one] één factuur
   *[other] { $count } facturen
}
console-hold-tag = langer bewaard
console-hold-ending = eindigt nu
console-hold-begin = Langer bewaren
console-hold-begin-title = Langer bewaren: { $what }
console-hold-back = Terug
console-hold-lead-invoice = De kluis maakt van deze factuur een kopie die de termijn overleeft, met documenten en bewijs, en niets van de andere facturen. Eén beheerder beslist dit; er zijn er twee nodig om het te beëindigen.
console-hold-lead-term = Deze termijn wordt niet vernietigd zolang ze langer bewaard wordt; al haar facturen blijven leesbaar. Zijn enkele facturen genoeg, bewaar dan liever die langer. Eén beheerder beslist dit; er zijn er twee nodig om het te beëindigen.
console-hold-reason-legend = Waarom langer bewaren?
console-hold-tax-audit-hint = De Belastingdienst controleert het jaar, of de aanslag staat nog niet vast.
console-hold-objection-hint = Bezwaar tegen een aanslag, of beroep.
console-hold-court-hint = De zaak ligt bij een rechter, of die heeft het bevolen.
console-hold-legal-claim-hint = Een vordering van of op een klant, ook voordat het tot een rechter komt.
console-hold-reference = Kenmerk
console-hold-reference-hint = Waarmee anderen de zaak terugvinden: het nummer van een brief of een zaak. Hoogstens { $limit } letters; het wordt vernietigd als dit eindigt.
console-hold-end = Beëindigen
console-hold-end-title = Beëindigen: { $what }
console-hold-end-lead = De kopieën, de reden en het kenmerk worden meteen vernietigd. Wat in een termijn ligt die nog niet voorbij is, blijft daar tot het zover is.
console-hold-end-lead-term = De termijn wordt niet meer langer bewaard. Is ze voorbij, dan wordt ze vernietigd als de kluis nog 30 dagen stroom heeft gehad.
console-hold-case = Waar het voor was
console-hold-two = Twee beheerders beëindigen het
console-hold-two-lead = { $name } is een van de twee. De ander typt hier naam en wachtwoordzin.
console-hold-second = Naam van de tweede beheerder
console-hold-invoice = Deze factuur wordt langer bewaard dan haar termijn, tot twee beheerders dat beëindigen.
console-hold-alone = De termijn is vernietigd. Deze kopie wordt langer bewaard, tot twee beheerders dat beëindigen.
console-terms-held = { $count ->
    [one] Eén factuur ervan wordt langer bewaard.
   *[other] { $count } facturen ervan worden langer bewaard.
}
console-terms-held-whole = De hele termijn wordt langer bewaard.

## De stick
console-nav-stick = Stick
console-stick-title = Stick
console-stick-lead = Bundels komen van de winkel op een USB-stick. Hij wordt vanzelf gelezen zodra u hem erin steekt; er verandert niets op.
console-stick-put-in = Steek de stick in de kluis.
console-stick-put-in-how = Elke USB-poort is goed. Kijk dan op deze pagina: die zegt wanneer de stick eruit mag. De bundels liggen bovenaan op de stick, of in een map die “kluis” heet; andere bestanden blijven met rust.
console-stick-reading = De stick wordt gelezen. Laat hem zitten.
console-stick-so-far = { $done } van { $total }, { $files ->
    [one] één bestand
   *[other] { $files } bestanden
}
console-stick-renews = Deze pagina vernieuwt zichzelf.
console-stick-still = Laat haar staan
console-stick-look-again = Kijk opnieuw
console-stick-by-itself = Laat de pagina zichzelf vernieuwen
console-stick-may-go = De stick is gelezen. U mag de stick eruit halen.
console-stick-is-out = De stick is eruit. Dit is ervan geworden; de volgende kan erin.
console-stick-pulled-out = De stick is eruit getrokken voordat alles was gelezen. Wat is ingenomen, is veilig. Steek hem er opnieuw in voor de rest.
console-stick-out-anyway = U mag de stick eruit halen.
console-stick-another = Er zit nog een stick in. Sticks worden één voor één gelezen: laat de eerste zitten tot hier staat dat u hem eruit mag halen; is hij eruit, dan wordt deze gelezen.
console-stick-became = Wat er is geworden van wat erop staat
console-stick-taken = Ingenomen: { $bundles ->
    [one] één bundel
   *[other] { $bundles } bundels
} met { $invoices ->
    [one] één factuur
   *[other] { $invoices } facturen
}.
console-stick-nothing = Er is niets nieuws ingenomen.
console-stick-none = Er staat niets voor deze kluis op de stick. Bundels liggen bovenaan op de stick, of in een map die “kluis” heet; in een andere map worden ze niet gezien.
console-stick-line-good = Goed:
console-stick-line-care = Te beslissen:
console-stick-line-wrong = Niet ingenomen:
console-stick-more = En nog { $count ->
    [one] één bestand
   *[other] { $count } bestanden
}, hier niet genoemd: wat niet is ingenomen, staat vooraan in de lijst.
console-stick-unread = { $count ->
    [one] Eén bestand is niet meer gelezen.
   *[other] { $count } bestanden zijn niet meer gelezen.
}
console-stick-passed-over = { $count ->
    [one] Eén ander bestand of andere map op de stick is met rust gelaten.
   *[other] { $count } andere bestanden en mappen op de stick zijn met rust gelaten.
}
console-stick-cards = Er is een kaart van een winkel gekomen, en die wacht. Een beheerder vergelijkt de vingerafdruk per telefoon met de winkel; deze opdrachten tonen hem:
console-line = Over de eenrichtingslijn
console-line-trouble = De lijn wordt niet gehoord: het proces ervoor start niet ({ $reason }). Vraag wie de kluis onderhoudt.
console-line-nothing = Er is nu niets onderweg.
console-line-so-far = { $done } van { $total } is hier; onderweg sinds { $since }.
console-line-never = Nog geen levensteken van deze winkel: haar “kluis-send outbox” geeft er elk uur een.
console-line-lately = Wat het laatst kwam
console-line-came = { $at } – { $what }
console-stick-onto = Op de stick
console-stick-onto-lead = Er wordt één bestand geschreven in de vrije ruimte van de stick die erin zit; verder verandert er niets op.
console-stick-onto-receipt = Schrijf het ontvangstbewijs voor { $shop }
console-stick-onto-card = Schrijf de kaart van deze kluis
console-stick-written = { $file } staat op de stick. U mag de stick eruit halen.
