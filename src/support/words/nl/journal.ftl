# Het journaal: wat er aan ijkpunten, ontvangstbewijzen en codes wordt geweigerd, en door het logboek op schijf.

journal-too-long = Deze tekst is langer dan { $limit } bytes en kan dus geen ontvangstbewijs of ijkpunt zijn. Controleer of het juiste bestand is gekozen.
journal-checkpoint-form = Dit is geen heel ijkpunt: regel { $line } klopt niet. Haal de tekst opnieuw van de kluis, onveranderd van de eerste tot en met de laatste regel.
journal-checkpoint-of-another = Dit ijkpunt is van “{ $origin }” en niet van deze kluis, “{ $expected }”. Neem het ijkpunt dat van deze kluis kwam.
journal-checkpoint-unsigned = Dit ijkpunt draagt geen geldige handtekening met de sleutel van “{ $expected }”. Het is veranderd of door een andere kluis gemaakt; vertrouw er niet op en haal een nieuw ijkpunt van de kluis.
journal-receipt-form = Dit is geen heel ontvangstbewijs: regel { $line } klopt niet. Haal het opnieuw van de kluis, onveranderd van de eerste tot en met de laatste regel.
journal-receipt-kind = Dit bewijs hoort bij een gebeurtenis van soort { $kind }, die dit programma niet kent. Werk het programma bij en probeer het opnieuw.
journal-receipt-unproven = Dit bewijs klopt niet: vanaf regel { $index } van het journaal is de ondertekende stand van { $size } regels niet te bereiken. Het is veranderd nadat de kluis het schreef; haal het opnieuw van de kluis.
journal-code-form = Dit is geen ontvangstcode. Een code is een getal en 16 letters en cijfers, zoals 57 Q2WM-5RTA-YX7K-3JEV; lees de code nog eens van het scherm van de kluis.
