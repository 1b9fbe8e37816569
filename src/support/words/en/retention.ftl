# Retention: where a term is on its way, and why.

retention-state-open = open
retention-state-closed = closed
retention-state-due = due
retention-state-destroyed = destroyed

retention-open = open for this year’s invoices, kept until { $until }
retention-closed = kept until { $until }, nothing more is expected
retention-only-claimed = by the clock the term was over on { $until }, but this box has only lived through to { $floor }: it destroys nothing on a clock’s word. A time token from outside moves it on; where there is none any more, two officers can declare the time (kluis clock --declare)
retention-only-declared = two officers have declared that the term was over on { $until }, but the clock of this machine does not say so: it destroys nothing on their word alone
retention-waits-declared =
    by the clock and two officers the term was over on { $until }; nobody outside says so: documents are locked, and it is destroyed once the box has been powered for { $days ->
        [one] one more day
       *[other] { $days } more days
    } and the clock still says so
retention-held = kept beyond { $until }, because an officer has placed a hold on it
retention-becomes-due = had to be kept until { $until }, which is past: due from now
retention-waits =
    due since { $since }: documents are locked; destroyed on or after { $after }, once the box has been powered for { $days ->
        [one] one more day
       *[other] { $days } more days
    }
retention-needs-second-token = due since { $since } by one time token: documents are locked; destroyed once a second token, at least 30 days younger, says the same
retention-goes = due since { $since }, and the 30 days are over: it is destroyed now
retention-destroyed = destroyed on { $on }, certificate { $certificate }

# The certificate's word.
retention-word-proven = proven: an authority outside signed, over a head of this very journal, a time after the term’s end
retention-word-counted = counted: the program’s release date, and the time that the box has counted while powered since, lie after the term’s end; nobody outside has signed that
retention-word-declared = declared: the owner’s people said that the term was over; neither the box nor anybody outside has proof of it
retention-demo = demo: the clock of this box can be turned by hand, and the time that was skipped counts as lived through; this proves nothing

## Refusals
retention-not-demo = The clock of this box cannot be turned: only a box made as demo has such a clock. Time passes here while the box is powered.
retention-turned-back = A demo’s clock turns forward only: it stands at { $floor }, and { $asked } is before that. Give a later time, or make a new demo.
