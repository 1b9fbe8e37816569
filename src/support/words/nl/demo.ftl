# De demonstratie: een verzonnen winkel, van de eerste factuur tot het eerste certificaat.

demo-title = Factuurkluis: een demonstratie
demo-intro = Een verzonnen winkel met verzonnen klanten en verzonnen facturen. Er gaat niets van deze computer af.
demo-folder = Alles gebeurt in deze map, als u wilt meekijken: { $folder }
demo-folder-goes = Die wordt weggehaald als u stopt.
demo-folder-stays = Die blijft staan als u stopt, omdat u hem zelf hebt genoemd.

demo-box-title = Een kluis voor een kleine webwinkel
demo-box = Dit is de kluis van { $shop } Ze hangt aan geen enkel netwerk. Ze bewaart de facturen van de winkel zolang de Belastingdienst ernaar kan vragen, en vernietigt ze daarna.
demo-box-officers = Twee beheerders staan ervoor in, zodat de een altijd door de ander vervangen kan worden. Ieder krijgt, deze ene keer, een wachtwoordzin te zien:

demo-meet-title = De winkel en de kluis maken kennis
demo-meet = Elk zet voor de ander een kaart op een stick. Aan de telefoon lezen beide de vingerafdruk voor van de kaart die ze gekregen hebben:
demo-meet-box = kaart van de kluis
demo-meet-shop = kaart van de winkel
demo-meet-done = Ze zijn gelijk, dus niemand heeft onderweg een kaart verwisseld. Vanaf nu neemt de kluis aan wat deze winkel op een stick zet, en van niemand anders iets.

demo-years-title = Wat de winkel tot nu toe bewaard heeft
demo-years-bar = Facturen schrijven
demo-years = { $count } facturen en creditnota's van { $first } tot en met { $last }, samen { $gross } met btw: precies zoals ze verstuurd zijn, als PDF aan mensen en als XML aan bedrijven. Tot nu toe staan ze allemaal nog in de database van de winkel, met veel meer over zijn klanten, op internet.

demo-seal-title = De winkel zet ze op een stick
demo-seal-bar = Verzegelen
demo-seal = { $invoices } facturen staan verzegeld en ondertekend in { $files } bestanden ({ $megabytes } MB) op de stick, per termijn één bestand. Een termijn is wat samen afloopt: bijvoorbeeld de facturen van één boekjaar. Wie de stick vindt, kan niets lezen.

demo-take-title = De stick gaat in de kluis
demo-take-bar = Innemen
demo-take = De kluis heeft elke handtekening gecontroleerd, elk document gelezen en vergeleken met wat de winkel erover zegt. { $invoices } facturen zijn binnen, en elk verzegeld bestand blijft zoals het kwam. Per termijn:
demo-take-term = { $term }: { $invoices ->
    [one] één factuur
   *[other] { $invoices } facturen
}, bewaard tot en met { $until }

demo-receipts-title = De ontvangstbewijzen gaan terug naar de winkel
demo-receipts = De winkel heeft { $receipts } ontvangstbewijzen zelf gecontroleerd, zonder netwerk en zonder de kluis te hoeven geloven: alle { $invoices } facturen zijn er.
demo-receipts-code = Wie geen stick bij de hand heeft, typt in plaats daarvan deze code. Die zegt “alles tot en met dit nummer”:
demo-receipts-purge = Nu kan de winkel deze facturen verwijderen, en al het andere dat hij over deze klanten heeft, en hun vertellen waarom.

demo-copy-title = Uit, en weer aan
demo-copy = De kluis is uitgezet, haar hele schijf is gekopieerd, en ze is weer aangezet. Alle { $invoices } facturen zijn er nog. De kopie komt zo van pas.

demo-console-title = Kijk zelf
demo-console = Dit opent de eigen pagina's van de kluis in uw browser, met een zoekopdracht al ingevuld. (Bij een echte kluis zijn die alleen op haar eigen scherm te zien.)
demo-console-log-in = De link werkt één keer. Log daarna in als beheerder { $name }, met de wachtwoordzin { $pass }

demo-in-browser = In uw browser:

demo-sent-title = Een factuur zoals ze verstuurd is
demo-sent-search = Een controleur vraagt naar alles wat aan { $name } verkocht is:
demo-sent-unchanged = { $number } is onveranderd sinds { $since }: de { $bytes } bytes in de kluis zijn precies de bytes die de klant kreeg. Dit kwam eruit; open het maar:
demo-sent-proof = Het bewijs ernaast laat dat zien aan iedereen die het wil nagaan, en laat niets zien over een andere klant.
demo-locked = vergrendeld

