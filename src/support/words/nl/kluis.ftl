# De berichten van de opdrachtregel.

kluis-column-number = Nummer
kluis-column-date = Datum
kluis-column-customer = Klant
kluis-column-net = Zonder btw
kluis-column-gross = Met btw
kluis-column-place = Plaats
kluis-column-term = Termijn
kluis-column-kept-until = Bewaard tot
kluis-column-invoices = Facturen
kluis-column-why = Hoe het ervoor staat
kluis-column-sender = Winkel
kluis-column-document = Document

kluis-locked = vergrendeld
kluis-not-exact = (niet exact)

kluis-take-nothing = Daar is niets in te nemen: geen bundel (een bestand waarvan de naam op .bundle eindigt), geen tijdstempel (.tsr) en geen kaart van een winkel (.card).
kluis-take-stick-rest = { $count ->
    [one] Eén ander bestand of andere map op de stick is met rust gelaten.
   *[other] { $count } andere bestanden en mappen op de stick zijn met rust gelaten.
}
kluis-take-stick-unread = { $count ->
    [one] Eén bestand is niet meer gelezen.
   *[other] { $count } bestanden zijn niet meer gelezen.
}
kluis-take-stick-nothing = Er is op deze stick niets in te nemen. Bundels (.bundle), tijdstempels (.tsr) en kaarten van winkels (.card) liggen bovenaan of in een map die “kluis” heet.
kluis-take-code = ontvangstcode voor de winkel: { $code }
kluis-take-gaps = van deze winkel ontbreekt nog: nummer { $numbers }
kluis-take-receipts = ontvangstbewijzen geschreven naar { $directory }

kluis-find-nothing = Er is niets gevonden. Namen worden per woord gezocht, nummers in hun geheel (of het begin met een * erachter).
kluis-find-count = { $count ->
    [one] Een factuur gevonden.
   *[other] { $count } facturen gevonden.
}
kluis-find-sum = { $count ->
    [one] Een factuur
   *[other] { $count } facturen
}: { $net } zonder btw, { $vat } btw, { $gross } met btw
kluis-find-credit-sum = { $count ->
    [one] Een creditnota
   *[other] { $count } creditnota's
}: { $net } zonder btw, { $vat } btw, { $gross } met btw
kluis-find-more = Er zijn er meer: zoek nauwkeuriger, of vraag er meer met --limit.

kluis-show-unchanged = Onveranderd sinds { $since }: dit is wat de winkel heeft getekend; de inname is regel { $entry } van het journaal.
kluis-show-document = het document is geschreven naar { $file }
kluis-show-proof = het bewijs is geschreven naar { $file }; controleer het met: scripts/read-bundle.py --proof { $file }

kluis-clock-demo = Hij is als demo gemaakt: de klok kan verdraaid worden, en wat hij certificeert bewijst niets.
kluis-clock-pinned = { $name } wordt vanaf nu geloofd op de tijd. Vergelijk de vingerafdruk met die welke de autoriteit bekendmaakt: { $fingerprint }
kluis-clock-unpinned = { $name } ({ $fingerprint }) wordt niet meer geloofd op de tijd. Eerdere tijdstempels tellen tot ze geschrapt zijn.
kluis-clock-struck = Het tijdstempel { $token } is geschrapt: er rust niets meer op.
kluis-clock-floor-now = Het laatste tijdstip waarvan de kluis weet dat het voorbij is, is nu { $to }.

kluis-card = Kaart van de kluis van { $entity }. De vingerafdruk, om per telefoon met de winkel te vergelijken:

      { $fingerprint }
kluis-card-written = De kaart is geschreven naar { $file }. Geef hem aan de winkel; daar: kluis-send enrol { $file }

kluis-enrol-compare = De kaart van de winkel “{ $name }” heeft de vingerafdruk

      { $fingerprint }

    Vergelijk hem per telefoon met de winkel. Is hij gelijk, draai dan:
      kluis enrol { $file } --fingerprint { $fingerprint } --as NAAM
kluis-enrol-done = De winkel “{ $name }” is ingeschreven: zijn bundels worden van nu af ingenomen.
kluis-enrol-again = De winkel “{ $name }” was al ingeschreven.

