//! Not built yet.
use crate::exchange::bundle::Piece;
crate::refusals! {
    /// x
    pub enum ReaderRefusal {
        /// x
        Unavailable { reason: String } = "reader-unavailable",
    }
}
/// x
pub struct Reader;
/// x
pub struct Verdict {
    /// x
    pub compared: u32,
}
impl Reader {
    /// x
    pub fn start() -> Result<Self, ReaderRefusal> {
        Ok(Self)
    }
    /// x
    pub fn see(&mut self, _: &Piece<'_>) -> Result<(), ReaderRefusal> {
        Ok(())
    }
    /// x
    pub fn finish(self) -> Result<Verdict, ReaderRefusal> {
        Ok(Verdict { compared: 0 })
    }
}
