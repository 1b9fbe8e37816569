# The console: the pages an officer and an auditor see.

## What is refused
console-refused-not-http = Dit is geen verzoek dat de console begrijpt. Open het adres in een gewone browser.
console-refused-other-version = De console spreekt alleen HTTP/1.1. Gebruik een gewone browser.
console-refused-head-too-long = Het verzoek is vóór de inhoud al langer dan { $kib } KiB. Verwijder de cookies van deze site en probeer het opnieuw.
console-refused-too-slow = Het verzoek was niet binnen { $seconds } seconden volledig binnen. Probeer het opnieuw.
console-refused-too-many = De console helpt al zoveel bezoekers als hij kan. Probeer het zo dadelijk opnieuw.
console-refused-foreign-host = De console antwoordt alleen op zijn eigen adres, het adres dat bij het starten werd getoond. Open dat adres.
console-refused-method = De console kan worden gelezen (GET, HEAD) en neemt formulieren aan (POST), verder niets.
console-refused-coded = De console neemt formulieren alleen aan zoals ze zijn, niet in stukken (Transfer-Encoding). Gebruik een gewone browser.
console-refused-expectation = De console beantwoordt geen vragen vóór een formulier is verzonden (Expect). Gebruik een gewone browser.
console-refused-no-length = Het formulier zegt niet hoe lang het is (Content-Length). Gebruik een gewone browser.
console-refused-body-too-long = Het formulier is langer dan { $kib } KiB. Facturen komen niet via de console binnen: zet ze op een stick of in de map van de kluis.
console-refused-pipelined = Er kwam meer dan één verzoek tegelijk. Stuur het volgende pas na het antwoord.
console-refused-bad-answer = De console kon deze pagina niet maken. Probeer het opnieuw; gebeurt het weer, noteer dan de tijd en meld het aan wie de kluis beheert. Er is niets verloren gegaan.
console-refused-no-such-page = Deze pagina bestaat niet. Begin bij het zoeken.
console-refused-not-a-form = Dit is geen formulier of adres dat de console heeft gemaakt. Ga terug, laad de pagina opnieuw en probeer het nog eens.
console-refused-foreign-form = Dit formulier is verlopen of komt van elders; er is dus niets gedaan. Open de pagina opnieuw en herhaal de stap.
console-refused-wrong-login = De naam en de wachtwoordzin, of de pas, kloppen niet. Controleer ze en probeer het opnieuw.
console-refused-wait = { $seconds ->
    [one] Te veel foute pogingen. Probeer het over één seconde opnieuw.
   *[other] Te veel foute pogingen. Probeer het over { $seconds } seconden opnieuw.
}
console-refused-spent-link = Deze link is al gebruikt, of nooit uitgegeven. Hij opent de console één keer. Log in, of start de demonstratie opnieuw voor een nieuwe link.
console-refused-no-reason = Kies waarom u zoekt: elke inzage komt met de reden in het journaal.