demo-flip-title = Iemand verandert één byte
demo-flip-bar = Controleren
demo-flip = In de kopie van de schijf is één byte van de { $bytes } veranderd, midden in dit bestand:
demo-flip-found = De kopie controleert zichzelf, en vindt dat bestand en verder niets:
demo-flip-sound = De kluis zelf, op dezelfde manier gecontroleerd: alle { $invoices } facturen en alle { $entries } regels van haar journaal zijn zoals ze waren.

demo-end-title = Een termijn loopt af
demo-end-clock = Deze kluis is gemaakt om te laten zien, dus haar klok is te verzetten. Een echte kluis gelooft alleen de tijd die ze zelf heeft meegemaakt, of tijd die iemand van buiten heeft ondertekend.
demo-end-not-yet = Het is nu { $now }. Er is nog geen termijn voorbij: { $term } wordt bewaard tot en met { $until }. Start de demonstratie opnieuw met meer jaren: kluis demo --fast-forward 4
demo-end-due = Het is nu { $now }. De facturen van { $year } moesten bewaard worden tot en met { $until }. Die dag is voorbij.
demo-end-locked = Dezelfde zoekopdracht laat alleen nummers en datums zien, zodat de beheerders nog kunnen zien of een factuur voor een geschil nodig is. De documenten zijn vergrendeld:
demo-end-destroyed = { $days } dagen later, { $now }: de kluis heeft de sleutel van de termijn { $term } uit zichzelf vernietigd.
demo-again-search = Nog eens dezelfde zoekopdracht: niets.
demo-again-stick = Dezelfde stick, die nog in een la lag, gaat opnieuw in de kluis:
demo-again-keys = Elke sleutel die de kluis nog heeft ({ $keys }) wordt geprobeerd op het bestand op die stick: geen enkele past.
demo-again-others = De andere { $invoices } facturen zijn zoals ze waren.

demo-certificate-title = Het certificaat
demo-certificate = Op { $on } is de sleutel van { $term } ({ $entity }) vernietigd, en daarmee { $invoices } facturen. Ze moesten bewaard worden tot en met { $until } ({ $article }).
demo-certificate-word = Hoe men dat weet: { $word }.
demo-certificate-not = Wat het niet dekt:
demo-certificate-copies = – afdrukken, exports en wat de winkel zelf nog heeft: in zijn mail, zijn boekhouding, zijn eigen kopieën.
demo-certificate-root = – en dit certificaat bewijst niets: de klok van een demonstratie wordt met de hand verzet, en de sleutel van haar sleutels is een bestand. De kopie van de schijf die eerder gemaakt is, had dat bestand erbij en vond er zojuist nog { $count ->
    [one] één van deze facturen
   *[other] { $count } van deze facturen
} mee. Kopieer dat bestand van een echte kluis nooit; bewaar het op een eigen apparaat.

demo-further = De klok gaat verder, naar { $now }:
demo-further-due = { $term }: voorbij, en vergrendeld
demo-further-destroyed = { $term }: vernietigd, met een certificaat
demo-further-living = { $terms ->
    [one] Eén termijn leeft verder.
   *[other] { $terms } termijnen leven verder.
}

demo-enter-look = Kijk rond in uw browser. Druk hier op Enter om verder te gaan.
demo-enter-end = Druk op Enter om de klok vooruit te zetten.
demo-enter-destroy = Kijk in uw browser naar de termijnen. Druk op Enter om nog 30 dagen voorbij te laten gaan.

demo-open-until-stopped = De kluis blijft aan, en haar pagina's blijven open, tot u de demonstratie stopt met Ctrl-C.
demo-over-gone = De demonstratie is voorbij. De map is weggehaald; er is niets van over.
demo-over-kept = De demonstratie is voorbij. Alles staat nog in { $folder }

## Weigeringen
demo-folder-not-empty = Er staat al iets in { $folder }. Noem een lege map, of geen: dan maakt de demonstratie er zelf een en haalt die weer weg.
demo-went-wrong = De demonstratie ging niet zoals het hoort: { $what }. Meld dit alstublieft; aan uw eigen facturen is niets gebeurd.
demo-stopped = De demonstratie is gestopt.
