# The console: the pages an officer and an auditor see.

## What is refused
console-refused-not-http = This is not a request that the console understands. Open its address in an ordinary browser.
console-refused-other-version = The console speaks HTTP/1.1 only. Use an ordinary browser.
console-refused-head-too-long = The request is longer than { $kib } KiB before its content. Delete this site's cookies and try again.
console-refused-too-slow = The request did not arrive whole within { $seconds } seconds. Try again.
console-refused-too-many = The console is serving as many visitors as it can. Try again in a moment.
console-refused-foreign-host = The console answers only under its own address, the one that it showed when it started. Open that one.
console-refused-method = The console can be read (GET, HEAD) and sent forms (POST), nothing else.
console-refused-coded = The console takes forms only as they are, not in pieces (Transfer-Encoding). Use an ordinary browser.
console-refused-expectation = The console does not answer questions before a form is sent (Expect). Use an ordinary browser.
console-refused-no-length = The form does not say how long it is (Content-Length). Use an ordinary browser.
console-refused-body-too-long = The form is longer than { $kib } KiB. Invoices do not come in through the console: put them on a stick or into the box's folder.
console-refused-pipelined = More than one request came at once. Send the next one after the answer.
console-refused-bad-answer = The console could not make this page. Try again; if it happens again, note the time and tell whoever looks after the box. Nothing was lost.
console-refused-no-such-page = There is no such page. Start from the search.
console-refused-not-a-form = This is not a form or an address that the console made. Go back, reload the page and try again.
console-refused-foreign-form = This form is out of date or came from elsewhere, so nothing was done. Open the page again and repeat the step.
console-refused-wrong-login = The name and the pass phrase, or the pass, are not right. Check them and try again.
console-refused-wait = { $seconds ->
    [one] Too many wrong attempts. Try again in one second.
   *[other] Too many wrong attempts. Try again in { $seconds } seconds.
}
console-refused-spent-link = This link has been used already, or was never given out. It opens the console once. Log in, or start the demonstration again for a new link.
console-refused-no-reason = Choose why you look: every look-up is written into the journal with its reason.
