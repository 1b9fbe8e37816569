//! RaptorQ over one block. The crate panics on what is not of its form: every number that it is given here
//! comes out of a [`Geometry`], and decoding runs in a process that may die.

use std::collections::BTreeMap;

use raptorq::{
    EncodingPacket, ObjectTransmissionInformation, PayloadId, SourceBlockDecoder, SourceBlockEncoder,
    SourceBlockEncodingPlan,
};

use super::Geometry;

/// Of what a symbol's length must be a multiple, as RFC 6330 recommends.
const ALIGNMENT: u8 = 4;

fn parameters(symbols: u32, symbol: u16) -> ObjectTransmissionInformation {
    ObjectTransmissionInformation::new(u64::from(symbols) * u64::from(symbol), symbol, 1, 1, ALIGNMENT)
}

/// Makes symbols, block after block; what depends on a block's size alone is worked out once.
pub struct Coder {
    geometry: Geometry,
    plans: BTreeMap<u32, SourceBlockEncodingPlan>,
}

/// The symbols of one block that are sent in one pass, without its own.
pub struct Repair(Vec<EncodingPacket>);

impl Coder {
    /// For a file of this cut.
    #[must_use]
    pub fn new(geometry: Geometry) -> Self {
        Self { geometry, plans: BTreeMap::new() }
    }

    /// `count` symbols beyond the file's own, from the `first`th on, of a block with its zeros.
    ///
    /// # Panics
    /// If `data` is not that block's length.
    pub fn repair(&mut self, block: u32, data: &[u8], first: u32, count: u32) -> Repair {
        assert_eq!(data.len(), self.geometry.padded(block), "a block is given whole");
        let symbols = self.geometry.symbols(block);
        let plan = self.plans.entry(symbols).or_insert_with(|| {
            SourceBlockEncodingPlan::generate(u16::try_from(symbols).expect("bounded by the cut"))
        });
        let symbol = u16::try_from(self.geometry.size().symbol()).expect("both sizes are below 65,536");
        let encoder = SourceBlockEncoder::with_encoding_plan(0, &parameters(symbols, symbol), data, plan);
        Repair(encoder.repair_packets(first, count))
    }
}

impl Repair {
    /// The `n`th of them.
    #[must_use]
    pub fn symbol(&self, n: usize) -> &[u8] {
        self.0[n].data()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The block that these symbols, by their numbers, are of; none where they are not enough.
///
/// # Panics
/// On symbols of another length, by policy of the crate: run it where that harms nobody.
#[must_use]
pub fn decode(symbols: u32, symbol: u16, given: impl Iterator<Item = (u32, Vec<u8>)>) -> Option<Vec<u8>> {
    let length = u64::from(symbols) * u64::from(symbol);
    let mut decoder = SourceBlockDecoder::new(0, &parameters(symbols, symbol), length);
    decoder.decode(given.map(|(number, data)| EncodingPacket::new(PayloadId::new(0, number), data)))
}
