# Het proces dat documenten leest: wat elkaar tegenspreekt, wat het opgaf, tekenen.

reader-mismatch = Factuur { $invoice }: document en gegevens verschillen in { invoice-field }. De gegevens zeggen “{ $record }”, het document zegt “{ $document }”. Van deze bundel is niets ingenomen; verbeter de bron in de winkel en verzegel de factuur daarna opnieuw.
reader-media-type = Factuur { $invoice }: het document is niet wat de gegevens zeggen: “{ $record }” is opgegeven, “{ $document }” is gevonden. Van deze bundel is niets ingenomen; verzegel de factuur opnieuw vanuit het oorspronkelijke bestand.
reader-unreadable = Factuur { $invoice }: het document is niet te lezen, en kluis-send zou het niet hebben verzegeld ({ $code }): { $reason } Van deze bundel is niets ingenomen; herstel het in de winkel en verzegel de factuur daarna opnieuw.
# Hoe een proces eindigde, op zijn woord.
reader-fault = { $reason ->
    [crashed] het liep vast
    [memory] het zou meer geheugen nodig hebben dan een document mag kosten
    [time] het kwam niet op tijd tot een einde
    [forbidden] het probeerde iets wat het niet mag
    [killed] het werd gestopt, of het geheugen van de machine raakte op
   *[other] { $reason }
}
reader-failed = Factuur { $invoice }: het proces dat documenten leest gaf het document op: { reader-fault }. Van deze bundel is niets ingenomen. Vraag de winkel om een gaaf document en laat de factuur opnieuw verzegelen; gaat het bij andere bundels ook mis, herstart dan de kluis.
reader-unavailable = Het proces dat documenten leest kan niet veilig afgeschermd starten ({ $reason }). Zonder dat proces wordt niets ingenomen of getoond. De kluis heeft Linux 5.19 of nieuwer nodig, met Landlock en seccomp; vraag wie de kluis onderhoudt.
reader-protocol = Het proces dat documenten leest gaf een antwoord dat nergens op slaat. Van deze bundel is niets ingenomen. Probeer het nog eens; gebeurt het weer, dan is een document erin waarschijnlijk kwaad bedoeld: vraag de winkel waar het vandaan komt.
reader-not-drawn = De bladzijde kan niet worden getoond: bij het tekenen gaf het proces het op: { reader-fault }. Bewaar het origineel en open het op een andere computer.
reader-token-unread = Het proces dat tijdstempels leest gaf dit op: { reader-fault }. Het is niet ingenomen. Laat “kluis-send time” een nieuw halen.
reader-not-a-pdf = Het document kan niet worden getoond: het is geen pdf die te tekenen is (beschadigd, of op slot met een wachtwoord). Bewaar het origineel en open het op een andere computer.
reader-no-such-page = Er is geen bladzijde { $page }: het document heeft { $pages ->
    [one] één bladzijde
   *[other] { $pages } bladzijden
}.
