# The law: until when invoices are kept, and why.

## Kept until, because

law-kept = bewaard tot en met { $until }, omdat { $because }
law-because = { $law } ({ $article }) { $years } vraagt vanaf { $from }
law-because-unseen = { "" }, en één jaar langer, omdat een factuur die dag niet toont
law-because-advised = { "" }; { $adviser } adviseerde { $years }
law-because-added = { "" }; de beheerder voegde { $years } toe
law-because-lengthened = { "" }; een beheerder heeft deze latere dag bepaald
law-days = { $first } tot en met { $last }
law-years =
    { $years ->
        [1] één jaar
        [2] twee jaar
        [3] drie jaar
        [4] vier jaar
        [5] vijf jaar
        [6] zes jaar
        [7] zeven jaar
        [8] acht jaar
        [9] negen jaar
        [10] tien jaar
        [11] elf jaar
        [12] twaalf jaar
       *[other] { $years } jaar
    }

## From when the years count

law-from-book-year-end = het einde van het boekjaar { $year }
law-from-issue-year-end = het einde van { $year }, het jaar van de factuurdatum
law-from-year-end-of-book-year = het einde van { $year }, het jaar waarin het boekjaar eindigde
law-from-january-after-issue = 1 januari na { $year }, het jaar van de factuurdatum
law-from-later-of-close-and-issue = het einde van het boekjaar { $year }
law-from-last-entry = de laatste boeking, gerekend als het einde van het boekjaar { $year }
law-from-latest-transaction = de laatste transactie, gerekend als het einde van het boekjaar { $year }
law-from-tax-due-year-end = het einde van { $year }, het jaar waarin de belasting betaald moest zijn
law-from-transaction-year-end = het einde van { $year }, het jaar van de transactie
law-from-first-use-year-end = het einde van { $year }, het jaar van ingebruikname

## Whose law

law-of-NL = de Nederlandse wet
law-of-DE = de Duitse wet
law-of-BE = de Belgische wet
law-of-AT = de Oostenrijkse wet
law-of-LU = de Luxemburgse wet
law-of-CH = de Zwitserse wet
law-of-FR = de Franse wet
law-of-IT = de Italiaanse wet
law-of-ES = de Spaanse wet
law-of-PL = de Poolse wet
law-of-IE = de Ierse wet
law-of-DK = de Deense wet
law-of-SE = de Zweedse wet
law-of-GB = de Britse wet
law-of-EU = het Europese recht

## What else a country's law asks; shown at set-up

law-remark-assessment-open = De termijn loopt niet af zolang de belasting over dat jaar nog kan worden vastgesteld: laat een beheerder voor zo’n jaar een blokkade plaatsen.
law-remark-proceedings-pending = De termijn loopt niet af zolang er een procedure loopt waarvoor de facturen van belang zijn: laat een beheerder een blokkade plaatsen.
law-remark-absolute-limitation = De facturen moeten bewaard blijven tot er geen belasting meer kan worden gevorderd (absolute verjaring): staat er nog een vordering open, laat een beheerder dan een blokkade plaatsen.
law-remark-in-germany = De facturen moeten in Duitsland liggen, tenzij ze online te raadplegen zijn (UStG § 14b (2)). Deze kluis is niet online te raadplegen: zet de kluis in Duitsland.
law-remark-in-belgium = De facturen moeten in België bewaard worden: zet de kluis daar.
law-remark-in-luxembourg = De facturen moeten in Luxemburg liggen, tenzij ze online te raadplegen zijn (TVA art. 65 (6)). Deze kluis is niet online te raadplegen: zet de kluis in Luxemburg.
law-remark-in-sweden = De facturen moeten in Zweden liggen: zet de kluis daar.
law-remark-online-in-france = De Franse wet (LPF L102 C) vraagt onlinetoegang tot de facturen, ook binnen Frankrijk. Een kluis zonder netwerk voldoet daar misschien niet aan: vraag uw adviseur voordat u in de winkel iets wist.
law-remark-regulated-in-italy = De Italiaanse wet vraagt “conservazione a norma”, een gereguleerde dienst. Deze kluis is dat niet: houd die dienst ook aan.
law-remark-sources-differ = Over het aantal jaren zijn de bronnen het niet eens (15 en 25 worden genoemd): vraag uw adviseur; de kluis stelt het langste voor.
law-remark-more-than-an-invoice = Voor het éénloketsysteem moet er meer bewaard worden dan de factuur: betalingen met datum en bedrag, en waaruit de plaats van de klant is afgeleid (Verordening (EU) 282/2011 art. 63 quater).

