# De berichten van de bewaarder.

keeper-already-a-box = Er is al een kluis in { $directory }. Er is niets veranderd. Kies een lege map voor een nieuwe.
keeper-not-a-box = Er is geen kluis in { $directory }. Maak er een met: kluis init { $directory }, of noem een andere met --box of KLUIS_BOX.
keeper-key-gone = De sleutel “{ $name }” is er niet meer; hij is intussen vernietigd.
keeper-wrong-pass = Naam en wachtwoordzin horen niet bij elkaar. Typ de wachtwoordzin zoals hij op het strookje staat; hoofdletters en streepjes doen er niet toe.
keeper-pass-not-good = Deze pas is alleen geldig van { $from } tot en met { $until }. Vraag een beheerder om een nieuwe.
keeper-officers-only = Dit mag alleen een beheerder.
keeper-unknown-reason = Zeg waarom u kijkt, met een van: { $list }.
keeper-fingerprint-differs = De vingerafdruk { $typed } is niet die van deze kaart ({ $card }). Vergelijk hem per telefoon met de winkel; verschilt hij dan nog, dan heeft iemand de kaart verwisseld.
keeper-card-for-another-box = De kaart van deze afzender is voor een andere kluis gemaakt. Geef de winkel eerst de kaart van deze kluis (kluis card) en laat hem dan de zijne maken.
keeper-card-waits = { $file }: de kaart van een winkel. Van deze winkel wordt niets ingenomen totdat een beheerder de vingerafdruk per telefoon heeft vergeleken en hem heeft ingeschreven: kluis enrol { $path }
keeper-card-here = { $file }: de kaart van een winkel die al is ingeschreven.
keeper-card-refused = { $file } is geweigerd: { $reason }.
keeper-sender-taken = Dit kenmerk of deze stroom is hier al, onder een andere sleutel. Is kluis-send gekopieerd? Richt de winkel opnieuw in met: kluis-send init. Of heeft de winkel een nieuwe sleutel? Dan moet haar kaart zeggen wat zij voortzet: kluis-send card --succeeds ONTVANGSTBEWIJS
keeper-card-older = Er is hier al een nieuwere kaart van deze winkel, van { $here }; deze is van { $issued }. Er is niets veranderd. Breng de nieuwste kaart van de winkel: kluis-send card
keeper-no-such-invoice = Die factuur is niet in deze kluis. Zoek hem eerst; de lijst noemt zijn plaats.
keeper-term-locked = De termijn { $term } is voorbij: de documenten zijn vergrendeld tot ze vernietigd worden, alleen nummers en datums staan nog in de lijst.
keeper-officer-beside = Volgens de klok of het woord van de beheerders is de termijn { $term } voorbij, en niemand heeft dat bewezen. Een controleur leest haar alleen samen met een beheerder: vraag er een om het op te zoeken.
keeper-term-destroyed = De termijn { $term } is vernietigd. Niemand kan er nog iets van lezen, deze kluis ook niet.
keeper-no-such-bundle = Er is geen bundel { $number } in deze kluis.
keeper-no-such-certificate = Er is geen certificaat voor { $term }: de termijn is niet vernietigd, of deze kluis heeft hem nooit gehad.
keeper-catalogue-counts = de catalogus heeft { $found } facturen en het journaal { $counted }; maak hem opnieuw met: kluis rebuild
keeper-which-stream = Noem de stroom met --stream, een van: { $list }.
keeper-unwritable = Wat gevraagd werd is niet te schrijven: { $reason }.
keeper-init-wants = Om een kluis te maken, zeg wiens boeken hij bewaart en wie de beheerders zijn: kluis init { $directory } --entity "Naam BV" --country NL --officer Anna --officer Bram
keeper-two-officers = Een kluis heeft ten minste twee beheerders nodig, zodat de een de ander kan vervangen. Geef --officer twee keer.
keeper-two-people = Twee beheerders beslissen dit samen, en { $name } is er één. Noem een ander met --with.
keeper-officer-too-new = { $officer } is korter dan een jaar beheerder en telt tot { $counts } niet mee als één van twee die beslissen. Vraag iemand die het langer is.
keeper-second-officer = Twee beheerders beslissen dit samen. Noem de tweede met --with, en laat die de wachtwoordzin typen.
keeper-no-such-officer = Er is geen beheerder { $name }. De beheerders zijn: { $list }.
keeper-no-such-pass = Er is geen pas { $name }. De passen zijn: { $list }.
keeper-name-taken = Een beheerder of een pas heet al { $name }. Kies een andere naam.
keeper-name-unfit = Een naam heeft ten minste één letter en ten hoogste { $limit } bytes, op één regel.
keeper-two-must-stay = { $name } kan nog niet weg: er moeten twee beheerders blijven die het al een jaar zijn, anders kan niemand nog iets beslissen.
keeper-no-such-sender = Met “{ $name }” is geen winkel bedoeld, of meer dan één. Geef de naam of het begin van het kenmerk van één van: { $list }.
keeper-succession-unknown = Deze kaart zet een eerdere stroom voort vanaf nummer { $number }, en deze kluis heeft dat nummer niet zoals de kaart het noemt. Laat de winkel de nieuwste ontvangst van deze kluis halen (kluis receipt) en zijn kaart opnieuw maken.
keeper-succession-wants-two = Deze kaart komt in de plaats van een eerdere sleutel, en die heeft haar niet ondertekend of is geblokkeerd. Twee beheerders beslissen dit samen: noem de tweede met --with.
keeper-nothing-waits = Van “{ $name }” wacht niets op een beslissing.
keeper-old-refused = { $file }: door een beheerder geweigerd, omdat de facturen ouder zijn dan 18 maanden. Vraag de beheerders van de kluis.
keeper-no-release-key = Deze kluis is zonder uitgavesleutel gemaakt en neemt geen wettabel aan. Nieuwe termijnen volgen de tabel van het programma; een beheerder kan een termijn verlengen (kluis law --lengthen), nooit verkorten.
keeper-law-table-refused = { $file } wordt geweigerd: { $reason }. Een wettabel moet ondertekend zijn met de uitgavesleutel die deze kluis kent; is die sleutel veranderd, neem de tabellen dan in de volgorde van hun uitgaven aan.
keeper-law-table-older = De tabel { $edition } is niet nieuwer dan de wet van deze kluis ({ $present }). Er is niets veranderd.
keeper-law-table-differs = De vingerafdruk { $typed } is niet die van deze tabel ({ $table }). Bekijk de tabel opnieuw, zonder --fingerprint, en typ wat er dan getoond wordt.
keeper-only-longer = De termijn { $term } wordt bewaard tot en met { $present }, en { $until } is niet later. Een beheerder kan een termijn verlengen, nooit verkorten.
keeper-too-long = De termijn { $term } kan tot ten hoogste { $most } verlengd worden. Geef een eerdere dag.
keeper-unreadable = { $path } is niet te lezen: { $reason }.
keeper-no-authority = Deze kluis gelooft nog niemand op de tijd en nam dus geen tijdstempel aan. Leg de autoriteit vast die het maakte: kluis clock --pin BESTAND --as NAAM --with NAAM, met het wortelcertificaat van de autoriteit.
keeper-token-over-other = Dit tijdstempel gaat over iets anders dan een stand van het journaal van deze kluis en zegt hier dus niets: { $reason }
keeper-token-was-struck = Het tijdstempel { $token } is door twee beheerders geschrapt en telt niet meer. Breng een nieuw.
keeper-token-lost = Het tijdstempel { $token } ligt niet meer in journal/tokens, of is veranderd. Het telt nog, volgens het journaal, maar niemand van buiten kan het nagaan: zet het bestand terug uit een kopie.
keeper-no-such-token = Er telt geen tijdstempel met de naam “{ $token }”. Geef ten minste de eerste acht tekens van een van: { $list }.
keeper-pin-there = De autoriteit { $fingerprint } wordt al geloofd. Er is niets veranderd.
keeper-no-such-pin = Geen autoriteit die geloofd wordt heeft de vingerafdruk “{ $fingerprint }”. Geef ten minste de eerste acht tekens van een van: { $list }.
keeper-too-many-pins = Een kluis gelooft hoogstens { $limit } tijdautoriteiten. Haal er eerst een weg: kluis clock --unpin VINGERAFDRUK
keeper-admission-lost = Het journaal telt een opname (regel { $entry }) waarvan de gegevens niet meer te lezen zijn: een bestand “events” in de map “terms” is beschadigd of afgekapt. Er is niets veranderd. Zet de map “terms” terug uit de nieuwste kopie van de kluis en geef dan: kluis verify
keeper-entries-lost = { $count } regels van het journaal zijn niet meer te openen, terwijl niets waar ze bij kunnen horen vernietigd is: een bestand in “journal/events” of een “events” in “terms” is beschadigd of afgekapt. Zet ze terug uit de nieuwste kopie van de kluis en geef dan: kluis verify
keeper-stopped-longer = Deze kluis is gestopt. Ze heeft ooit een kop van haar journaal met { $seen } regels ondertekend, en haar journaal heeft er maar { $size }: ze draait op een oude kopie van haar schijf, en wat sindsdien gebeurde ontbreekt hier. Ze neemt niets in, vernietigt niets en geeft geen ontvangstbewijzen. Zet de nieuwste kopie van haar schijf terug en start haar opnieuw. Is die voorgoed verloren, dan laten twee beheerders haar zonder verdergaan: kluis verify --go-on --as NAAM --with NAAM
keeper-stopped-contradicts = Deze kluis is gestopt. Ze heeft ooit een kop van haar journaal met { $seen } regels ondertekend waar haar journaal niet toe leidt: dit is niet de schijf die ze had, of iemand anders heeft haar sleutel. Ze neemt niets in, vernietigt niets en geeft geen ontvangstbewijzen. Zet de nieuwste kopie van haar schijf terug en start haar opnieuw. Is die voorgoed verloren, dan laten twee beheerders haar zonder verdergaan: kluis verify --go-on --as NAAM --with NAAM
keeper-not-stopped = Deze kluis is niet gestopt; er is niets opzij te leggen.
keeper-no-head = In { $file } staat geen kop van een journaal die deze kluis ondertekende. Neem een ontvangstbewijs, kaart, certificaat of pasbriefje van deze kluis zelf, onveranderd.
keeper-typed-differs = Wat voor { $size } regels werd getypt past niet bij het journaal, dat { $log } regels heeft. Vergelijk het met het briefje; staat het daar zo, breng dan het bestand van het briefje of een ontvangstbewijs van toen: die zijn ondertekend en laten zien of deze kluis op een oude kopie van haar schijf draait.
keeper-journal-broken = In het journaal staat iets wat er niet hoort: { $reason }. Draai kluis verify, en maak voor al het andere een kopie van de kluis.

