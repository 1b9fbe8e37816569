# Het journaal: wat er aan ijkpunten, ontvangstbewijzen en codes wordt geweigerd, en door het journaal op schijf.

journal-too-long = Deze tekst is langer dan { $limit } bytes en kan dus geen ontvangstbewijs of ijkpunt zijn. Controleer of het juiste bestand is gekozen.
journal-checkpoint-form = Dit is geen heel ijkpunt: regel { $line } klopt niet. Haal de tekst opnieuw van de kluis, onveranderd van de eerste tot en met de laatste regel.
journal-checkpoint-of-another = Dit ijkpunt is van “{ $origin }” en niet van deze kluis, “{ $expected }”. Neem het ijkpunt dat van deze kluis kwam.
journal-checkpoint-unsigned = Dit ijkpunt draagt geen geldige handtekening met de sleutel van “{ $expected }”. Het is veranderd of door een andere kluis gemaakt; vertrouw er niet op en haal een nieuw ijkpunt van de kluis.
journal-receipt-form = Dit is geen heel ontvangstbewijs: regel { $line } klopt niet. Haal het opnieuw van de kluis, onveranderd van de eerste tot en met de laatste regel.
journal-receipt-kind = Dit bewijs hoort bij een gebeurtenis van soort { $kind }, die dit programma niet kent. Werk het programma bij en probeer het opnieuw.
journal-receipt-unproven = Dit bewijs klopt niet: vanaf regel { $index } van het journaal is de ondertekende stand van { $size } regels niet te bereiken. Het is veranderd nadat de kluis het schreef; haal het opnieuw van de kluis.
journal-code-form = Dit is geen ontvangstcode. Een code is een getal en 16 letters en cijfers, zoals 57 Q2WM-5RTA-YX7K-3JEV; lees de code nog eens van het scherm van de kluis.

journal-misplaced = Een gebeurtenis van soort { $kind } hoort niet in “{ $place }”. Dit is een fout in het programma; er is niets geschreven. Meld het alstublieft.
journal-body-too-long = Een gebeurtenis van { $bytes } bytes is langer dan het journaal aankan ({ $limit } bytes). Er is niets geschreven; doe hetzelfde met minder facturen tegelijk.
journal-place-name = “{ $place }” kan geen deel van het journaal heten. Gebruik de naam van een termijn (kleine letters, cijfers en streepjes) of een jaar.
journal-broken = Het journaal kon zojuist niet worden geschreven; er wordt daarom niets meer in geschreven. Zorg dat er ruimte is op de schijf en dat die in orde is, en start de kluis dan opnieuw.
journal-checkpoint-bad = Het ijkpunt in { $path } is niet door deze kluis ondertekend, of het is beschadigd. Zet het terug van een kopie. Weet u zeker dat de rest van het journaal klopt, verwijder dat bestand dan; de kluis ondertekent het journaal dan zoals het is.
journal-log-shorter = Het journaal telt { $size } regels, maar deze kluis heeft er { $signed } ondertekend: dit is een oude of onvolledige kopie. Zet de hele map van het journaal terug van de nieuwste kopie.
journal-log-contradicts = Het journaal leidt niet tot het ijkpunt over { $signed } regels dat deze kluis heeft ondertekend: het is veranderd of beschadigd. Zet de hele map van het journaal terug van de nieuwste kopie.
journal-entries-damaged = De { $size } regels van het journaal leiden niet meer tot wat deze kluis heeft ondertekend: het bestand journal/entries is veranderd of beschadigd terwijl de kluis draaide. Stop de kluis en zet de map van het journaal terug van de nieuwste kopie.
journal-seen-longer = Een afzender heeft een journaal van { $seen } regels gezien, maar dit heeft er { $size }: de kluis draait op een oude kopie van haar schijf. Stop haar en zet de nieuwste kopie terug.
journal-seen-contradicts = Een afzender heeft een journaal van { $seen } regels gezien waarvan dit niet het vervolg is: dit is niet de schijf die de kluis had, of iemand anders heeft haar sleutel. Stop de kluis en vergelijk de ijkpunten op uw ontvangstbewijzen.
journal-not-written = Regel { $index } staat niet in het journaal, dat { $size } regels telt. Controleer het nummer.
journal-opening-foreign = Wat voor regel { $index } van het journaal is gegeven, is niet waarop die regel is vastgelegd. Voer “kluis verify” uit om te zien wat er beschadigd is.
journal-events-damaged = Het bestand { $path } is beschadigd bij byte { $offset }. Zet het terug van een kopie en voer dan “kluis verify” uit.
journal-event-sealed = De gegevens bij regel { $index } in { $path } gaan niet open: ze zijn beschadigd of met een andere sleutel verzegeld. Zet het bestand terug van een kopie en voer dan “kluis verify” uit.
journal-event-foreign = De gegevens bij regel { $index } in { $path } zijn niet wat in het journaal is vastgelegd: ze zijn veranderd. Zet het bestand terug van een kopie en voer dan “kluis verify” uit.
journal-event-missing = Regel { $index } van het journaal is openbaar, maar wat zij zegt ontbreekt in journal/events/public. Zet dat bestand terug van een kopie.
journal-entry-kind = Regel { $index } van het journaal is van soort { $kind }, die dit programma niet kent. Werk het programma bij; is het al het nieuwste, dan is de regel beschadigd.
journal-tile-damaged = Het bestand journal/{ $path } is niet wat het journaal zegt. Het is afgeleid: verwijder de map journal/tile en start de kluis opnieuw, dan wordt het opnieuw gemaakt.
