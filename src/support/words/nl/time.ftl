# Tijdstempels: waarom er een niet wordt aangenomen.

time-too-long = Dit bestand is langer dan { $limit } bytes en is dus geen tijdstempel. Kijk of het juiste bestand is gebracht.
time-form = Dit is geen heel tijdstempel: { $at } heeft niet de vorm die RFC 3161 beschrijft. Laat “kluis-send time” een nieuw halen.
time-not-granted = De tijdautoriteit gaf geen stempel (status { $status }): “{ $reason }”. Probeer het later nog eens, of vraag een andere autoriteit.
time-algorithm = Dit tijdstempel gebruikt een algoritme dat hier niet wordt geloofd ({ $oid }). Vraag een autoriteit die tekent met RSA van 2048 bits of meer, of met ECDSA op P-256 of P-384, over SHA-256, 384 of 512.
time-over-other = Dit tijdstempel gaat over iets anders dan wat er in het bestand achter staat. Het bestand is veranderd of verkeerd samengesteld; laat “kluis-send time” een nieuw halen.
time-broken = De handtekening onder dit tijdstempel klopt niet: het is veranderd nadat de autoriteit het tekende. Laat “kluis-send time” een nieuw halen.
time-no-certificate = Dit tijdstempel heeft het certificaat van zijn ondertekenaar niet bij zich. Laat “kluis-send time” een nieuw halen; dat vraagt erom.
time-not-for-time = Het certificaat “{ $authority }” is er niet een voor tijdstempels alleen, dus zijn woord over de tijd telt niet. Vraag een tijdstempelautoriteit.
time-not-pinned = Dit tijdstempel is getekend door “{ $authority }”, die deze kluis niet hoeft te geloven. Moet dat wel: “kluis clock --pin BESTAND”, door twee beheerders, met het wortelcertificaat van die autoriteit.
time-chain-bad = De certificaten van “{ $authority }” waren niet alle geldig op het tijdstip dat het noemt ({ $at }): er een was verlopen, nog niet begonnen, of mag anderen niet tekenen. Vraag de autoriteit naar haar huidige dienst.
time-not-a-pin = Dit bestand is geen certificaat en geen openbare sleutel (PEM of DER) om een tijdautoriteit aan te kennen. Breng het wortelcertificaat van de autoriteit.
