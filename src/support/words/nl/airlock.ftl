# USB-sticks: eerst wat de sluis zelf weigert, dan wat van een stick en van een bestand daarop wordt geweigerd.

# Hoe het proces dat een stick leest is geëindigd, naar zijn woord.
airlock-fault = { $reason ->
    [crashed] het liep vast
    [memory] het zou meer geheugen nodig hebben dan een stick mag kosten
    [time] de stick antwoordde niet op tijd
    [forbidden] het probeerde iets wat het niet mag
    [killed] het werd beëindigd, of de machine had geen geheugen meer
   *[other] { $reason }
}
airlock-unavailable = Het proces dat sticks leest kan niet in zijn kooi worden gestart ({ $reason }). Zonder dat proces wordt geen stick gelezen. De kluis heeft Linux 5.19 of nieuwer nodig met Landlock en seccomp; vraag wie voor de kluis zorgt.
airlock-failed = Het proces dat de stick leest heeft het opgegeven: { airlock-fault }. Steek de stick er opnieuw in; helpt dat niet, formatteer hem dan opnieuw en kopieer de bundels er nog eens op.
airlock-failed-at = { $file }: het proces dat de stick leest heeft dit bestand opgegeven: { airlock-fault }. De andere bestanden zijn gelezen. Kopieer het op een andere stick.
airlock-protocol = Het proces dat de stick leest gaf een antwoord dat nergens op slaat. Probeer het nog eens; gebeurt het weer, dan is de stick waarschijnlijk kwaad bedoeld: vraag de winkel waar hij vandaan komt.
airlock-not-opened = { $path } kan niet worden geopend: { $reason }.
airlock-in-use = { $path } is bij deze machine in gebruik (aangekoppeld, of deel van iets dat het is). Een stick wordt gelezen zonder hem aan te koppelen: ontkoppel hem eerst.
airlock-not-a-stick = { $path } is geen stick (een blokapparaat) en ook geen kopie van een stick.
airlock-pulled-out = De stick is eruit getrokken voordat alles was gelezen. Wat tot dan is ingenomen, is veilig; steek de stick er opnieuw in voor de rest.
airlock-more-than-a-stick = “{ $name }” is niet alleen een stick: hij heeft { $interfaces } functies, misschien een toetsenbord. Hij is niet gelezen. Haal hem eruit en gebruik een gewone USB-stick.
airlock-no-mass-storage = “{ $name }” is geen USB-stick maar iets dat zich als schijf gedraagt. Hij is niet gelezen. Haal hem eruit en gebruik een gewone USB-stick.
airlock-one-at-a-time = Er wordt al een andere stick gelezen. Wacht tot die eruit mag en steek dan deze erin.
airlock-write-protected = De stick is tegen schrijven beveiligd. Zoek een klein schuifje erop, of neem een andere stick.
airlock-not-written = { $file } kon niet op de stick worden geschreven: { $reason }. Neem een andere; wat erop stond, staat er nog.
airlock-our-fault = De kluis zelf liep hierop vast: een fout van het programma, niet van wat er is gebracht. Wat volgens de kluis ingenomen is, is ingenomen. Breng dit nog eens (een stick: haal hem eruit en steek hem er weer in); loopt het weer vast, vraag dan wie de kluis onderhoudt.
airlock-no-stick = Er zit geen stick in waarop geschreven kan worden. Steek er een in, wacht tot hij is gelezen, en vraag het opnieuw.
airlock-too-many-cards = { $file } is niet bewaard: er wachten al { $limit } kaarten van winkels. Schrijf ze in, of haal ze weg uit de map “spool/cards” van de kluis, en breng haar opnieuw.

# Hoe een stick te formatteren, gezegd waar iets anders is gevonden.
stick-how-to-format = Kopieer wat u nog nodig hebt van de stick en formatteer hem dan: in Windows met rechts op de stick klikken, “Formatteren…”, bestandssysteem exFAT; op een Mac in Schijfhulpprogramma “Wis”, structuur ExFAT; op Linux in Schijven “Partitie formatteren…”, soort exFAT of FAT. Kopieer daarna de bundels er opnieuw op.
# Een bestand bij zijn naam, of de lijst van de stick zelf.
stick-file = { $file ->
    [top] De bestandslijst van de stick
   *[other] { $file }
}
stick-again = Kopieer het opnieuw op de stick en haal de stick pas uit de computer als die zegt dat het mag.

stick-unreadable = De stick antwoordde niet op byte { $at }: hij is eruit getrokken, of hij slijt. Steek hem er nog eens in; helpt dat niet, kopieer de bestanden dan op een andere stick.
stick-format = De stick is geformatteerd als { $format }, en dat wordt hier niet gelezen. { stick-how-to-format }
stick-unknown = Op de stick is geen FAT of exFAT gevonden: hij is leeg, beschadigd, versleuteld, of geformatteerd als iets wat hier niet bekend is. { stick-how-to-format }
stick-partitions = De partitietabel van de stick spreekt zichzelf tegen; daarom is er niets van gelezen. { stick-how-to-format }
stick-geometry = Het bestandssysteem van de stick noemt maten die niet kunnen; daarom is er niets van gelezen. { stick-how-to-format }
stick-twice = De stick zou op één plek twee keer gelezen moeten worden: het bestandssysteem is beschadigd, of kwaad bedoeld. Vraag de winkel waar hij vandaan komt. { stick-how-to-format }
stick-scattered = De bestanden op de stick liggen in te veel stukken. { stick-how-to-format }
stick-too-many-entries = Er staan meer dan { $limit } namen in de bestandslijst van de stick. Verplaats wat niet bij Factuurkluis hoort naar een eigen map (niet “kluis”), of neem een lege stick.
stick-too-many-files = Er staan meer dan { $limit } bundels, tijdstempels en kaarten op de stick. Verdeel ze over meer sticks.
stick-circular = { stick-file } is beschadigd: de stukken gaan in een kring rond. { stick-again }
stick-crossing = { stick-file } is beschadigd: de plek op de stick is ook van een ander bestand. { stick-again }
stick-outside = { stick-file } is beschadigd: een stuk ervan zou liggen waar de stick niets heeft, of versleten is. { stick-again }
stick-short = { stick-file } is beschadigd: het einde ontbreekt. { stick-again }
stick-entry = { stick-file } is beschadigd: wat de bestandslijst erover zegt, spreekt zichzelf tegen. { stick-again }
stick-empty = { stick-file } is leeg. { stick-again }
stick-unfinished = { stick-file } is niet tot het einde gekopieerd. { stick-again }
stick-too-long = { stick-file } is langer dan de { $limit } bytes die zo'n bestand mag hebben; het is niet wat de naam zegt. Het is niet gelezen.
stick-not-handed-on = { $file } is van de stick gelezen, maar kon niet worden bewaard: { $reason }. Controleer de schijf van de kluis en steek de stick er nog eens in.
stick-no-room = { $file } past niet meer op de stick. Maak er ruimte op, of neem een andere.
stick-unwritable = { $file } is niet geschreven: het bestandssysteem van de stick is beschadigd of van een zeldzame soort, en schrijven zou kunnen schaden wat erop staat. Laat een computer de stick controleren, of neem een andere.
stick-name-unfit = “{ $file }” is geen naam die op een stick kan worden geschreven. Gebruik letters, cijfers, punten en streepjes, hooguit 100.
stick-not-written = { $file } kon niet op de stick worden geschreven: { $reason }. Controleer of hij niet tegen schrijven beveiligd is, of neem een andere; wat hij eerst toonde, toont hij nog.
