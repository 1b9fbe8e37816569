//! A step at a time through DER: `der`'s reader (minimal lengths, no indefinite ones), with the bytes of
//! each part as they came, because those are what is signed.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

use super::{TimeRefusal, form};

/// What is left of a sequence.
pub(super) struct Walk<'a> {
    reader: SliceReader<'a>,
    /// What it is the inside of, for the refusal.
    of: &'static str,
}

impl<'a> Walk<'a> {
    /// The inside of something that was read before.
    pub(super) fn inside(content: &'a [u8], of: &'static str) -> Result<Self, TimeRefusal> {
        Ok(Self { reader: SliceReader::new(content).map_err(|_| form(of))?, of })
    }

    /// The inside of the one value that `bytes` are, with nothing behind it.
    pub(super) fn whole(bytes: &'a [u8], tag: Tag, of: &'static str) -> Result<Self, TimeRefusal> {
        let mut outside = Self::inside(bytes, of)?;
        let inside = outside.enter(tag)?;
        outside.end()?;
        Ok(inside)
    }

    /// The inside of the next value, which has this tag.
    pub(super) fn enter(&mut self, tag: Tag) -> Result<Self, TimeRefusal> {
        Self::inside(self.value(tag)?, self.of)
    }

    /// The content of the next value, which has this tag.
    pub(super) fn value(&mut self, tag: Tag) -> Result<&'a [u8], TimeRefusal> {
        let any = self.any()?;
        if any.tag() == tag { Ok(any.value()) } else { Err(form(self.of)) }
    }

    /// The content of the next value if it has this tag.
    pub(super) fn value_if(&mut self, tag: Tag) -> Result<Option<&'a [u8]>, TimeRefusal> {
        if self.next_is(tag) { self.value(tag).map(Some) } else { Ok(None) }
    }

    /// The next value with its tag and length.
    pub(super) fn raw(&mut self) -> Result<&'a [u8], TimeRefusal> {
        self.reader.tlv_bytes().map_err(|_| form(self.of))
    }

    /// The next value, whatever it is.
    pub(super) fn any(&mut self) -> Result<AnyRef<'a>, TimeRefusal> {
        AnyRef::decode(&mut self.reader).map_err(|_| form(self.of))
    }

    /// The next value as a type of `der`.
    pub(super) fn read<T: Decode<'a>>(&mut self) -> Result<T, TimeRefusal> {
        T::decode(&mut self.reader).map_err(|_| form(self.of))
    }

    pub(super) fn oid(&mut self) -> Result<ObjectIdentifier, TimeRefusal> {
        self.read()
    }

    pub(super) fn next_is(&self, tag: Tag) -> bool {
        Tag::peek(&self.reader).is_ok_and(|next| next == tag)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.reader.is_finished()
    }

    /// Sees that nothing is left.
    pub(super) fn end(&self) -> Result<(), TimeRefusal> {
        if self.is_at_end() { Ok(()) } else { Err(form(self.of)) }
    }
}

/// `[number]`, with values inside.
pub(super) fn tagged(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

/// `[number]` in place of a primitive type.
pub(super) fn tagged_primitive(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: false, number: TagNumber(number) }
}
