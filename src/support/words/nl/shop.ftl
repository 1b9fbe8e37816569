# De kant van de webwinkel, kluis-send: wat het meldt, wat het weigert, en de hulp.

## Weigeringen

shop-not-named = Er is geen winkelmap genoemd. Zeg welke met --shop MAP of stel KLUIS_SHOP in; “kluis-send init MAP” maakt er een.
shop-not-a-shop = { $path } is geen winkelmap. Controleer de naam, of maak er daar een met “kluis-send init { $path } --name NAAM”.
shop-already = { $path } is al een winkelmap, en de sleutels erin worden nooit overschreven. Gebruik de map zoals hij is, of noem een andere.
shop-name-unusable = De naam van de winkel moet één regel van 1 tot 100 tekens zijn. Geef hem opnieuw op met --name, of verbeter hem in config.toml.
shop-keys-open = Anderen kunnen { $path } lezen, en daar staat de ondertekensleutel van de winkel in. Sluit het af met “chmod 600 { $path }”; heeft iemand anders het misschien gelezen, zeg het dan de beheerder van de kluis.
shop-keys-damaged = { $path } is geen heel sleutelbestand. Zet het terug uit de reservekopie van de winkel; zonder dit bestand kan de winkel niet tekenen en moet een nieuwe winkelmap worden aangemeld.
shop-settings = { $path } is niet als instellingen te lezen: { $reason }. Verbeter die regel; tekst staat tussen aanhalingstekens, ja en nee zijn true en false.
shop-ledger-damaged = Het register { $path } klopt niet bij regel { $line }: het is veranderd, beschadigd of door een nieuwere versie van dit programma geschreven. Er is niets geschreven. Zet de nieuwste reservekopie terug, of gebruik het nieuwere programma.
shop-ledger-old = { $found } hoort bij bundel { $number }, maar het register van deze winkel houdt op bij nummer { $known }. Klopt wat u gaf, dan is de winkelmap een oude kopie: zet de nieuwste terug, zodat geen nummer tweemaal wordt ondertekend.
shop-no-box = Er is nog geen kluis aangemeld. Haal de kaart van de kluis (“kluis card” schrijft die) en neem haar aan met “kluis-send enrol KAART”.
shop-another-box = Deze kaart is van een andere kluis, of van deze met een andere sleutel: haar vingerafdruk is { $theirs }, die van de aangemelde kluis is { $ours }. Vraag de beheerder welke klopt. Maak voor een tweede kluis een tweede winkelmap.
shop-card-older = Deze kaart toont een journaal van { $size } regels, maar deze kluis heeft eerder een van { $seen } getoond: het is een oude kaart, of de kluis draait op een oude kopie van haar schijf. Vraag de beheerder om de nieuwste kaart van de kluis.
shop-journal-forked = De kluis heeft twee verschillende journalen van { $size } regels getoond. Een ervan is gemaakt om te misleiden, of de kluis is gekopieerd. Wis niets, bewaar beide bestanden en laat ze de beheerder zien.
shop-succeeds-itself = Deze ontvangst is voor deze winkelmap zelf. Om een verloren map voort te zetten, noem een ontvangst die de kluis voor die map gaf.
shop-succeeds-too-late = In deze map is al iets verzegeld, zij kan geen andere voortzetten. Maak een nieuwe map met “kluis-send init MAP --name NAAM”, neem daar de kaart van de kluis aan, en maak haar kaart met --succeeds.
shop-old-shop-other = De map bij --old-shop heeft niet verzegeld wat deze map voortzet. Noem de eerdere winkelmap, of laat --old-shop weg: dan beslissen twee beheerders van de kluis.
shop-fingerprint-wanted = De vingerafdruk van de kaart is { $fingerprint }. Laat de beheerder hem van het scherm van de kluis voorlezen; is hij hetzelfde, zeg dat dan met --fingerprint { $fingerprint }.
shop-fingerprint-differs = “{ $typed }” is niet de vingerafdruk van deze kaart. Staat dit wel zo op het scherm van de kluis, dan is de kaart niet van die kluis: gebruik haar niet, en haal haar opnieuw.
shop-no-such-file = { $path } is er niet. Controleer de naam.
shop-not-a-file = { $path } is een koppeling, een apparaat of een pijp, en die wordt niet gevolgd. Noem het bestand of de map zelf.
shop-nothing-to-seal = In wat u noemde zit geen factuur: uit mappen worden alleen bestanden met deze namen genomen: { $patterns }. Noem het bestand zelf, of verander de patronen in config.toml.
shop-no-time-authority = Er is geen tijdstempel gehaald: config.toml noemt geen tijdautoriteit. De kluis kan de tijd dan alleen zelf tellen. Zet time_authority daar op het http://-adres van een RFC 3161-autoriteit, die waarvan de kluis het certificaat heeft vastgelegd.
shop-time-authority-url = time_authority in { $path } is “{ $url }”, maar moet met http:// beginnen. Gewoon http is hier goed: een tijdstempel bewijst zichzelf, en de vraag verraadt niets.
shop-time-unreachable = Er is geen tijdstempel gehaald: { $url } gaf geen antwoord ({ $reason }). Al het andere is gedaan; haal er later een met “kluis-send time --to MAP”.
shop-no-target = { $path } is geen map. Als het op een stick staat: zit de stick erin en is hij aangekoppeld? Maak anders eerst de map.
shop-document-changed = { $path } is veranderd of verdwenen terwijl het werd verzegeld. Verzegel het opnieuw als niets er meer in schrijft.
shop-bundle-there = { $path } is er al en is geen bundel van dit register. Zet het ergens anders neer, en zoek uit waar het vandaan komt.
shop-nothing-sealed = Er is niets verzegeld, omdat { $refused ->
    [one] één bestand geweigerd is
   *[other] { $refused } bestanden geweigerd zijn
} en om alles of niets was gevraagd. Verbeter wat hierboven staat of laat het weg, of laat --all-or-nothing weg.
shop-replaces-unknown = Er is geen bundel { $number } om te vervangen: het laatste nummer van deze winkel is { $known }. “kluis-send status” toont ze.
shop-replaces-received = Bundel { $number } ligt in de kluis, dus er valt niets te vervangen. Gebruik --again om een document nog eens te sturen.
shop-replaces-replaced = Bundel { $number } is al door bundel { $by } vervangen. Is die ook kwijt, vervang dan { $by }.
shop-replacement-splits = Wat u noemde past niet in één bundel, maar bundel { $number } kan maar door één worden vervangen. Noem alleen de facturen daarvan, of helemaal geen bestanden: dan komen ze uit het register.
shop-replacement-lacks = Bundel { $number } heeft { $count ->
    [one] een factuur die niet zit
   *[other] { $count } facturen die niet zitten
} in wat u noemde; de eerste is { $first }. De kluis neemt bundel { $number } dan niet meer aan, dus de vervanger moet ze allemaal hebben. Er is niets verzegeld.
shop-no-law = Voor het land { $country } staat er geen wet in dit programma. Zeg met --country volgens het recht van welk land de boeken worden gehouden.
shop-neither-file-nor-code = “{ $typed }” is geen bestand en geen ontvangstcode. Een code is een getal en 16 letters en cijfers, zoals 57 Q2WM-5RTA-YX7K-3JEV; lees de code nog eens van het scherm van de kluis.
shop-code-differs = Dit is niet de code van de kluis voor bundel { $number }. Lees het nummer en de code nog eens van het scherm van de kluis. Staan ze er zoals u ze typte, vraag de kluis dan om een ontvangstbewijs als bestand.
shop-receipt-of-other = Dit is een bewijs van iets anders, niet het ontvangstbewijs van een bundel. Haal het ontvangstbewijs met “kluis receipt”.
shop-receipt-foreign = Dit ontvangstbewijs is voor een bundel van een andere winkel. Neem dat van deze winkel.
shop-receipt-contradicts = De kluis heeft een bundel { $number } aangenomen die het register van deze winkel niet heeft ondertekend. Of deze map is een oude kopie, of iemand anders heeft de sleutels. Wis niets, en zeg het de beheerder.
shop-push-line = Er kan niets naar { $to } gestuurd worden: { $reason }. In de README staat onder “One-way push” hoe de lijn wordt ingesteld.
shop-push-no-way = Er kan niets naar { $to } gestuurd worden: geen aansluiting van deze computer gaat daarheen. Zit de kabel erin, staat de aansluiting aan, en heeft ze haar adres? In de README staat onder “One-way push” hoe dat wordt ingesteld.
shop-push-unplugged = Er kan niets naar { $to } gestuurd worden: de aansluiting { $interface }, die daarheen gaat, heeft geen verbinding. Steek de kabel erin, en kijk of aan de andere kant alles aan staat.
shop-push-busy = Er wordt net iets van deze winkel verstuurd, misschien door haar outbox. Wacht tot dat klaar is; wat in de outbox ligt, gaat vanzelf.
shop-push-no-neighbour = Er is niets naar { $address } gegaan: niemand antwoordt voor dit adres op { $interface }, en over een lijn zonder weg terug kan dat ook niet. Geef deze computer het hardware-adres van de kluis: “ip neigh replace { $address } lladdr KLUIS-MAC dev { $interface } nud permanent”; bij de kluis zegt “ip link” wat KLUIS-MAC is.
shop-push-forbidden = Er kan niets naar { $to } gestuurd worden: deze computer staat het niet toe. Is het het adres van de kluis zelf (en niet een van velen), en laat de firewall het door?
shop-push-too-long = De aansluiting naar { $to } neemt geen datagrammen van { $length } bytes. Zet de MTU aan beide kanten op 9000, of laat --jumbo weg.
shop-push-no-key = Op de kaart van de kluis staat geen sleutel voor het versturen. Haal de nieuwste kaart van de kluis en neem die met “kluis-send enrol KAART”.
shop-push-kind = { $path } is geen bundel, geen tijdstempel en geen kaart: alleen *.bundle, *.tsr en *.card worden verstuurd.
shop-push-empty = { $path } is leeg, of kan niet in datagrammen verdeeld worden. Verzegel het opnieuw.
shop-push-other-box = Bundel { $number } is voor een andere kluis verzegeld dan de aangemelde. Verstuur hem vanuit de winkelmap waarin hij verzegeld is.
shop-push-nothing = In { $path } staat geen bundel, tijdstempel of kaart. Verzegel er iets in: “kluis-send seal BESTANDEN --to { $path }”.
shop-push-state-damaged = { $path } is niet wat daar bij het versturen geschreven wordt. Verwijder het: wat hierna verstuurd wordt begint opnieuw, en de kluis neemt het evengoed.

