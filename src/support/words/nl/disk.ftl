# Wat de schijf weigerde (src/support/durable).

disk-failed = { $operation ->
    [append] Aanvullen is niet gelukt van
    [chmod] De rechten konden niet worden gezet van
    [create] Aanmaken is niet gelukt van
    [cut] Inkorten is niet gelukt van
    [lease] Het leesrecht kon niet worden vastgelegd op
    [lock] Vergrendelen is niet gelukt van
    [open] Openen is niet gelukt van
    [read] Lezen is niet gelukt van
    [remove] Verwijderen is niet gelukt van
    [rename] Hernoemen is niet gelukt van
    [write] Schrijven is niet gelukt van
   *[other] Dit is niet gelukt ({ $operation }):
} { $path }: { $reason }. Controleer de schijf en de eigenaar van die map, en probeer het opnieuw.
disk-full = De schijf is vol: { $operation ->
    [append] er kon niets meer worden toegevoegd aan
    [create] er kon niet worden aangemaakt:
    [write] er kon niet worden geschreven:
   *[other] dit kon niet ({ $operation }):
} { $path }. Er is niets half bewaard. Maak ruimte vrij en probeer het opnieuw.
disk-sync-failed = De schijf kon niet bevestigen dat { $path } is opgeslagen: { $reason }. Wat het laatst is geschreven kan verloren zijn; daarom stopt het programma hier. Controleer de schijf voordat u het opnieuw start.
disk-poisoned = De schijf kon eerder iets niet opslaan; daarom wordt er niets meer geschreven. Controleer de schijf en start het programma daarna opnieuw.
disk-missing = { $path } is er niet. Controleer de naam, en of de schijf is aangekoppeld.
disk-locked = { $path } is in gebruik bij een ander proces. Wacht tot dat klaar is, of beëindig het, en probeer het opnieuw.
disk-too-large = { $path } is langer dan de { $limit } bytes die zo'n bestand mag hebben. Het is niet gelezen.
disk-not-a-file = { $path } is geen gewoon bestand met één naam (maar een koppeling, een map of een apparaat). Kopieer het bestand zelf daarheen.
disk-not-ours = { $path } is van gebruiker { $owner }, maar het programma draait als gebruiker { $us }. Laat gebruiker { $us } de kopie maken.
disk-still-written = { $path } staat nog open in een programma dat erin kan schrijven. Wacht tot het helemaal is gekopieerd en probeer het opnieuw.
disk-read-back = { $path } is geschreven, maar bij het teruglezen kwam er iets anders terug. De schijf gaat stuk; vervang haar.
disk-wrong-size = { $path } hoort { $expected } bytes lang te zijn, maar heeft er { $found }. Het bestand is gelaten zoals het was.
