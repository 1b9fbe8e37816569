# Time tokens: why one is not taken.

time-too-long = This file is longer than { $limit } bytes, so it is no time token. Check that the right file was brought.
time-form = This is not a whole time token: its { $at } is not of the form that RFC 3161 describes. Have “kluis-send time” fetch a new one.
time-not-granted = The time authority gave no token (status { $status }): “{ $reason }”. Try again later, or ask another authority.
time-algorithm = This time token uses an algorithm that is not believed here ({ $oid }). Ask an authority that signs with RSA of 2048 bits or more, or with ECDSA on P-256 or P-384, over SHA-256, 384 or 512.
time-over-other = This time token is over something else than what lies behind it in the file. The file was changed or put together wrongly; have “kluis-send time” fetch a new one.
time-broken = The signature of this time token does not hold: it was changed after the authority signed it. Have “kluis-send time” fetch a new one.
time-no-certificate = This time token does not bring the certificate that its signer names. Have “kluis-send time” fetch a new one, which asks for it.
time-not-for-time = The certificate “{ $authority }” is not one for time-stamping alone, so its word on the time is not taken. Ask a time-stamping authority.
time-not-pinned = This time token is signed by “{ $authority }”, which this box was not told to believe. If it should be: “kluis clock --pin FILE”, by two officers, with that authority's root certificate.
time-chain-bad = The certificates of “{ $authority }” were not all good at the time that it states ({ $at }): one had expired, had not begun, or may not sign others. Ask the authority for its current service.
time-not-a-pin = This file is no certificate and no public key (PEM or DER) that a time authority could be believed by. Bring the authority's root certificate.
