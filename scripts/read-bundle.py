#!/usr/bin/env python3
"""Reads what Factuurkluis writes, without Factuurkluis.

This is the format's second implementation: it was written from src/exchange/bundle/FORMAT.md (section
numbers below are that page's), not from the Rust code. Python 3.11 and two packages:

    python3 -m venv venv && venv/bin/pip install -r scripts/read-bundle.requirements.txt

  read-bundle.py BUNDLE                                        the header: what anyone may know
  read-bundle.py BUNDLE --sender CARD                          ... signed by this sender, and undamaged?
  read-bundle.py BUNDLE --sender CARD --identity FILE          check everything, list the invoices
  read-bundle.py BUNDLE --sender CARD --identity FILE --extract NUMBER --to FILE
  read-bundle.py --proof FILE [--sender CARD] [--box-card CARD] [--document FILE]
  read-bundle.py --card FILE
  read-bundle.py --certificate FILE [--box-card CARD] [--evidence FOLDER]

CARD is a card's file or a public key of 64 hex digits. The identity file holds AGE-SECRET-KEY-PQ-1...; lines
that begin with # are passed over. Exit status: 0 it holds, 1 it does not (the reason is said), 2 wrong usage.
"""
import argparse, base64, hashlib, hmac, io, json, os, re, struct, sys
from datetime import date, datetime, time, timedelta, timezone

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MIB = 1 << 20


class Refused(Exception):
    """What was read is not what it should be."""


def need(condition, reason):
    if not condition:
        raise Refused(reason)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def exactly(source, count, what):
    data = source.read(count)
    need(len(data) == count, f"it ends early, within {what}")
    return data


# Section 2: canonical CBOR. A type is a function that returns whether a value is of it.

def uint(value): return type(value) is int and 0 <= value < 1 << 64
def seconds(value): return type(value) is int and abs(value) < 1 << 63
def text(value): return type(value) is str
def boolean(value): return type(value) is bool
def octets(value): return type(value) is bytes
def of(count): return lambda value: octets(value) and len(value) == count
def words(*choice): return lambda value: text(value) and value in choice
def maybe(kind): return lambda value: value is None or kind(value)
def many(kind): return lambda value: type(value) is list and all(map(kind, value))
def matching(pattern): return lambda value: text(value) and re.fullmatch(pattern, value, re.ASCII) is not None


def struct_of(**fields):
    """A map with these keys in this order; a trailing _ is not part of the key."""
    names = {name.rstrip("_"): kind for name, kind in fields.items()}
    return lambda value: (type(value) is dict and list(value) == list(names)
                          and all(kind(value[name]) for name, kind in names.items()))


def day(value):
    try:
        # Python has no year 0; the year 2000 is as long.
        return (matching(r"\d{4}-\d\d-\d\d")(value)
                and date.fromisoformat(value.replace("0000-", "2000-", 1)) is not None)
    except ValueError:
        return False


id_, digest = of(16), of(32)
country, currency = matching("[A-Z]{2}"), matching("[A-Z]{3}")
_amount = matching(r"-?(0|[1-9][0-9]*)(\.[0-9]{1,28})?")
def amount(value):
    return (_amount(value) and int(re.sub("[-.]", "", value)) < 1 << 96
            and not (value[0] == "-" and not value.strip("-0.")))
term_name = lambda value: matching("[a-z0-9]+(-[a-z0-9]+)*")(value) and len(value) <= 80
klass = words("ordinary", "one-stop-shop", "immovable-property")
instant = matching(r"-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,8}[1-9])?Z")

note = lambda value: text(value) and len(value.encode()) <= 32768

SIGNATURES = many(struct_of(key=digest, signature=of(64)))
HEADER = struct_of(
    suite=uint, signers=many(digest), box=id_, entity=id_, sender=id_, stream=id_, number=uint,
    previous=maybe(digest), replaces=maybe(uint), term=term_name, recipient=digest, signed_at=seconds,
    seen=maybe(note), leaves=uint, root=digest, length=uint, sha256=digest)
