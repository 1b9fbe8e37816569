# Retention: where a term is on its way, and why.

retention-state-open = open
retention-state-closed = gesloten
retention-state-due = verlopen
retention-state-destroyed = vernietigd

retention-open = open voor de facturen van dit jaar, bewaard tot en met { $until }
retention-closed = bewaard tot en met { $until }, er wordt niets meer verwacht
retention-only-claimed = volgens de klok liep de termijn af op { $until }, maar deze kluis heeft pas tot { $floor } meegemaakt: op het woord van een klok vernietigt ze niets. Een tijdstempel van buiten brengt haar verder; is dat er niet meer, dan kunnen twee beheerders de tijd verklaren (kluis clock --declare)
retention-only-declared = twee beheerders hebben verklaard dat de termijn op { $until } afliep, maar de klok van deze machine zegt dat niet: op hun woord alleen vernietigt ze niets
retention-waits-declared =
    volgens de klok en twee beheerders liep de termijn af op { $until }; niemand van buiten zegt dat: documenten zijn vergrendeld, en hij wordt vernietigd als de kluis nog { $days ->
        [one] één dag
       *[other] { $days } dagen
    } heeft aangestaan en de klok het dan nog zegt
retention-held = bewaard na { $until }, omdat een beheerder heeft gezegd dat hij langer bewaard moet worden
retention-becomes-due = moest bewaard worden tot en met { $until }, en dat is voorbij: vanaf nu verlopen
retention-waits =
    verlopen sinds { $since }: documenten zijn vergrendeld; vernietigd op of na { $after }, als de kluis nog { $days ->
        [one] één dag
       *[other] { $days } dagen
    } heeft aangestaan
retention-needs-second-token = verlopen sinds { $since } volgens één tijdstempel: documenten zijn vergrendeld; vernietigd zodra een tweede tijdstempel, minstens 30 dagen jonger, hetzelfde zegt
retention-goes = verlopen sinds { $since }, en de 30 dagen zijn om: de termijn wordt nu vernietigd
retention-destroyed = vernietigd op { $on }, certificaat { $certificate }

# The certificate's word.
retention-word-proven = bewezen: een instantie van buiten heeft, over een stand van precies dit journaal, een tijd na het einde van de termijn ondertekend
retention-word-counted = geteld: de uitgiftedatum van het programma, met de tijd die de kluis sindsdien heeft aangestaan en geteld, ligt na het einde van de termijn; niemand van buiten heeft dat ondertekend
retention-word-declared = verklaard: de mensen van de eigenaar zeiden dat de termijn voorbij was; noch de kluis, noch iemand van buiten heeft daar bewijs van
retention-demo = demo: de klok van deze kluis kan met de hand worden verzet, en de overgeslagen tijd telt als meegemaakt; dit bewijst niets

## Refusals
retention-not-demo = De klok van deze kluis kan niet worden verzet: alleen een kluis die als demo is gemaakt, heeft zo’n klok. Hier verstrijkt de tijd zolang de kluis aanstaat.
retention-turned-back = De klok van een demo gaat alleen vooruit: ze staat op { $floor }, en { $asked } ligt daarvoor. Geef een latere tijd op, of maak een nieuwe demo.