kluis-verify-checked = Gecontroleerd: { $bundles } bundels met { $invoices } facturen, { $entries } regels van het journaal, { $certificates } certificaten.
kluis-verify-strays = { $strays ->
    [one] Eén bundel ligt
   *[other] { $strays } bundels liggen
} in “strays” van de termijn: het journaal weet er niet van, dus is er geen ontvangstbewijs van gegeven, of het journaal is een oude kopie. Neem wat daar ligt opnieuw in met: kluis take terms/TERMIJN/strays, of vergelijk het journaal met het nieuwste ontvangstbewijs: kluis verify --since BESTAND
kluis-verify-sound = Alles is zoals het getekend en ingenomen is.
kluis-verify-unsound = Iets is niet zoals het getekend is. Maak een kopie van de kluis voor u iets verandert, en laat de winkel opnieuw verzegelen wat beschadigd is.
kluis-since = Het journaal van { $size } regels bevat het oudere van { $old } regels, onveranderd: { $new ->
    [0] er kwam sindsdien niets bij
    [one] er kwam sindsdien één regel bij
   *[other] er kwamen sindsdien { $new } regels bij
}. Bewezen met { $nodes ->
    [one] één knoop
   *[other] { $nodes } knopen
} van de boom (RFC 9162); --json toont ze.
kluis-go-on = De kluis gaat verder zonder de geschiedenis waar haar kop van { $size } regels van wist. Die kop staat voorgoed in het journaal. Zeg het de winkel: waarvoor zij sinds die kopie van de schijf ontvangstbewijzen heeft, is hier niet en moet opnieuw verzegeld worden.
kluis-rebuild-done = De catalogi van { $terms } termijnen zijn opnieuw gemaakt.

kluis-receipt = Nummer { $number } van { $sender } is in de kluis. Ontvangstcode: { $code }
kluis-receipt-no-code = nog geen, want nummer 1 ontbreekt

kluis-certificate-head = Certificaat van vernietiging (versie { $version }) van { $entity }, door de kluis { $box }
kluis-certificate-what = De sleutel van de termijn { $term } is vernietigd op { $on } (naar de klok van de kluis): { $invoices ->
    [one] één factuur
   *[other] { $invoices } facturen
} in { $bundles ->
    [one] één bundel
   *[other] { $bundles } bundels
}, niet meer te lezen. Ze moesten bewaard worden tot en met { $until } ({ $article }, wettabel { $table }).
kluis-certificate-entries = { $entries ->
    [one] Eén regel
   *[other] { $entries } regels
} van het journaal gingen erover; de digest van hun nummers is { $digest }.
kluis-certificate-held = Uitgezonderd { $count ->
    [one] is er één die wordt
   *[other] zijn er { $count } die worden
} vastgehouden; die zijn te lezen tot twee beheerders ze vrijgeven.
kluis-certificate-strength = Hoe sterk: { $word }.
kluis-certificate-floor = Voor de kluis was bewezen dat { $floor } voorbij is, en ze stond { $days ->
    [one] één dag
   *[other] { $days } dagen
} aan tussen “verlopen” en de vernietiging.
kluis-certificate-token = Tijdstempel { $number } gaat over de kop van het journaal van { $size } regels en zegt { $time } (instantie { $authority }).
kluis-certificate-token-seam = Of die autoriteit het ondertekende zegt dit programma met --authority ROOT.pem, en openssl: draai dit met --evidence MAP en daarna de opdrachten uit de README.
kluis-certificate-token-signed = {"   "}Het is ondertekend door de autoriteit die u noemde.
kluis-certificate-token-unsigned = {"   "}Het is NIET aantoonbaar ondertekend door de autoriteit die u noemde: { $reason }
kluis-certificate-root = De sleutels werden geopend door { $root }. De sleutel was weg met generatie { $generation } ervan.
kluis-certificate-not-covered = Niet gedekt:
kluis-certificate-good = De handtekening van het certificaat klopt. Hij is van de sleutel { $key }.
kluis-certificate-card = Dit is de sleutel op de kaart van de kluis.
kluis-certificate-other-key = Dit is NIET de sleutel op de kaart van de kluis.
kluis-certificate-which-key = Vergelijk de sleutel met de kaart van de kluis: kluis verify-certificate BESTAND --card KLUIS.CARD
kluis-certificate-fault = ✗ De handtekening klopt, maar { $fault }: de kluis zegt meer dan ze kan laten zien.
kluis-certificate-html = Het blad om af te drukken staat in { $file }
kluis-certificate-evidence = De tijdstempels en waar ze over gaan staan in { $directory }
kluis-certificate-no-evidence = Dit certificaat draagt geen tijdstempel, dus in { $directory } is niets geschreven