STREAM_LEAF = struct_of(kind=words("stream"), sender=id_, stream=id_, number=uint, salt=digest, receipt_key=of(32))
RECORD = struct_of(
    series=maybe(text), number=text,
    kind=words("invoice", "credit-note", "corrected", "prepayment", "self-billed"),
    issue_date=day, supply_date=maybe(day), seller_country=country, class_=klass,
    buyer=struct_of(name=maybe(text), country=maybe(country), customer=maybe(text), vat_number=maybe(text),
                    postcode=maybe(text)),
    currency=currency, net=amount,
    vat=many(struct_of(category=text, rate=maybe(amount), taxable=amount, tax=amount)),
    gross=amount, articles=many(text), corrects=many(text),
    one_stop_shop=maybe(struct_of(consumption=maybe(country), payments=many(struct_of(date=day, amount=amount)),
                                  place_evidence=many(text))))
INVOICE_LEAF = struct_of(
    kind=words("invoice"), sender=id_, stream=id_, number=uint, salt=digest, record=RECORD,
    documents=lambda value: 1 <= len(value or ()) <= 100 and many(struct_of(
        length=uint, media_type=text, origin=words("original", "derived"), sha256=digest))(value))
TERM = struct_of(name=term_name, entity=id_, country=country, class_=klass, first=day, last=day)
BOX_CARD = struct_of(
    box=id_, demo=boolean, key=digest, entity=id_, entity_name=text, country=country, law_table=text,
    issued_at=seconds, terms=many(struct_of(
        term=TERM, recipient=text, decides=words("issue-date", "supply-date"), kept_until=day, article=text)),
    push_key=octets, checkpoint=text)
SENDER_CARD = struct_of(
    sender=id_, stream=id_, key=digest, name=text, box=id_, issued_at=seconds,
    succeeds=maybe(struct_of(stream=id_, last=uint, header=digest)))
CERTIFICATE_1 = struct_of(
    box=id_, key=digest, demo=boolean, entity=id_, entity_name=text, term=TERM, kept_until=day, article=text,
    law_table=text, bundles=uint, invoices=uint, bytes=uint, entries=uint, entries_digest=digest,
    word=words("proven", "counted", "declared"), floor=seconds, powered_since_due=uint, tokens=many(digest),
    root=text, root_on_data_device=boolean, generation=uint, checkpoint=text, destroyed_at=seconds)
def bounded(kind, most): return lambda value: kind(value) and len(value) <= most
def below(limit): return lambda value: uint(value) and value < limit
CERTIFICATE_2 = struct_of(
    box=id_, key=digest, demo=boolean, entity=id_, entity_name=text, term=TERM, kept_until=day, article=text,
    law_table=text, bundles=below(1 << 32), invoices=uint, bytes=uint, entries=uint, entries_digest=digest,
    held=below(1 << 32), word=words("proven", "counted", "declared"), floor=seconds, powered_since_due=uint,
    tokens=bounded(many(struct_of(
        digest=digest, authority=digest, time=seconds, over=note,
        token=bounded(octets, 32768))), 3),
    root=words("file-on-data-device", "file-elsewhere", "tpm"), generation=uint,
    not_covered=bounded(many(matching("[a-z0-9-]{1,40}")), 32), checkpoint=text, destroyed_at=seconds)
PROOF = struct_of(header=octets, key=digest, index=uint, leaf=octets, path=many(digest), receipt=maybe(text))
ADMISSION = struct_of(admission=struct_of(
    at=instant, sender=id_, stream=id_, number=uint, header=digest, replaces=maybe(uint), term=term_name,
    invoices=uint, root=digest, bytes=uint))


def decode(data, kind, what):
    try:
        value = cbor2.loads(data)
    except Exception as error:  # whatever a decoder throws at hostile bytes
        raise Refused(f"{what} is not CBOR") from error
    need(kind(value), f"{what} has not the fields that the format gives it")
    need(cbor2.dumps(value) == data, f"{what} is not in the one canonical spelling")
    return value


# Section 1: signed statements.

P = 2**255 - 19
_Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
SMALL_ORDER = {0, 1, P - 1, _Y8, P - _Y8}


def sound_point(encoded):
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return y < P and y not in SMALL_ORDER


def key_id(key):
    return sha256(b"\x01", key)


def verify(key, signature, message, what):
    need(sound_point(key) and sound_point(signature[:32]), f"{what}: a point of small order, or not canonical")
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Refused(f"{what} is not signed by the key {key.hex()}") from error


