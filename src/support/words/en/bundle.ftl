# The bundle messages.

bundle-cbor-too-long = it has { $length } bytes, and { $limit } are the most it may have
bundle-cbor-not-of-form = its content is not of the expected form ({ $reason })
bundle-cbor-not-canonical = its content is written in another form than the one that counts

bundle-statement-wrong-kind = it is not a file of the kind “{ $expected }”
bundle-statement-unknown-version = it is of version { $found }, which this program does not know; update the program
bundle-statement-truncated = it ends too early; copy it again from where it was made
bundle-statement-too-long = a part of it says { $length } bytes, and { $limit } are the most; it is damaged or was not made by kluis-send
bundle-statement-not-of-form = its content is not of the expected form: { $reason }
bundle-statement-bad-signature = its signature is not the one of the key that should have signed it
bundle-statement-trailing-bytes = bytes follow after its end; copy it again from where it was made
bundle-statement-unreadable = it cannot be read: { $reason }

bundle-not-a-bundle = it is not a bundle of kluis-send; look whether it is the right file
bundle-unknown-version = it is a bundle of version { $found }, which this program does not know; update the program
bundle-header-truncated = it ends in the middle of its header; copy it again from the shop
bundle-header-too-long = it says that its header has { $length } bytes, and { $limit } are the most; it is damaged or was not made by kluis-send: copy it again from the shop
bundle-header-not-of-form = its header is not of the expected form ({ $reason }); copy it again from the shop, or seal it again with a current kluis-send
bundle-seen-too-long = the checkpoint that the shop says to have seen has { $length } bytes, and { $limit } are the most; seal it again with a current kluis-send
bundle-bad-signature = its header was not signed by the key of the enrolled sender, or was changed afterwards; copy it again from the shop, and if that does not help compare the shop's card by telephone
bundle-header = the bundle's header is refused: { $reason }
bundle-unknown-suite = the bundle uses suite { $suite }, which this program does not know; update the program
bundle-empty = the bundle has no invoice in it
bundle-too-many-invoices = the bundle says that it has { $count } invoices, and { $limit } are the most; seal them in several bundles
bundle-too-large = the bundle is larger than { $limit } bytes; seal the invoices in several bundles
bundle-truncated = the bundle ends early: { $have } of { $want } bytes are there; copy it again from the shop
bundle-damaged = the bundle's bytes are not those that the sender signed; copy it again from the shop
bundle-not-age = what the bundle encloses is not an age file of the right kind ({ $reason }); seal it again with kluis-send
bundle-wrong-key = the bundle is not encrypted to this term's key; give the shop this box's newest card and seal again
bundle-leaves-too-large = the records in the bundle are larger than { $limit } bytes; seal the invoices in several bundles
bundle-leaves-differ = the records are not those that the sender signed
bundle-leaf-not-of-form = record { $leaf } of the bundle is not of the form; seal it again with a current kluis-send
bundle-foreign-payload = record { $leaf } was sealed by another sender or for another bundle: somebody signed a copied content as his own
bundle-payload-ends = the bundle's content ends before the last document
bundle-payload-goes-on = the bundle's content goes on after the last document
bundle-document-differs = a document of invoice { $invoice } is not the one that its record names
bundle-no-such-document = record { $leaf } has no document { $document }
bundle-too-many-documents = invoice { $invoice } needs between one and { $limit } documents
bundle-invoice-too-large = invoice { $invoice } alone is more than a bundle can hold
bundle-document-changed = document { $document } changed while it was being sealed; seal again when nothing writes to it any more
bundle-io = reading or writing failed: { $reason }

## Certificates of destruction: what opened the vault, what is not covered, what does not hold.
certificate-root-file-on-data-device = a file on the same device as the data (whoever copied the one could copy the other)
certificate-root-file-elsewhere = a file on another device than the data
certificate-root-tpm = a TPM (no copy of the box’s disks opens its old vault)
certificate-not-prints-and-exports = Prints, exports, proofs and pictures that somebody took along before.
certificate-not-shops-copies = What lies outside the box: the shop’s own copies, its mail, its bookkeeping package.
certificate-not-other-boxes = Another box that the shop sealed the same invoices for: a certificate speaks for one box.
certificate-not-file-root-copies = A copy of the file that opened the vault, made before, or an undelete of it: with that and a copy of the old vault the invoices can be read. A box with a TPM has no such file.
certificate-not-held-invoices = Invoices that are held: they stay readable until two officers release them.
certificate-not-unknown = Something that this program does not know ({ $code }). A newer program says what it is.
certificate-checkpoint = the journal’s head on it is not one that this box signed
certificate-another-token = its time token { $number } is not the one that it names
certificate-not-over-a-head = its time token { $number } is not over an earlier head of this box’s journal
certificate-not-past = the latest time that the box held proven is before the last day on which the invoices had to be kept
certificate-not-proven = it says “proven”, and no time token on it is later than the last day on which the invoices had to be kept
