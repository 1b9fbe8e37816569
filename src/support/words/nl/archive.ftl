# De berichten van het archief.

archive-refused = { $file }: { $reason }

archive-not-a-file = het is geen gewoon bestand
archive-unreadable = het is niet te lezen ({ $reason }); probeer een andere stick, of kopieer het opnieuw
archive-disk-full = de kluis heeft { $free } bytes te geven en de bundel heeft er { $needed } nodig; er is niets ingenomen. Vraag wie de kluis onderhoudt om een grotere schijf
archive-unknown-sender = de afzender ({ $sender }) is bij deze kluis niet ingeschreven; een beheerder laat de kaart van de winkel toe met: kluis enrol KAART
archive-blocked-sender = de afzender “{ $name }” is geblokkeerd; vraag een beheerder van de kluis
archive-key-replaced = nummer { $number } is ondertekend met een eerdere sleutel van “{ $name }” die na nummer { $last } vervangen is; als de winkel hem zelf verzegelde, verzegel de facturen dan opnieuw met de nieuwe sleutel
archive-waiting-full = de facturen zijn ouder dan 18 maanden, en er wachten al { $count } bundels of de helft van de vrije ruimte op een beheerder; laat een beheerder daar eerst over beslissen: kluis waiting
archive-unknown-stream = de afzender “{ $name }” nummert zijn bundels in een andere stroom dan zijn kaart zegt; maak een nieuwe kaart met: kluis-send card
archive-wrong-box = hij is voor een andere kluis ({ $theirs }…, en dit is { $ours }…); breng hem daarheen, of verzegel opnieuw met de kaart van deze kluis
archive-wrong-entity = hij komt uit een andere boekhouding dan die van { $ours }; breng hem naar de juiste kluis
archive-unknown-term = deze kluis heeft geen termijn { $term }; vraag een beheerder om een kaart die hem heeft en verzegel dan opnieuw
archive-term-due = de termijn { $term } is voorbij: er wordt niets meer in opgenomen
archive-term-destroyed = de termijn { $term } is voorbij en de sleutel is vernietigd: er kan niets meer in
archive-wrong-recipient = hij is verzegeld voor een sleutel die niet die van termijn { $term } op de kaart van deze kluis is; geef de winkel de nieuwste kaart en verzegel opnieuw
archive-signed-twice = nummer { $number } is er al met een andere inhoud: de afzender heeft een nummer twee keer getekend. Beide blijven als bewijs bewaard; vraag de winkel of kluis-send vanuit een kopie heeft gedraaid
archive-replaced = nummer { $number } is vervangen door nummer { $by }, dat er is: het is niet meer nodig
archive-replaces-admitted = nummer { $number } zegt dat het { $replaces } vervangt, maar { $replaces } is er: gebruik het ontvangstbewijs daarvan (kluis receipt { $replaces })
archive-replaces-later = nummer { $number } zegt dat het { $replaces } vervangt, wat geen eerder nummer is; verzegel opnieuw
archive-contradicts = nummer { $number } noemt een andere bundel als nummer { $other } dan die er is; vraag de winkel of kluis-send vanuit een kopie heeft gedraaid
archive-seen-forged = het controlepunt dat de winkel zegt te hebben gezien is niet door deze kluis getekend; geef de winkel de kaart van deze kluis opnieuw
archive-seen-newer = de winkel heeft een stand van het journaal van deze kluis gezien die er nu niet meer in zit: misschien is een oude kopie van de kluis teruggezet. Er wordt niets ingenomen tot dat is opgehelderd
archive-other-term = factuur { $invoice } hoort bij de termijn { $belongs }, niet bij { $says }; geef de winkel de nieuwste kaart en verzegel opnieuw
archive-no-term = factuur { $invoice } hoort bij geen termijn van deze kluis: { $reason }
archive-missing = bundel { $bundle } staat in het journaal maar niet op de schijf
archive-key-gone = de sleutel van termijn { $term } is intussen vernietigd
archive-hold-key-gone = de sleutel van de bewaring { $hold } is intussen vernietigd: de bewaring is opgeheven
archive-held-damaged = een bewaarde kopie is beschadigd: het bestand holds/{ $hold }/copies is bij byte { $offset } niet wat er geschreven is; zet het terug uit de nieuwste kopie van de kluis of leg, zolang de termijn nog leeft, de bewaring opnieuw op
archive-held-counts = de bewaring { $hold } heeft { $found } facturen, en had er { $counted } toen ze werd opgelegd; zet de map holds/{ $hold } terug uit de nieuwste kopie van de kluis