## Meldingen

shop-told-init =
    De winkelmap { $folder } is gemaakt. Het bestand “keys” erin is geheim: bewaar er een kopie van in uw eigen reservekopie.
    Hierna: haal de kaart van de kluis en neem haar aan met “kluis-send enrol KAART”.
shop-told-card = De kaart van de winkel staat in { $path }.
shop-told-card-next = Breng haar naar de kluis. De beheerder vergelijkt deze vingerafdruk met die op het scherm van de kluis.
shop-told-box = De kluis van { $entity }; de boeken worden gehouden volgens het recht van: { $country }.
shop-told-box-demo = Het is een DEMO-kluis: haar klok is te verzetten. Geef haar geen echte facturen.
shop-ask-fingerprint = Laat de beheerder deze vingerafdruk van het scherm van de kluis voorlezen. Is hij hetzelfde, typ dan de laatste vier tekens:
shop-told-enrolled = De kluis van { $entity } is aangemeld. Hierna: “kluis-send card” schrijft de eigen kaart van deze winkel voor haar.
shop-told-enrolled-newer = De nieuwere kaart van de kluis van { $entity } is aangenomen. Er is veranderd:
shop-told-enrolled-same = De kaart van de kluis van { $entity } is aangenomen; er is niets veranderd dat hier van belang is.
shop-change-opened = de termijn { $term } staat nu open
shop-change-gone = de termijn { $term } neemt geen bundels meer aan
shop-change-recipient = de termijn { $term } heeft een nieuwe sleutel
shop-change-kept = de termijn { $term } wordt bewaard tot en met { $until }