kluis-init-done = De kluis van { $entity } is gemaakt in { $directory }.
kluis-init-pass-phrase = Wachtwoordzin van beheerder { $name } (wordt alleen nu getoond, schrijf hem op): { $pass }
kluis-init-boot-key = Opstartsleutel van deze computer (wordt alleen nu getoond): { $key }
    Schrijf hem op en berg hem achter slot op, niet op deze kluis. Na een update of reparatie gaat de kluis alleen daarmee open: kluis approve-start --boot-key BESTAND. Zonder die sleutel blijft de kluis voorgoed dicht als de computer anders opstart. Wie de sleutel én de kluis heeft, kan openen wat nog leeft; wat vernietigd is niet.
kluis-start-approved = De manier waarop deze computer nu is gestart, is goedgekeurd: de kluis gaat open.
kluis-init-terms = Hij heeft deze termijnen:
kluis-init-next = Nu: geef de winkel de kaart { $card }.
kluis-pass-made = Pas { $pass } voor { $holder }, geldig tot en met { $until }. Wachtwoordzin (wordt alleen nu getoond): { $phrase }
    Het journaal had toen { $size } regels; voor het pasbriefje: { $journal }
kluis-pass-revoked = De pas { $pass } is niet meer geldig, en wie ermee binnen was is eruit.
kluis-slip = PAS { $pass } voor de kluis van { $entity }

    Voor:            { $holder }
    Reden:           { $reason }
    Geldig tot en met: { $until }
    Wachtzin:        ______________________________  (staat één keer op het scherm; schrijf hem hier met de hand)

    Toen deze pas werd uitgegeven had het journaal van de kluis { $size } regels:

          { $journal }

    Bewaar dit briefje. Daarmee kan de kluis worden gevraagd, vandaag en over jaren, te bewijzen dat niets
    van wat ze toen geschreven had sindsdien is veranderd of weggelaten:

          kluis verify --since { $journal }
          kluis verify --since { $file }        met dit bestand, waarvan de kluis de laatste regels ondertekende
kluis-officer-made = { $name } is nu beheerder, en telt vanaf { $from } mee als één van twee die beslissen. Wachtwoordzin (wordt alleen nu getoond): { $phrase }
kluis-officer-gone = { $name } is geen beheerder meer.
kluis-officer-from-the-first-day = vanaf de eerste dag
kluis-column-officer = beheerder
kluis-column-counts-from = één van twee vanaf

kluis-enrol-compare-successor = De kaart van de winkel “{ $name }” heeft de vingerafdruk

      { $fingerprint }

    De eerdere sleutel heeft haar ook ondertekend. Vergelijk de vingerafdruk telefonisch met de winkel. Is die gelijk, geef dan:
      kluis enrol { $file } --fingerprint { $fingerprint } --as NAAM
kluis-enrol-compare-successor-two = De kaart van de winkel “{ $name }” heeft de vingerafdruk

      { $fingerprint }

    De eerdere sleutel heeft haar niet ondertekend, of is geblokkeerd: twee beheerders beslissen. Bel de winkel op een nummer dat u kent en vergelijk de vingerafdruk. Is die gelijk, geef dan:
      kluis enrol { $file } --fingerprint { $fingerprint } --as NAAM --with NAAM
