# De berichten van de catalogus.

catalogue-damaged = De zoekindex van termijn { $term } is beschadigd. Er is geen factuur verloren: de index wordt opnieuw gemaakt uit de bewaarde bundels; gebeurt dat niet vanzelf, voer dan "kluis rebuild" uit.
catalogue-disk = De zoekindex van termijn { $term } kan niet worden gelezen of geschreven: { $reason }. Controleer of de schijf aanwezig, beschrijfbaar en niet vol is en probeer het opnieuw.
catalogue-busy = De zoekindex van termijn { $term } is in een ander programma geopend. Sluit dat programma af en probeer het opnieuw.
catalogue-too-many-rows = Er werden { $asked } regels tegelijk gevraagd, het maximum is { $most }. Vraag er minder en blader verder.