shop-told-term = Termijn { $term }: { $because }.
shop-told-no-term = Er is geen kluis gevraagd; volgens de wet alleen: { $because }.
shop-kept-by-card = bewaard tot en met { $until }, zoals de kaart van de kluis zegt ({ $article })
shop-told-kept = Dit komt in de gegevens, naast het onveranderde document:
shop-told-left = Dit komt niet in de gegevens; het blijft alleen in het document staan:
shop-told-left-one = { $what } ({ $count })
shop-told-left-nothing = Er is verder niets in gelezen.
shop-told-note = Let op: { $note } Het wordt bewaard zoals het is.
shop-kind = { $kind ->
    [invoice] factuur
    [credit-note] creditnota
    [corrected] gecorrigeerde factuur
    [prepayment] voorschotfactuur
    [self-billed] door de koper opgemaakte factuur
   *[other] { $kind }
}
shop-class = { $class ->
    [ordinary] gewoon
    [one-stop-shop] éénloketsysteem
    [immovable-property] onroerende zaken
   *[other] { $class }
}
shop-vat = { $rate }: { $tax } over { $taxable }

shop-told-finished = Bundel { $number } was eerder onderbroken en is nu heel.
shop-told-absent = Bundel { $number } is ondertekend, maar het bestand staat niet waar het was neergezet. Steek die stick erin en verzegel opnieuw, of vervang de bundel: “kluis-send seal --replaces { $number } --to MAP”.
shop-told-sealed = { $invoices ->
    [one] Eén factuur is
   *[other] { $invoices } facturen zijn
} verzegeld in { $bundles ->
    [one] één bundel
   *[other] { $bundles } bundels
}. Breng { $bundles ->
    [one] die
   *[other] ze
} naar de kluis en het ontvangstbewijs terug, voordat u iets wist.
shop-told-skipped = { $path } is al verzegeld in bundel { $number } en wordt overgeslagen (--again verzegelt het nog eens).
shop-told-twice = { $path } is hetzelfde document als een ander hier en wordt overgeslagen.
shop-told-with-notes = In { $count ->
    [one] één factuur kloppen
   *[other] { $count } facturen kloppen
} sommen niet; “kluis-send inspect” laat ze zien. Ze zijn verzegeld zoals ze zijn.
shop-told-time = Tijdstempel van { $date } naast de bundels: { $path }
shop-told-left-alone = { $count ->
    [one] Eén ander bestand in de mappen is
   *[other] { $count } andere bestanden in de mappen zijn
} niet meegenomen.
shop-told-refused = { $count ->
    [one] Eén bestand is
   *[other] { $count } bestanden zijn
} geweigerd en in geen bundel gekomen.
shop-progress-reading = Lezen
shop-progress-sealing = Bundel { $number }