keeper-admitted = { $file }: ingenomen als nummer { $number }, { $invoices ->
    [one] een factuur
   *[other] { $invoices } facturen
} van de termijn { $term }
keeper-already-here = { $file }: was er al als nummer { $number } ({ $invoices ->
    [one] een factuur
   *[other] { $invoices } facturen
} van de termijn { $term }); hier is het ontvangstbewijs nog eens

keeper-token-taken = { $file }: een tijdstempel, ingenomen: het bewijst dat { $date } voorbij is, over de eerste { $size } regels van dit journaal
keeper-token-here = { $file }: dit tijdstempel was hier al ({ $date }, { $size } regels)

keeper-clock-release = Deze kluis weet dat { $floor } voorbij is: haar programma is uitgebracht op { $from }, en sindsdien telde ze { $days } dagen stroom.
keeper-clock-token = Deze kluis weet dat { $floor } voorbij is: { $authority } tekende de tijd { $from } over dit journaal, en sindsdien telde de kluis { $days } dagen stroom.
keeper-clock-turned = Deze kluis is als demo gemaakt, en haar klok is op { $from } gezet.
keeper-clock-claimed = De klok van deze machine zegt { $claimed }; dat is alleen een bewering: op haar woord wordt niets vernietigd.
keeper-clock-declared = Twee beheerders verklaarden dat het { $declared } is; ook dat is alleen een bewering. Zegt de klok hetzelfde, dan gaat wat volgens beide voorbij is na nog 30 dagen stroom.
keeper-clock-struck = Geschrapt door twee beheerders: een tijdstempel van { $time } door { $authority }. Er rust niets op.
keeper-clock-no-authority = Ze gelooft niemand op de tijd, dus kan geen certificaat “bewezen” zeggen. Twee beheerders leggen een tijdautoriteit vast met haar wortelcertificaat: kluis clock --pin BESTAND --as NAAM --with NAAM
keeper-clock-no-token = Er kwam geen tijdstempel sinds { $since }. Laat de winkel er een meebrengen op de stick: “kluis-send time --to STICK”, en dan hier “kluis take STICK”. “kluis-send seal” brengt er vanzelf een mee als de instellingen van de winkel een autoriteit noemen.
keeper-waiting = { $file }: wacht op een beheerder van de kluis, omdat { $old ->
    [one] één van de { $invoices } facturen
   *[other] { $old } van de { $invoices } facturen
} ouder { $old ->
    [one] is
   *[other] zijn
} dan 18 maanden (de oudste van { $oldest }). Hij is nog niet opgenomen: bewaar de stick, er is geen ontvangst. Een beheerder beslist met: kluis waiting

