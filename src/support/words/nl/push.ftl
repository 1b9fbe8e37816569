# De berichten van het eenrichtingsversturen.

push-not-of-kind = Dit is geen bericht van het versturen.
push-out-of-bounds = Een bericht van het versturen valt buiten de grenzen: { $field }.
push-trailing = Na een bericht van het versturen volgen nog bytes.
push-unknown-key = Een bericht van het versturen is getekend door niemand die de kluis kent. Is de winkel aangemeld?
push-bad-signature = Een bericht van het versturen heeft een verkeerde handtekening.