shop-address-wanted = noem het eind van de kluis bij zijn adres en poort, zoals 192.168.77.2:8441
shop-progress-pushing = { $name }, ronde { $pass }
shop-told-pushed = { $count ->
    [one] Er is één bestand
   *[other] Er zijn { $count } bestanden
} verstuurd, { $passes ->
    [one] één keer
   *[other] in { $passes } rondes
}. Over deze lijn komt niets terug: pas de ontvangstbevestiging van de kluis zegt dat het aangekomen is.
shop-outbox-pushed = { $path } is verstuurd ({ $passes ->
    [one] één ronde
   *[other] { $passes } rondes
}, { $rate }).
shop-outbox-received = Bundel { $number } is in de kluis; het bestand staat nu in { $path }.
shop-outbox-finished = Dit is een dag lang verstuurd en staat nu in { $path }.
shop-outbox-waits = { $reason } De outbox blijft het proberen.
shop-outbox-goes-on = Er kon weer iets worden verstuurd: de outbox gaat verder.
shop-outbox-stopped = De outbox is gestopt. Daardoor gaat niets verloren: start hij weer, dan verstuurt hij wat nog geen ontvangstbewijs heeft.
shop-outbox-beat = Een levensteken is verstuurd; de laatste bundel is { $number }.
shop-column-rate = Snelheid
shop-told-received = Het ontvangstbewijs klopt: bundel { $number } ligt in de kluis.
shop-told-all-up-to = De code klopt: alle bundels tot en met { $number } liggen in de kluis.
shop-told-purge = { $count ->
    [one] Nog één factuur mag
   *[other] Nog { $count } facturen mogen
} nu uit de winkel worden gewist: “kluis-send status --purgeable” toont ze.
shop-told-nothing-new = Dat was al bekend.
shop-told-outstanding = Nog niet door de kluis bevestigd: { $numbers }.
shop-told-all-received = De kluis heeft alles bevestigd.
shop-told-no-bundles = Er is nog niets verzegeld.
shop-told-purge-list = { $count ->
    [one] Eén factuur ligt
   *[other] { $count } facturen liggen
} in de kluis en mogen uit de winkel worden gewist, met alle kopieën die u niet voor iets anders nodig hebt:
shop-told-purge-nothing = Er mag nog geen factuur worden gewist: de kluis heeft er geen bevestigd.
shop-state = { $state ->
    [received] in de kluis sinds { $received } of eerder
    [replaced] vervangen door { $by }
    [unfinished] niet afgemaakt
   *[waiting] wacht op het ontvangstbewijs
}

