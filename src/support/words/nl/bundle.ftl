# De berichten over bundels.

bundle-cbor-too-long = het heeft { $length } bytes, en { $limit } is het meeste dat mag
bundle-cbor-not-of-form = de inhoud heeft niet de verwachte vorm ({ $reason })
bundle-cbor-not-canonical = de inhoud is anders geschreven dan in de enige vorm die geldt

bundle-statement-wrong-kind = het is geen bestand van de soort “{ $expected }”
bundle-statement-unknown-version = het is van versie { $found }, die dit programma niet kent; werk het programma bij
bundle-statement-truncated = het houdt te vroeg op; kopieer het opnieuw van waar het gemaakt is
bundle-statement-too-long = een deel ervan noemt { $length } bytes, en { $limit } is het meeste; het is beschadigd of niet met kluis-send gemaakt
bundle-statement-not-of-form = de inhoud heeft niet de verwachte vorm: { $reason }
bundle-statement-bad-signature = de handtekening is niet die van de sleutel die had moeten tekenen
bundle-statement-trailing-bytes = er staan nog bytes na het einde; kopieer het opnieuw van waar het gemaakt is
bundle-statement-unreadable = het is niet te lezen: { $reason }

bundle-not-a-bundle = het is geen bundel van kluis-send; kijk of het het juiste bestand is
bundle-unknown-version = het is een bundel van versie { $found }, die dit programma niet kent; werk het programma bij
bundle-header-truncated = het houdt midden in de kop op; kopieer het opnieuw vanaf de winkel
bundle-header-too-long = volgens het bestand heeft de kop { $length } bytes, en meer dan { $limit } mag niet; het is beschadigd of niet door kluis-send gemaakt: kopieer het opnieuw vanaf de winkel
bundle-header-not-of-form = de kop heeft niet de verwachte vorm ({ $reason }); kopieer het bestand opnieuw vanaf de winkel, of verzegel opnieuw met een recente kluis-send
bundle-seen-too-long = het controlepunt dat de winkel zegt te hebben gezien heeft { $length } bytes, en { $limit } is het meeste; verzegel de facturen opnieuw met een actuele kluis-send
bundle-bad-signature = de kop is niet met de sleutel van de ingeschreven afzender ondertekend, of is daarna veranderd; kopieer het bestand opnieuw vanaf de winkel, en vergelijk als dat niet helpt per telefoon de kaart van de winkel
bundle-header = de kop van de bundel is geweigerd: { $reason }
bundle-unknown-suite = de bundel gebruikt suite { $suite }, die dit programma niet kent; werk het programma bij
bundle-empty = er zit geen factuur in de bundel
bundle-too-many-invoices = de bundel noemt { $count } facturen, en { $limit } is het meeste; verzegel ze in meer bundels
bundle-too-large = de bundel is groter dan { $limit } bytes; verzegel de facturen in meer bundels
bundle-truncated = de bundel houdt te vroeg op: er zijn { $have } van { $want } bytes; kopieer hem opnieuw van de winkel
bundle-damaged = de bytes van de bundel zijn niet die welke de afzender heeft getekend; kopieer hem opnieuw van de winkel
bundle-not-age = wat de bundel omsluit is geen age-bestand van de juiste soort ({ $reason }); verzegel opnieuw met kluis-send
bundle-wrong-key = de bundel is niet versleuteld voor de sleutel van deze termijn; geef de winkel de nieuwste kaart van deze kluis en verzegel opnieuw
bundle-leaves-too-large = de gegevens in de bundel zijn groter dan { $limit } bytes; verzegel de facturen in meer bundels
bundle-leaves-differ = de gegevens zijn niet die welke de afzender heeft getekend
bundle-leaf-not-of-form = gegeven { $leaf } van de bundel heeft niet de juiste vorm; verzegel opnieuw met een actuele kluis-send
bundle-foreign-payload = gegeven { $leaf } is door een andere afzender of voor een andere bundel verzegeld: iemand heeft een gekopieerde inhoud als de zijne getekend
bundle-payload-ends = de inhoud van de bundel houdt op voor het laatste document
bundle-payload-goes-on = de inhoud van de bundel gaat door na het laatste document
bundle-document-differs = een document van factuur { $invoice } is niet het document dat de gegevens noemen
bundle-no-such-document = gegeven { $leaf } heeft geen document { $document }
bundle-too-many-documents = factuur { $invoice } moet tussen een en { $limit } documenten hebben
bundle-invoice-too-large = factuur { $invoice } alleen al is meer dan in een bundel past
bundle-document-changed = document { $document } veranderde tijdens het verzegelen; verzegel opnieuw wanneer niets er meer in schrijft
bundle-io = lezen of schrijven is mislukt: { $reason }

## Certificaten van vernietiging: wat de kluis opende, wat niet gedekt is, wat niet klopt.
certificate-root-file-on-data-device = een bestand op hetzelfde apparaat als de gegevens (wie het ene kopieerde, kon ook het andere kopiëren)
certificate-root-file-elsewhere = een bestand op een ander apparaat dan de gegevens
certificate-root-tpm = een TPM (geen kopie van de schijven van de kluis opent haar oude sleutels)
certificate-not-prints-and-exports = Afdrukken, exports, bewijzen en plaatjes die iemand eerder heeft meegenomen.
certificate-not-shops-copies = Wat buiten de kluis ligt: de eigen kopieën van de winkel, haar mail, haar boekhoudpakket.
certificate-not-other-boxes = Een andere kluis waarvoor de winkel dezelfde facturen verzegelde: een certificaat spreekt voor één kluis.
certificate-not-file-root-copies = Een eerder gemaakte kopie van het bestand dat de sleutels opende, of het terughalen ervan: daarmee en met een kopie van de oude sleutels zijn de facturen te lezen. Een kluis met een TPM heeft zo’n bestand niet.
certificate-not-held-invoices = Facturen die worden vastgehouden: die blijven leesbaar tot twee beheerders ze vrijgeven.
certificate-not-unknown = Iets dat dit programma niet kent ({ $code }). Een nieuwer programma zegt wat het is.
certificate-checkpoint = de kop van het journaal erop is niet door deze kluis ondertekend
certificate-another-token = tijdstempel { $number } erop is niet het stempel dat het noemt
certificate-not-over-a-head = tijdstempel { $number } erop gaat niet over een eerdere kop van het journaal van deze kluis
certificate-not-past = de laatste tijd die voor de kluis bewezen was, ligt vóór de laatste dag waarop de facturen bewaard moesten worden
certificate-not-proven = het zegt “bewezen”, en geen tijdstempel erop is later dan de laatste dag waarop de facturen bewaard moesten worden