kluis-succession = Een nieuwe sleutel komt in de plaats van een eerdere. Bundels van de eerdere sleutel gelden tot en met nummer { $last }; wat hier is blijft zoals het is, latere nummers worden geweigerd.
kluis-succession-beyond = Nummers na { $last } zijn hier al: { $numbers }. Zij blijven. Vraag de winkel of hij ze zelf verzegeld heeft.
kluis-sender-blocked = Van “{ $name }” wordt niets meer aangenomen. Wat hier is blijft. Voor een nieuwe sleutel van deze winkel zijn twee beheerders nodig: kluis enrol KAART
kluis-sender-is-enrolled = aangemeld
kluis-sender-is-blocked = geblokkeerd
kluis-sender-is-replaced = vervangen, geldig tot en met nummer
kluis-waiting-nothing = Niets wacht op een beheerder.
kluis-waiting-decide = Vraag de winkel of hij facturen van eerdere jaren brengt. Daarna: kluis waiting --admit WINKEL --as NAAM, of --refuse WINKEL
kluis-law-built-in = Nieuwe termijnen volgen de wettabel { $edition } van dit programma.
kluis-law-taken = Nieuwe termijnen volgen de wettabel { $edition }, die twee beheerders aangenomen hebben.
kluis-law-key = Een gewijzigde tabel moet ondertekend zijn met de uitgavesleutel { $key }.
kluis-law-no-key = Deze kluis is zonder uitgavesleutel gemaakt: hij neemt geen gewijzigde tabel aan.
kluis-law-table = De wettabel { $edition } (van kracht: { $present }).
kluis-law-moves-nothing = Zij verschuift geen termijn.
kluis-law-due = Die dag is voorbij: de termijn wordt gesloten, en vernietigd na 30 dagen stroom.
kluis-law-unmoved = Niet verschoven: { $terms }
kluis-law-without-row = Voor deze heeft zij geen regel, zij blijven zoals ze zijn: { $terms }
kluis-law-successor = De tabellen na deze moeten met een andere sleutel ondertekend zijn: { $key }
kluis-law-compare = Er is niets veranderd. De vingerafdruk van de tabel is

      { $fingerprint }

    Als dit de wet is, nemen twee beheerders haar aan met:
      kluis law { $file } --fingerprint { $fingerprint } --as NAAM --with NAAM
kluis-law-done = De wettabel { $edition } is van kracht. Geef de winkels de nieuwe kaart van de kluis: kluis card
kluis-law-lengthened = { $term } wordt bewaard tot en met { $to } in plaats van { $from }. Geef de winkels de nieuwe kaart van de kluis: kluis card
kluis-clock-term-moved = { $term }: het einde is verschoven van { $from } naar { $to }.
kluis-release-key-form = een sleutel is 64 hexadecimale cijfers op één regel
kluis-release-key-there = er is al zo'n bestand, en een sleutel wordt nooit overschreven
kluis-release-key-open = anderen kunnen deze geheime sleutel lezen; chmod 600
kluis-column-sender-id = Kenmerk
kluis-column-stream = Stroom
kluis-column-newest = Nieuwste nummer
kluis-column-state = Stand
kluis-column-old = Oud / alle
kluis-column-oldest = Oudste
kluis-column-then-until = Dan tot en met