shop-column-number = Nr.
shop-column-term = Termijn
shop-column-days = Dagen
shop-column-until = Bewaard tot en met
shop-column-invoices = Facturen
shop-column-bytes = Grootte
shop-column-file = Bestand
shop-column-sealed = Verzegeld op
shop-column-state = Stand
shop-column-invoice = Factuur
shop-column-issued = Datum

## Het commentaar in config.toml

shop-config-name = De instellingen van kluis-send. Hoe de winkel op haar kaart heet:
shop-config-country = Het land waar de winkel gevestigd is, voor facturen die het niet zeggen:
shop-config-one-stop-shop =
    Of de winkel meedoet aan het éénloketsysteem van de EU: dan worden verkopen met btw
    aan consumenten in andere lidstaten tien jaar bewaard.
shop-config-time-authority =
    Waar bij elke verzegeling een tijdstempel wordt gehaald: het adres van een
    RFC 3161-tijdautoriteit, beginnend met http://. Haar certificaat moet in de kluis zijn vastgelegd:
shop-config-patterns = Welke bestanden in mappen facturen zijn (* en ? staan voor van alles):

## Hulp

shop-help = De kant van de webwinkel van Factuurkluis: verzegelt facturen voor een kluis die aan geen netwerk hangt, en zegt welke gewist mogen worden als de kluis ze heeft.
shop-help-examples =
    Het werk van een week:
      kluis-send seal facturen/ --to /media/stick     verzegel wat nieuw is
      (breng de stick naar de kluis, lees de code van het scherm)
      kluis-send receipt 57 Q2WM-5RTA-YX7K-3JEV       alles tot en met 57 is binnen
      kluis-send status --purgeable                   wat gewist mag worden

    Eenmalig, aan het begin:
      kluis-send init winkel --name "Trampoline"
      export KLUIS_SHOP=$PWD/winkel
      kluis-send enrol /media/stick/box.card
      kluis-send card --out /media/stick/trampoline.card
      kluis-send card --succeeds 57.tlog-proof      een nieuwe map nadat de computer verloren ging

    Eindstand: 0 gedaan, 1 geweigerd (met de reden), 2 verkeerd gebruik.