keeper-reason-tax-audit = Belastingcontrole
keeper-reason-customer-request = Een klant vroeg erom
keeper-reason-legal-claim = Rechtsvordering
keeper-reason-bookkeeping = Boekhouding
keeper-reason-check = Controle van de kluis

keeper-hold-lost = Het journaal telt een vernietigingsstop (regel { $entry }) die niet meer te lezen is: een bestand “events” onder de map “holds” is beschadigd of verwijderd. Er is niets veranderd. Zet de map “holds” terug uit de nieuwste kopie van de kluis en draai daarna: kluis verify
keeper-no-such-term = Er is geen termijn { $term } in deze kluis. Bekijk de termijnen met: kluis clock
keeper-no-such-hold = Er is geen vernietigingsstop { $hold } in deze kluis. Er zijn: { $list }.
keeper-no-holds = Er wordt in deze kluis niets langer bewaard.
keeper-hold-released-already = De vernietigingsstop { $hold } is al opgeheven. Hij eindigt zodra niemand zijn kopieën meer leest.
keeper-unknown-hold-reason = Zeg waarom het langer bewaard moet worden, met één van: { $list }.
keeper-reference-unfit = Geef een kenmerk waarmee anderen de zaak terugvinden, zoals het nummer van een brief: op één regel, hoogstens { $limit } bytes.