class Statement:
    def __init__(self, source, magic, kind, limit, what):
        self.what = what
        front = source.read(len(magic))
        if front != magic:
            family = magic[:-2]  # without the version's digit and LF
            later = re.match(rb"[0-9]+", front[len(family):]) if front.startswith(family) else None
            raise Refused(f"{what} is of version {later[0].decode()}, which is not known here" if later
                          else f"this is not {what}: it does not begin with {magic.decode().strip()}")
        body = self.part(source, limit, "body")
        self.body = decode(body, kind, what)
        self.list = self.part(source, 4096, "list of signatures")
        self.signed = magic + struct.pack(">I", len(body)) + body
        self.digest, self.length = sha256(self.signed), len(self.signed) + 4 + len(self.list)

    def part(self, source, limit, name):
        (length,) = struct.unpack(">I", exactly(source, 4, f"the length of the {name}"))
        need(length <= limit, f"the {name} of {self.what} is longer than {limit} bytes")
        return exactly(source, length, f"the {name}")

    def verify(self, key):
        signatures = decode(self.list, SIGNATURES, "the list of signatures")
        need([one["key"] for one in signatures] == [key_id(key)], f"{self.what} is signed by another key")
        verify(key, signatures[0]["signature"], self.signed, self.what)


def whole(path, magic, kind, limit, what):
    with open(path, "rb") as source:
        statement = Statement(source, magic, kind, limit, what)
        need(source.read(1) == b"", f"bytes follow the end of {what}")
    return statement


def card(path):
    """Section 8: a card of either kind, verified; its fingerprint."""
    with open(path, "rb") as source:
        is_box = source.read(16) == b"factuurkluis/box"
    magic, kind = (b"factuurkluis/box-card/1\n", BOX_CARD) if is_box else (b"factuurkluis/sender-card/1\n", SENDER_CARD)
    statement = whole(path, magic, kind, MIB, "a card")
    body = statement.body
    statement.verify(body["key"])
    if is_box:
        for term in body["terms"]:
            check_term(term["term"])
            need(len(bech32(term["recipient"], "age1pq")) == 1216, "a term's recipient is not one of suite 1")
        name = [b"factuurkluis/fingerprint/box\n", body["box"], body["entity"], body["key"]]
    else:
        name = [b"factuurkluis/fingerprint/sender\n", body["sender"], body["stream"], body["key"]]
    letters = base64.b32encode(sha256(*name)[:10]).decode()
    return body, "-".join(re.findall("....", letters))


def check_term(term):
    ending = f"-{term['country'].lower()}-{term['class']}-{term['last'][:7]}"
    slug = term["name"].removesuffix(ending)
    need(slug != term["name"] and 0 < len(slug) <= 40, "a term's name does not say what the term is")


def key_of(argument):
    if argument is None:
        return None
    return bytes.fromhex(argument) if re.fullmatch("[0-9a-f]{64}", argument) else card(argument)[0]["key"]


# Section 7: Merkle trees.

def leaf_hash(leaf):
    return sha256(b"\0", leaf)


def root_of(hashes):
    peaks = []  # (size, root), largest first; equal neighbours are joined
    for entry in hashes:
        peaks.append((1, entry))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (_, right), (size, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * size, sha256(b"\1", left, right)))
    (_, root) = peaks.pop()
    while peaks:
        root = sha256(b"\1", peaks.pop()[1], root)
    return root