shop-help-shop = De winkelmap
shop-help-json = Meld het als JSON, voor scripts
shop-help-init = Maakt een winkelmap: kenmerken, een ondertekensleutel, instellingen
shop-help-init-examples =
    Voorbeeld:
      kluis-send init winkel --name "Trampoline" --country NL

    MAP/keys is geheim, MAP/config.toml mag u veranderen. Een bestaande winkelmap wordt nooit overschreven.
shop-help-init-dir = De map die gemaakt wordt
shop-help-init-name = Hoe de winkel heet, zoals de beheerder haar kent
shop-help-init-country = Waar de winkel gevestigd is, zoals NL; voor facturen die het niet zeggen
shop-help-init-one-stop-shop = De winkel doet mee aan het éénloketsysteem van de EU
shop-help-card = Schrijft de eigen kaart van de winkel, voor de kluis
shop-help-card-examples =
    Voorbeeld:
      kluis-send card --out /media/stick/trampoline.card

    De beheerder neemt haar bij de kluis aan met “kluis enrol” en vergelijkt de vingerafdruk, liefst per telefoon.
shop-help-card-out = Waar zij geschreven wordt
shop-help-card-succeeds = Zet een verloren winkelmap voort: haar laatste ontvangst van de kluis (alleen in een nieuwe map)
shop-help-card-old-shop = De eerdere winkelmap, als die er nog is: haar sleutel tekent voor de nieuwe
shop-help-enrol = Neemt de kaart van de kluis aan: voor wie en voor welke termijnen wordt verzegeld
shop-help-enrol-examples =
    Voorbeelden:
      kluis-send enrol /media/stick/box.card
      kluis-send enrol box.card --fingerprint Q2WM-5RTA-YX7K-3JEV

    De eerste kaart wordt eenmaal door twee mensen vergeleken. Een nieuwere kaart van dezelfde kluis wordt zonder vragen aangenomen.
shop-help-enrol-card = Het bestand met de kaart
shop-help-enrol-fingerprint = De vingerafdruk die de beheerder van het scherm van de kluis voorlas
shop-help-inspect = Toont wat er van een factuur bewaard wordt en wat niet, tot wanneer, en waarom
shop-help-inspect-examples =
    Voorbeelden:
      kluis-send inspect 2026-0001.xml
      kluis-send inspect facturen/ --country DE

    Werkt ook zonder kluis: dan volgens het recht van --country, of van het land van de verkoper.
shop-help-inspect-files = Facturen: UBL, CII, Factur-X of ZUGFeRD, of een PDF met een bijbestand (.json) ernaast
shop-help-inspect-country = Antwoord volgens het recht van dit land en niet volgens de kaart van de kluis
shop-help-class = De klasse van allemaal: ordinary, one-stop-shop of immovable-property
shop-help-seal = Verzegelt facturen in bundels voor de kluis
shop-help-seal-examples =
    Voorbeelden:
      kluis-send seal facturen/ --to /media/stick
      kluis-send seal 2026-0001.xml 2026-0002.pdf --to /media/stick
      kluis-send seal --replaces 5 --to /media/stick    bundel 5 is kwijt: dezelfde facturen nog eens

    Wat geweigerd wordt houdt de rest niet tegen; die wordt verzegeld, en de eindstand is 1. Documenten die
    al in een bundel zitten worden overgeslagen. Het bijbestand van een PDF heet BESTAND.json, of hetzelfde
    met .json aan het eind.
