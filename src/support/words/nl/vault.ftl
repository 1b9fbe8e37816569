# De sleutelkast: waar de kluis haar sleutels bewaart (src/appliance/vault).

vault-already-there = Er is al een sleutelkast op { $path }. Maak de nieuwe kluis in een andere, lege map.
vault-root-dead = De wortelsleutel van deze kluis ({ $root }) is op beide plaatsen leeg of beschadigd. Zonder die sleutel kan niemand nog iets in deze kluis openen. Stond hij op een ander apparaat, controleer dan of het juiste is aangesloten.
vault-nothing-opens = De wortelsleutel van deze kluis ({ $root }) past niet op de sleutelkast in { $directory }. Hij hoort bij een andere kluis, of de sleutelkast is een oude kopie van vóór een vernietiging, of beide bestanden ervan zijn beschadigd. Controleer of wortelsleutel en kluis bij elkaar horen.
vault-old-copy = De sleutelkast in { $directory } is een oude kopie: het is wijziging { $found }, terwijl de wortelsleutel wijziging { $expected } al kent. Er is een eerdere kopie van de schijf teruggezet. Zet de laatste terug; deze wordt niet geopend.
vault-unknown-version = { $path } is van versie { $version }, die dit programma nog niet kent. Gebruik het nieuwere programma dat het heeft geschreven.
vault-unsettled = Een eerdere wijziging van de sleutelkast is afgebroken; tot dat is opgelost wordt er niets meer gewijzigd. Zorg dat de schijf niet vol is en start het programma opnieuw: het maakt die wijziging af of draait haar terug.
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
vault-tpm-not-built = Dit programma is gebouwd zonder zijn deel voor een TPM. Bouw het met: cargo build --release --features tpm (op Debian: libtss2-dev, libtss2-tcti-device0, pkg-config), of maak de nieuwe kluis met --root PAD.
vault-tpm-missing = De TPM op { $place } antwoordt niet ({ $reason }). De wortelsleutel van deze kluis zit erin. Zet de TPM aan in de instellingen van de firmware, en zorg dat dit programma hem mag gebruiken (op Debian: de groep tss).
vault-tpm-taken = De TPM van deze computer bewaart al de wortelsleutel van een andere kluis, en kan dat maar voor één. Wie hem leegmaakt in de instellingen van de firmware, vernietigt alles in die kluis, voorgoed. Een kluis daarnaast maakt u met --root PAD.
vault-tpm-owned = Iemand heeft op de TPM van deze computer een eigenaarswachtwoord gezet; daarom kan geen kluis er haar wortelsleutel bewaren. Maak de TPM leeg in de instellingen van de firmware (wie hem nog meer gebruikt, verliest zijn sleutels), of maak de kluis met --root PAD.
vault-tpm-forgotten = De TPM van deze computer kent geen wortelsleutel van deze kluis. Hij is leeggemaakt, of dit is een andere computer. Is de schijf verplaatst, zet haar dan terug in haar eigen computer; is de TPM leeggemaakt, dan kan niemand nog iets in deze kluis openen.
vault-tpm-other-start = Deze computer is niet gestart zoals voor deze kluis is goedgekeurd: een andere opstartstick, een update, een gewijzigde kaart of instelling. Zit er een vreemde stick in, haal die eruit en start opnieuw. Was het een update of reparatie, keur die dan goed met de opstartsleutel die kluis init toonde: kluis approve-start --boot-key BESTAND
vault-tpm-note = { $path } en het tweede bestand ernaast bevatten niet wat ze horen te bevatten. Er is niets verloren: schrijf ze opnieuw met de opstartsleutel die kluis init toonde: kluis approve-start --boot-key BESTAND
vault-tpm-failed = De TPM weigerde { $command } ({ $reason }). Zet de computer uit en weer aan; blijft het zo, dan gaat de TPM stuk: laat de winkel wat in deze kluis is opnieuw verzegelen, voor een andere kluis.
vault-boot-key-wrong = Dat is niet de opstartsleutel van deze kluis. Het zijn de 64 cijfers en letters die kluis init één keer toonde.
vault-no-tpm-root = De wortelsleutel van deze kluis is een bestand; er is dus geen start van de computer goed te keuren.
vault-root-path = { $path } hoort de map van de wortelsleutel met het volledige pad te noemen, en doet dat niet. Schrijf dat pad erin, zonder regeleinde.

vault-root-file-same-device = De wortelsleutel van deze kluis is een bestand in { $path }, op hetzelfde apparaat als de gegevens. Wie een eerdere kopie van dit apparaat heeft, of dat bestand terughaalt, kan openen wat sindsdien is vernietigd.
vault-root-file-other-device = De wortelsleutel van deze kluis is een bestand in { $path }, op een ander apparaat dan de gegevens. Wie een eerdere kopie van dat bestand en van de gegevens heeft, of beide terughaalt, kan openen wat sindsdien is vernietigd.
vault-root-tpm = De wortelsleutel van deze kluis zit in de TPM van deze computer. Geen kopie van de schijven opent wat sindsdien is vernietigd, en geen vreemde opstartstick opent de kluis.
vault-root-tpm-unmeasured = De wortelsleutel van deze kluis zit in de TPM van deze computer. Geen kopie van de schijven opent wat sindsdien is vernietigd. Maar deze computer meet niet hoe hij start; wat er ook op gestart wordt, kan de kluis openen.