keeper-hold-reason-tax-audit = Belastingcontrole
keeper-hold-reason-objection = Bezwaar of beroep
keeper-hold-reason-court = Rechtszaak
keeper-hold-reason-legal-claim = Rechtsvordering

keeper-hold-scope-term = De hele termijn { $term }
keeper-hold-scope-number = Factuur { $number }
keeper-hold-scope-range = Facturen { $from } tot en met { $to }
keeper-hold-scope-stream = Alle facturen van { $stream }

## The one-way line
keeper-line-of-bundle = Bundel { $number } van { $shop }
keeper-line-of-tsr = Een tijdstempel van { $shop }
keeper-line-of-card = Een kaart van { $shop }
keeper-line-strange = De kaart van een winkel die nog niet is toegelaten
keeper-line-soon = Nog minder dan een minuut.
keeper-line-minutes = Nog ongeveer { $count ->
    [one] één minuut
   *[other] { $count } minuten
}.
keeper-line-hours = Nog ongeveer { $count ->
    [one] één uur
   *[other] { $count } uur
}.
keeper-line-checked = Alles is er en wordt gecontroleerd.
keeper-line-begun = Hoelang het duurt, staat hier zo.
keeper-line-waits = Er komt nu niets van (het laatste kwam op { $at }). Wat hier is, blijft bewaard; de rest komt wanneer de winkel het opnieuw verstuurt, wat haar outbox elk uur doet.
