# De sleutelkast: waar de kluis haar sleutels bewaart (src/appliance/vault).

vault-already-there = Er is al een sleutelkast op { $path }. Maak de nieuwe kluis in een andere, lege map.
vault-root-dead = De wortelsleutel op { $root } is op beide plaatsen leeg of beschadigd. Zonder die sleutel kan niemand nog iets in deze kluis openen. Stond hij op een ander apparaat, controleer dan of het juiste is aangesloten.
vault-nothing-opens = De wortelsleutel op { $root } past niet op de sleutelkast in { $directory }. Hij hoort bij een andere kluis, of de sleutelkast is een oude kopie van vóór een vernietiging, of beide bestanden ervan zijn beschadigd. Controleer of wortelsleutel en kluis bij elkaar horen.
vault-old-copy = De sleutelkast in { $directory } is een oude kopie: het is wijziging { $found }, terwijl de wortelsleutel wijziging { $expected } al kent. Er is een eerdere kopie van de schijf teruggezet. Zet de laatste terug; deze wordt niet geopend.
vault-unknown-version = { $path } is van versie { $version }, die dit programma nog niet kent. Gebruik het nieuwere programma dat het heeft geschreven.
vault-unsettled = Een eerdere wijziging van de sleutelkast is afgebroken; tot dat is opgelost wordt er niets meer gewijzigd. Start het programma opnieuw: het maakt die wijziging af of draait haar terug.
vault-key-dropped = Door een gewone wijziging zou de sleutel van { $key } verloren gaan; daarom is zij geweigerd. Een sleutel eindigt alleen door een vernietiging.
vault-key-name-taken = Er is of was al een sleutel van { $key }. Kies een andere naam.
vault-no-such-key = Er is geen sleutel van { $key }. Hij is nooit gemaakt, of hij is vernietigd.
vault-written-once = De wijziging is bewaard, maar in slechts een van de twee bestanden van de sleutelkast: de schijf was te vol voor { $path }. Maak ruimte vrij en start het programma opnieuw; het schrijft dan het tweede.
vault-not-prepared = { $path } is net geschreven, maar komt anders terug; daarom is er niets vernietigd. De schijf gaat stuk: vervang haar en start het programma daarna opnieuw.
vault-too-large = De sleutelkast zou { $bytes } bytes innemen en mag er { $limit } hebben. Verwijder toegangspassen of beleid dat niemand meer nodig heeft.
vault-file-damaged = { $path } bevat niet wat het hoort te bevatten. Het andere bestand wel; start het programma opnieuw, dan wordt het hersteld. Gebeurt dit vaker, vervang dan de schijf.
vault-slot-alive = Plaats { $slot } van de wortelsleutel hoort leeg te zijn, maar is dat niet. Start het programma opnieuw; blijft het zo, dan kan het medium niet worden overschreven en moet het worden vervangen.
vault-old-root-opens = De oude wortelsleutel opent { $path } nog; de vernietiging is dus niet klaar. Start het programma opnieuw: het maakt haar af.
vault-clock-too-large = Wat de kluis van de tijd weet neemt { $bytes } bytes in en mag er { $limit } innemen. Er is niets gewijzigd; dit is een fout in het programma, meld haar alstublieft.
vault-root-path = { $path } hoort de map van de wortelsleutel met het volledige pad te noemen, en doet dat niet. Schrijf dat pad erin, zonder regeleinde.

vault-root-file-same-device = De wortelsleutel van deze kluis is een bestand in { $path }, op hetzelfde apparaat als de gegevens. Wie een eerdere kopie van dit apparaat heeft, of dat bestand terughaalt, kan openen wat sindsdien is vernietigd.
vault-root-file-other-device = De wortelsleutel van deze kluis is een bestand in { $path }, op een ander apparaat dan de gegevens. Wie een eerdere kopie van dat bestand en van de gegevens heeft, of beide terughaalt, kan openen wat sindsdien is vernietigd.