shop-help-seal-paths = Facturen, en mappen ervan
shop-help-seal-to = De map voor de bundels; die moet er zijn
shop-help-seal-replaces = Dit zijn de facturen van deze verloren of geweigerde bundel; zonder bestanden: die uit het register
shop-help-seal-again = Verzegel ook documenten die al in een bundel zitten
shop-help-seal-all-or-nothing = Verzegel niets als een bestand geweigerd wordt
shop-help-receipt = Neemt het ontvangstbewijs van de kluis aan: een bestand, of een getypte code
shop-help-receipt-examples =
    Voorbeelden:
      kluis-send receipt /media/stick/57.tlog-proof
      kluis-send receipt 57 Q2WM-5RTA-YX7K-3JEV

    Een code zegt dat alle bundels tot en met het nummer binnen zijn. Breng eens per maand een bestand mee:
    alleen daaraan merkt deze winkel dat een kluis op een oude kopie van haar schijf draait.
shop-help-receipt-what = Het bestand met een ontvangstbewijs, of een getal en een code
shop-help-time = Haalt een tijdstempel voor de kluis, over de laatste stand van haar journaal die deze winkel heeft nagegaan
shop-help-time-examples =
    Voorbeelden:
      kluis-send time --to /media/stick

    “kluis-send seal” doet hetzelfde vanzelf. De autoriteit is time_authority in config.toml.
shop-help-time-to = De map voor het tijdstempel; die moet er zijn
shop-help-status = Toont de bundels, wat de kluis bevestigd heeft, en de termijnen op haar kaart
shop-help-status-examples =
    Voorbeelden:
      kluis-send status
      kluis-send status --purgeable --json
shop-help-status-purgeable = Toon de facturen die in de kluis liggen en in de winkel gewist mogen worden
shop-help-push = Stuurt bundels, tijdstempels en kaarten over een eenrichtingslijn naar de kluis
shop-help-push-examples =
    Voorbeelden:
      kluis-send push 5f02a1b7-000057.bundle --to 192.168.77.2:8441
      kluis-send push uit/ --to 192.168.77.2:8441 --repair 60 --passes 3

    Elke ronde stuurt symbolen die nog niet verstuurd zijn, ook na een herstart: wat de ene ronde verliest,
    herstelt de volgende. “kluis-send outbox” doet alles vanzelf.
shop-help-push-paths = Bundels, tijdstempels en kaarten, en mappen daarvan
shop-help-to = De kant van de kluis aan de lijn
shop-help-from = Het eigen adres waar het vandaan gaat, dat de aansluiting aanwijst
shop-help-rate = Hoe snel: megabits aan datagrammen per seconde
shop-help-repair = Hoeveel procent meer dan het bestand per ronde verstuurd wordt, tegen wat de lijn verliest
shop-help-passes = Hoe vaak elk bestand verstuurd wordt
shop-help-jumbo = Datagrammen voor frames van 9.000 bytes; de aansluitingen moeten zo ingesteld zijn
shop-help-outbox = Verstuurt een map tot de ontvangstbevestigingen van de kluis er zijn
shop-help-outbox-examples =
    Voorbeelden:
      kluis-send outbox uit/ --to 192.168.77.2:8441
      kluis-send outbox uit/ --to 192.168.77.2:8441 --print-unit > kluis-outbox.service

    Verzegel in die map: “kluis-send seal facturen/ --to uit”. Wat “kluis-send receipt” bevestigd heeft, gaat
    naar uit/received. Een levensteken zegt de kluis elk uur dat de lijn werkt.
shop-help-outbox-dir = De map; die moet er zijn
shop-help-outbox-passes = Hoe vaak een nieuw bestand meteen verstuurd wordt
shop-help-outbox-every = Na hoeveel minuten een bestand zonder bevestiging nog eens verstuurd wordt
shop-help-outbox-once = Eén ronde, en niet meer
shop-help-outbox-print-unit = Druk een systemd-unit ervoor af, en doe niets