kluis-run-ready = De kluis draait. Console: { $address }
kluis-run-keys-not-locked = De sleutels van deze kluis liggen in geheugen dat naar de wisselruimte kan gaan: dit systeem laat er te weinig van vastzetten. Verhoog de grens (ulimit -l, LimitMEMLOCK= van de dienst) tot 8 MiB, of zet wisselgeheugen uit.
kluis-run-refused = { $file } is niet ingenomen ({ $code }). Wat erin staat komt niet in een logboek: de console zegt op haar pagina Stick waarom, en ook “kluis take” met dat bestand in een terminal.
kluis-run-stick-in = Er is een stick in gestoken. Hij wordt gelezen; laat hem zitten.
kluis-run-stick-done = De stick is gelezen. U mag de stick eruit halen.
kluis-run-stick-out = De stick is eruit.
kluis-run-stick-failed = Het deel van de kluis dat op sticks wacht, liep vast en is opnieuw begonnen. Komt dit terug, vraag dan wie de kluis onderhoudt.
kluis-run-stick-deaf = De kernel meldt deze kluis niet wanneer er een stick in gaat ({ $reason }): de kluis kijkt eens per minuut. Vraag wie voor de kluis zorgt.
kluis-run-push-ready = Er wordt geluisterd naar de eenrichtingslijn op { $address }.
kluis-run-push-trouble = De eenrichtingslijn wordt niet gehoord: het proces ervan start niet ({ $reason }). Vraag wie de kluis onderhoudt.
kluis-run-push-dies = Het proces dat de eenrichtingslijn hoort, stopt telkens en wordt telkens opnieuw gestart. Is de schijf vol? Wat intussen verstuurd wordt, komt later nog eens; blijft dit terugkomen, vraag dan wie de kluis onderhoudt.
kluis-run-push-silent = Van { $shop } is sinds { $at } niets gehoord over de eenrichtingslijn. Staat de computer daar aan, draait “kluis-send outbox”, zit de kabel erin?
kluis-line-none = Deze kluis luistert niet naar een eenrichtingslijn. “kluis run --push ADRES:POORT” doet dat.
kluis-line-heard = { $shop } is het laatst gehoord op { $at } en heeft tot en met nummer { $last } verzegeld.
kluis-line-awaited = Nog niet hier, misschien onderweg: { $numbers }.
kluis-line-missing = Ontbreekt: { $numbers }. Kijk in de outbox van de winkel; komen ze niet meer, breng ze dan op een stick.
kluis-line-nothing = Er is nu niets onderweg.
kluis-run-push-missing = { $shop } heeft bundels verzegeld die al meer dan twee uur niet over de eenrichtingslijn kwamen: { $numbers }. Liggen ze daar nog in de outbox? Komen ze niet meer, breng ze dan op een stick.
kluis-run-push-again = { $shop } is weer te horen over de eenrichtingslijn.
kluis-stick-written = { $file } staat op de stick. U mag de stick eruit halen.
kluis-run-disk-full = De kluis wacht, en gaat verder zodra er ruimte op haar schijf is; tot dan vernietigt ze niets en neemt ze niets in. { $reason }
kluis-run-room-again = Er is weer ruimte op de schijf: de kluis gaat verder.
kluis-run-due = { $term } is voorbij: hij is vergrendeld en wordt na nog 30 dagen stroom vernietigd.
kluis-run-destroyed = { $term } is vernietigd. Het certificaat ligt in de map “certificates” van de kluis.

kluis-ask-pass-phrase = Wachtwoordzin van { $name }:{" "}
kluis-no-terminal = Er is geen terminal om de wachtwoordzin van { $name } te vragen. Zet hem in een bestand en noem dat met --pass-file.
kluis-file-unreadable = { $file } is niet te lezen: { $reason }.
kluis-file-unwritable = { $file } is niet te schrijven: { $reason }.
kluis-place-unreadable = “{ $place }” is geen plaats van een factuur. Neem hem uit de laatste kolom van kluis find.

kluis-run-hold-ended = De vernietigingsstop { $term } is voorbij: de kopieën, de reden en het kenmerk zijn vernietigd.
kluis-hold-placed = { $what } { $invoices ->
    [0] wordt langer bewaard en niet vernietigd
    [one] wordt langer bewaard: één factuur heeft een eigen kopie en overleeft haar termijn
   *[other] worden langer bewaard: { $invoices } facturen hebben een eigen kopie en overleven hun termijn
}, tot twee beheerders de vernietigingsstop { $hold } opheffen.
kluis-hold-released = De vernietigingsstop { $hold } is opgeheven. De kopieën, de reden en het kenmerk zijn vernietigd; een hele termijn wacht nu eerst nog haar 30 dagen.
kluis-hold-none = Er wordt niets langer bewaard.
kluis-hold-sign-in = Kenmerken zijn voor beheerders: kluis hold --as NAAM
kluis-hold-ends = eindigt zodra de kluis weer draait
kluis-column-hold = stop
kluis-column-held = wat
kluis-column-reason = reden
kluis-column-reference = kenmerk
kluis-column-placed = opgelegd
kluis-verify-holds = Gecontroleerd: { $holds ->
    [one] één vernietigingsstop
   *[other] { $holds } vernietigingsstops
} met { $held ->
    [one] één gekopieerde factuur
   *[other] { $held } gekopieerde facturen
}, elk met bewijs, ontvangstbewijs en documenten.
kluis-show-held = Deze factuur wordt langer bewaard dan haar termijn, tot twee beheerders dat opheffen.
kluis-held = langer bewaard