## Refusals

law-country-unknown = De kluis kent geen wet voor { $country }. Kies het land volgens welks belastingwet de boeken worden bijgehouden: { $known }.
law-class-unknown = Voor { $country } staat er geen regel in de wettentabel voor facturen van klasse { $class }. Bewaar ze als gewone facturen en verleng die termijn tot wat uw adviseur zegt.
law-advice-missing = Voor { $country }, { $class }, stelt de wettentabel { $years } jaar voor, maar niemand heeft de wettekst daarvoor gezien. Vraag uw adviseur en geef het aantal jaren op en wie het adviseerde.
law-years-too-few = { $years } jaar is minder dan de { $least } die de wet van { $country } vraagt voor klasse { $class }. Een termijn mag langer, nooit korter: geef { $least } of meer op.
law-years-too-many = { $years } jaar voor klasse { $class } is meer dan iemand nodig heeft. Geef hoogstens { $most } op.
law-class-twice = De klasse { $class } is twee keer genoemd. Noem die één keer.
law-adviser-unreadable = Wie het aantal jaren adviseerde, moet een naam van hoogstens 200 tekens op één regel zijn. Typ de naam opnieuw.
law-month-unknown = Een boekjaar kan niet eindigen in maand { $month }. Geef een maand op van 1 (januari) tot en met 12 (december).
law-book-year-backwards = Het boekjaar van { $first } tot en met { $last } eindigt voordat het begint. Verwissel of verbeter de twee datums.
law-book-year-mid-month = Het boekjaar van { $first } tot en met { $last } eindigt niet op de laatste dag van een maand. Geef de laatste dag op van de maand waarin het eindigt.
law-book-year-too-long = Het boekjaar van { $first } tot en met { $last } is langer dan 24 maanden. Noem de boekjaren daarin één voor één.
law-book-years-apart = Op het boekjaar dat op { $last } eindigt, volgt geen boekjaar dat de dag erna begint: het volgende begint op { $first }. Noem elk gebroken of lang boekjaar, zodat geen dag buiten de boekjaren of in twee boekjaren ligt.
law-book-years-too-many = Er zijn meer dan { $most } boekjaren genoemd. Noem alleen de gebroken en de lange.
law-before-the-books = { $date } ligt vóór { $first }, de eerste dag van het eerste boekjaar. Verbeter de datum, of laat de beheerder de eerdere boekjaren opgeven.
law-date-unlikely = De datum { $date } kan niet kloppen: hij ligt vóór 1900 of na 2999. Verbeter hem.
law-slug-unusable = De korte naam “{ $slug }” is niet bruikbaar. Neem hoogstens 40 kleine letters, cijfers en losse koppeltekens, zoals trampoline.
law-term-name-unusable = “{ $name }” is geen naam van een termijn. Een termijn heet bijvoorbeeld trampoline-nl-ordinary-2026-12: typ de naam zoals de kluis hem toont.
law-term-misnamed = De termijn { $name } zou volgens zijn land, klasse en laatste dag moeten eindigen op { $expected }. Haal de kaart van de kluis opnieuw op.
law-no-term-for-day = De dag { $date } valt in geen open termijn van klasse { $class }. Open zijn: { $open }. Controleer de datum van de factuur; klopt die, laat de beheerder dat jaar dan op de kluis openen en haal de nieuwe kaart op.
law-no-term-of-class = De kluis heeft geen open termijn voor facturen van klasse { $class } (deze is van { $date }). Open zijn: { $open }. Laat de beheerder er een openen en haal de nieuwe kaart op.
law-terms-overlap = De dag { $date } valt in twee termijnen, { $one } en { $other }. Vraag de beheerder volgens welke wet deze boeken worden bijgehouden.
law-edition-unreadable = “{ $edition }” is geen uitgave van een wettabel. Een uitgave heet naar haar maand, zoals 2027-01, of 2027-01.2 voor de tweede van die maand.
law-row-count = Een wettabel heeft ten minste één regel en ten hoogste { $most }; deze heeft er { $count }.
law-row-unusable = Regel { $row } van de wettabel is onbruikbaar: nodig zijn 1 tot 100 jaar, en een artikel van ten hoogste 300 bytes op één regel.