def included(index, size, entry, path, root):
    if index >= size:
        return False
    here, last = index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            entry = sha256(b"\1", sibling, entry)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            entry = sha256(b"\1", entry, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and entry == root


# Section 4: the age file.

def bech32(word, prefix):
    """BIP 173 without its limit on length."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    need(word in (word.lower(), word.upper()), "bech32 in mixed case")
    word = word.lower()
    hrp, _, data = word.rpartition("1")
    need(hrp == prefix and len(data) > 6 and set(data) <= set(letters), f"this is not of the form {prefix}1...")
    values = [letters.index(letter) for letter in data]
    check = 1
    for value in [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp] + values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, constant in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= constant if top >> bit & 1 else 0
    need(check == 1, f"a character of the {prefix}1... is wrong")
    bits = "".join(f"{value:05b}" for value in values[:-6])
    need("1" not in bits[len(bits) // 8 * 8:] and len(bits) % 8 < 5, f"the {prefix}1... is not padded with zeroes")
    return bytes(int(bits[at:at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))


def b64(word):
    """Without padding, canonical."""
    data = base64.b64decode(word + "=" * (-len(word) % 4), validate=True)
    need(base64.b64encode(data).decode().rstrip("=") == word, "base64 of another spelling")
    return data


def hkdf(secret, salt, info):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def unwrap(stanzas, seed):
    mine = [stanza for stanza in stanzas if not stanza[0][0].endswith("-grease")]
    need([arguments[0] for arguments, _ in mine] == ["mlkem768x25519"],
         "the age file is not encrypted to one reader of suite 1 alone")
    arguments, body = mine[0]
    enc = b64(arguments[1]) if len(arguments) == 2 else b""
    need(len(enc) == 1120 and len(body) == 32, "the age file's stanza is not of its form")
    expanded = hashlib.shake_256(seed).digest(96)
    key = hpke.MLKEM768X25519PrivateKey(mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
                                        x25519.X25519PrivateKey.from_private_bytes(expanded[64:]))
    suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    try:
        return suite.decrypt(enc + body, key, info=b"age-encryption.org/mlkem768x25519")
    except Exception as error:  # a wrong key and a bad share fail alike
        raise Refused("this identity does not open it") from error


class Payload:
    """The plaintext of an age file, chunk by chunk, each authentic before it is given out."""

    def __init__(self, source, seed):
        self.source = source
        stanzas, head = [], b""
        need((line := self.line(head)) == b"age-encryption.org/v1\n", "what follows the header is not an age file")
        head += line
        while not (line := self.line(head)).startswith(b"--- "):
            need(line.startswith(b"-> "), "the age header is not of its form")
            head += line
            arguments, body = line[3:-1].decode("ascii", "replace").split(" "), ""
            while True:
                head += (line := self.line(head))
                body += line[:-1].decode("ascii", "replace")
                if len(line) < 65:
                    break
                need(len(line) == 65, "the age header is not of its form")
            stanzas.append((arguments, b64(body)))
        file_key = unwrap(stanzas, seed)
        mac = hmac.digest(hkdf(file_key, b"", b"header"), head + b"---", "sha256")
        need(hmac.compare_digest(b64(line[4:-1].decode("ascii", "replace")), mac), "the age header was changed")
        nonce = exactly(self.source, 16, "the age file")
        self.cipher = ChaCha20Poly1305(hkdf(file_key, nonce, b"payload"))
        self.counter, self.rest, self.done = 0, bytearray(), False

    def line(self, head):
        line = self.source.readline(16384)
        need(line.endswith(b"\n") and len(head) + len(line) <= 16384, "the age header does not end within 16 KiB")
        return line

    def chunk(self):
        sealed = self.source.read(65536 + 16)
        self.done = self.source.peek(1) == b""
        nonce = self.counter.to_bytes(11, "big") + bytes([self.done])
        try:
            plain = self.cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise Refused("a chunk of the age file does not open") from error
        need(plain or self.counter == 0, "the age file ends in an empty chunk")
        self.counter += 1
        return plain

    def read(self, count):
        while len(self.rest) < count and not self.done:
            self.rest += self.chunk()
        taken = bytes(self.rest[:count])
        del self.rest[:count]
        return taken


# Sections 3 and 5: a bundle.

BUNDLE = b"factuurkluis/bundle/1\n"


def read_header(source):
    statement = Statement(source, BUNDLE, HEADER, 65536, "a bundle")
    header = statement.body
    need(header["suite"] == 1, f"suite {header['suite']} is not known here")
    need(2 <= header["leaves"] <= 10_001, "it has no invoice, or more than 10,000")
    need(header["length"] + statement.length < 1 << 32, "it is longer than 4 GiB - 1")
    return statement


def authenticate(statement, key):
    need(statement.body["signers"] == [key_id(key)], "the header names another key than the sender's")
    statement.verify(key)


def parse_leaf(data, kind, header, number):
    leaf = decode(data, kind, f"leaf {number}")
    for name in ("sender", "stream", "number"):
        need(leaf[name] == header[name], f"leaf {number} was sealed by another sender or for another bundle")
    return leaf


def open_bundle(path, key, seed, take):
    """Checks in section 3's order. Returns the statement and, with a seed, the invoices; `take(leaf, index)`
    may give a file for a document's bytes."""
    with open(path, "rb") as source:
        statement = read_header(source)
        header = statement.body
        if key is None:
            return statement, None
        authenticate(statement, key)
        measured, length = hashlib.sha256(), 0
        while piece := source.read(MIB):
            measured.update(piece)
            length += len(piece)
        need(length >= header["length"], f"it ends early: {length} of {header['length']} bytes are there")
        need((length, measured.digest()) == (header["length"], header["sha256"]),
             "the age file is not the one that was signed: it is damaged")
        if seed is None:
            return statement, None
        source.seek(statement.length)
        payload = Payload(source, seed)
        leaves, total = [], 0
        for number in range(header["leaves"]):
            (length,) = struct.unpack(">I", exactly(payload, 4, "the leaves"))
            total += 4 + length
            need(total <= 16 * MIB, "the leaves are more than 16 MiB")
            leaves.append(exactly(payload, length, "the leaves"))
        need(root_of(map(leaf_hash, leaves)) == header["root"], "the leaves are not those that were signed")
        parse_leaf(leaves[0], STREAM_LEAF, header, 0)
        invoices = [parse_leaf(leaf, INVOICE_LEAF, header, number) for number, leaf in enumerate(leaves[1:], 1)]
        for leaf in invoices:
            for index, document in enumerate(leaf["documents"]):
                measured, left, out = hashlib.sha256(), document["length"], take(leaf, index)
                while left:
                    piece = exactly(payload, min(left, 65536), "the documents")
                    measured.update(piece)
                    left -= len(piece)
                    if out:
                        out.write(piece)
                need(measured.digest() == document["sha256"],
                     f"a document of invoice {leaf['record']['number']} is not the one of its leaf")
        need(payload.read(1) == b"", "the payload goes on after the last document")
    return statement, invoices


# Section 10: checkpoint and receipt.

def verify_checkpoint(note, box, key):
    origin = f"factuurkluis.internal/{box.hex()}"
    need(len(note.encode()) <= 128 * 1024 and note.endswith("\n"), "the checkpoint is not a signed note")
    need(not re.search("[\0-\x09\x0b-\x1f]", note), "the checkpoint has control characters")
    lines = note[:-1].split("\n")
    need(len(lines) > 4 and lines[3] == "", "the checkpoint is not a signed note")
    need(lines[0] == origin, f"the checkpoint is of {lines[0][:80]}, not of this box")
    need(re.fullmatch("0|[1-9][0-9]{0,18}", lines[1], re.ASCII), "the checkpoint has no size")
    root = base64.b64decode(lines[2], validate=True)
    need(len(root) == 32 and base64.b64encode(root).decode() == lines[2], "the checkpoint has no root")
    text_, held = "\n".join(lines[:3]) + "\n", False
    mine = sha256(origin.encode(), b"\n\x01", key)[:4]
    for line in lines[4:]:
        parts = line.split(" ")
        need(len(parts) == 3 and parts[0] == "—", "a signature line of the checkpoint is not of its form")
        signature = base64.b64decode(parts[2], validate=True)
        if parts[1] == origin and signature[:4] == mine:
            need(len(signature) == 68, "the box's signature is not of its form")
            verify(key, signature[4:], text_.encode(), "the checkpoint")
            held = True
    need(held, "the checkpoint is not signed by this box")
    return int(lines[1]), root


def verify_receipt(receipt, box, key):
    """Returns kind, body and index of the entry that the receipt proves."""
    proof, _, note = receipt.partition("\n\n")
    lines = proof.split("\n")
    need(len(lines) >= 3 and lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra ")
         and re.fullmatch("index (0|[1-9][0-9]{0,18})", lines[2], re.ASCII), "the receipt is not a tlog-proof")
    extra = base64.b64decode(lines[1][6:], validate=True)
    path = [base64.b64decode(line, validate=True) for line in lines[3:]]
    need(len(extra) >= 33 and len(path) <= 64 and all(len(node) == 32 for node in path), "the receipt is not of its form")
    size, root = verify_checkpoint(note, box, key)
    kind, opening, body, index = extra[0], extra[1:33], extra[33:], int(lines[2][6:])
    entry = bytes([kind]) + hmac.digest(opening, body, "sha256")
    need(included(index, size, leaf_hash(entry), path, root), "the receipt's path does not lead to the checkpoint")
    return kind, body, index


# What people see.

def plain(value, name=""):
    """For JSON and for people: bytes as hex, seconds as a time."""
    if octets(value):
        return value.hex()
    if type(value) is dict:
        return {key: plain(inner, key) for key, inner in value.items()}
    if type(value) is list:
        return [plain(inner) for inner in value]
    if name in ("signed_at", "issued_at", "destroyed_at", "floor", "time") and type(value) is int:
        return datetime.fromtimestamp(value, timezone.utc).isoformat().replace("+00:00", "Z")
    return value


def show(value):
    print(json.dumps(plain(value), indent=2, ensure_ascii=False))


def bundle_command(arguments):
    key, seed, extracted = key_of(arguments.sender), None, []
    if arguments.identity:
        with open(arguments.identity) as file:
            lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
        need(len(lines) == 1, "the identity file holds not just one identity")
        seed = bech32(lines[0], "age-secret-key-pq-")
        need(len(seed) == 32, "this is not an identity of suite 1")
    beside = arguments.to + ".unchecked" if arguments.to else None

    def take(leaf, index):
        if arguments.extract != leaf["record"]["number"] or index != arguments.which - 1 or extracted:
            return None
        extracted.append(open(beside, "wb"))
        return extracted[0]

    try:
        statement, invoices = open_bundle(arguments.bundle, key, seed, take)
        if arguments.extract is not None:
            need(extracted, f"no invoice {arguments.extract} with a document {arguments.which} is in it")
            extracted[0].close()
            os.replace(beside, arguments.to)
    finally:
        if extracted and os.path.exists(beside):
            os.remove(beside)
    state = "not checked: name the sender with --sender" if key is None else "signed by this sender, undamaged"
    if arguments.json:
        show({"state": state, "header": statement.body, "header_digest": statement.digest,
              "invoices": invoices and [{"leaf": number, "record": leaf["record"], "documents": leaf["documents"]}
                                        for number, leaf in enumerate(invoices, 1)]})
    elif arguments.extract is None:
        show(statement.body)
        print(f"header digest {statement.digest.hex()}\n{state}")
        for number, leaf in enumerate(invoices or (), 1):
            record = leaf["record"]
            print(f"{number}\t{record['number']}\t{record['issue_date']}\t{record['gross']} {record['currency']}\t"
                  f"{record['buyer']['name'] or '-'}\t{', '.join(doc['media_type'] for doc in leaf['documents'])}")


def proof_command(arguments):
    with open(arguments.proof, "rb") as source:
        data = source.read(17 * MIB)
    magic = b"factuurkluis/proof/1\n"
    need(data.startswith(magic), "this is not a proof")
    need(len(data) - len(magic) <= 16 * MIB + 65536, "the proof is too long")
    proof = decode(data[len(magic):], PROOF, "the proof")
    front = io.BytesIO(proof["header"])
    statement = read_header(front)
    need(front.read(1) == b"", "bytes follow the proof's header")
    authenticate(statement, proof["key"])
    header = statement.body
    need(included(proof["index"], header["leaves"], leaf_hash(proof["leaf"]), proof["path"], header["root"]),
         "the invoice is not under the root that was signed")
    leaf = parse_leaf(proof["leaf"], INVOICE_LEAF, header, proof["index"])
    claims = []
    if (sender := key_of(arguments.sender)) is not None:
        need(sender == proof["key"], "the proof's key is not this sender's")
        claims.append("signed by this sender")
    else:
        claims.append(f"signed by the key {proof['key'].hex()} (compare it with the sender's card)")
    if arguments.document:
        with open(arguments.document, "rb") as file:
            digest_ = hashlib.file_digest(file, "sha256").digest()
        need(digest_ in [document["sha256"] for document in leaf["documents"]],
             "this document is not one of the invoice's")
        claims.append("the document is the one that was signed")
    if arguments.box_card:
        box = card(arguments.box_card)[0]
        need(proof["receipt"] is not None, "the proof holds no receipt")
        need(box["box"] == header["box"], "the bundle was made for another box")
        kind, body, index = verify_receipt(proof["receipt"], box["box"], box["key"])
        need(kind == 0x30, "the receipt is not of an admission")
        admission = decode(body, ADMISSION, "the admission")["admission"]
        need(admission["header"] == statement.digest, "the receipt is of another bundle")
        claims.append(f"admitted by this box as entry {index} of its journal, at {admission['at']} by its clock")
    show({"holds": claims, "header": header, "record": leaf["record"], "documents": leaf["documents"]})


def certificate_command(arguments):
    with open(arguments.certificate, "rb") as source:
        first = source.readline(64)
    version = CERTIFICATE_1 if first == b"factuurkluis/certificate/1\n" else CERTIFICATE_2
    magic = b"factuurkluis/certificate/%d\n" % (1 if version is CERTIFICATE_1 else 2)
    statement = whole(arguments.certificate, magic, version, MIB // 4, "a certificate")
    body = statement.body
    statement.verify(body["key"])
    check_term(body["term"])
    if arguments.box_card:
        need(key_of(arguments.box_card) == body["key"], "the certificate is not of this box")
    if version is CERTIFICATE_2:
        check_evidence(body)
        if arguments.evidence:
            os.makedirs(arguments.evidence, exist_ok=True)
            for number, token in enumerate(body["tokens"], 1):
                for name, content in (("tsr", token["token"]), ("checkpoint", token["over"].encode())):
                    with open(os.path.join(arguments.evidence, f"{number}.{name}"), "wb") as out:
                        out.write(content)
    tokens = [{**token, "token": f"{len(token['token'])} bytes"} if version is CERTIFICATE_2 else token
              for token in body["tokens"]]
    show({**body, "tokens": tokens})
    print(f"digest {statement.digest.hex()}")
    print("signed by this box" if arguments.box_card else "signed by the key that it names itself: compare it")


def check_evidence(body):
    """That a certificate of version 2 says no more than it shows; the tokens' signatures are openssl's to check."""
    size, _ = verify_checkpoint(body["checkpoint"], body["box"], body["key"])
    for number, token in enumerate(body["tokens"], 1):
        need(sha256(token["token"]) == token["digest"], f"time token {number} is not the one that is named")
        over, _ = verify_checkpoint(token["over"], body["box"], body["key"])
        need(over <= size, f"time token {number} is over a later head than the certificate's")
    end = datetime.combine(date.fromisoformat(body["kept_until"]), time(12), timezone.utc) + timedelta(days=1)
    need(body["word"] != "proven" or any(token["time"] >= end.timestamp() for token in body["tokens"]),
         'it says "proven", and no time token is later than the end of the term')
    need(body["word"] == "declared" or body["floor"] >= end.timestamp(), "its floor is before the end of the term")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", metavar="BUNDLE")
    for option in ("proof", "card", "certificate", "identity", "document", "to", "evidence"):
        parser.add_argument(f"--{option}", metavar="FILE")
    parser.add_argument("--sender", metavar="CARD")
    parser.add_argument("--box-card", metavar="CARD")
    parser.add_argument("--extract", metavar="NUMBER", help="write a document of this invoice to the file of --to")
    parser.add_argument("--which", type=int, default=1, metavar="N", help="which of its documents (1 if not said)")
    parser.add_argument("--json", action="store_true", help="print the bundle as JSON")
    arguments = parser.parse_args()
    kinds = [kind for kind in ("bundle", "proof", "card", "certificate") if getattr(arguments, kind)]
    if len(kinds) != 1:
        parser.error("name one file: BUNDLE, --proof, --card or --certificate")
    if arguments.identity and not arguments.sender:
        parser.error("--identity needs --sender: nothing is decrypted before its signature held")
    if (arguments.extract is None) != (arguments.to is None) or (arguments.extract and not arguments.identity):
        parser.error("--extract needs --to and --identity")
    try:
        if kinds == ["bundle"]:
            bundle_command(arguments)
        elif kinds == ["proof"]:
            proof_command(arguments)
        elif kinds == ["card"]:
            body, fingerprint = card(arguments.card)
            show(body)
            print(f"fingerprint {fingerprint}")
        else:
            certificate_command(arguments)
    except OSError as error:
        print(f"read-bundle: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 2
    except (Refused, ValueError, OverflowError) as error:
        print(f"read-bundle: refused: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
