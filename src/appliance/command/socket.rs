//! `keeper.sock`: frames of a kind byte, a length (u32, big-endian) and that many bytes.
//!
//! ```text
//! client -> keeper   o  the order and the language, JSON, 4 MiB at most
//! keeper -> client   p  progress, JSON        b  bytes that were asked for, 256 KiB at most a frame
//!                    a  the answer, JSON      r  the refusal, JSON              (one of these ends it)
//! ```

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::Order;
use super::order::Said;
use crate::appliance::keeper::{Keeper, KeeperRefusal};
use crate::support::durable::DiskError;
use crate::support::words::Language;

/// Bytes of an order at most, and of anything else: ten thousand bundles taken at once answer with
/// ten thousand receipts.
const ORDER_LIMIT: usize = 4 * 1024 * 1024;
const ANSWER_LIMIT: usize = 256 * 1024 * 1024;
const PIECE: usize = 256 * 1024;
/// A client that says nothing is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Clients at once.
const CLIENTS: usize = 16;

/// The kinds of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Frame {
    /// An order with its language.
    Order = b'o',
    /// How far long work is.
    Progress = b'p',
    /// Bytes that were asked for.
    Bytes = b'b',
    /// The answer.
    Answer = b'a',
    /// The refusal.
    Refusal = b'r',
}

impl Frame {
    fn of(byte: u8) -> Option<Self> {
        [Self::Order, Self::Progress, Self::Bytes, Self::Answer, Self::Refusal]
            .into_iter()
            .find(|frame| *frame as u8 == byte)
    }
}

fn send(stream: &mut impl Write, frame: Frame, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    stream.write_all(&[frame as u8])?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(bytes)
}

fn receive(stream: &mut impl Read) -> io::Result<(Frame, Vec<u8>)> {
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let frame = Frame::of(head[0]).ok_or(io::ErrorKind::InvalidData)?;
    let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
    if length > if frame == Frame::Order { ORDER_LIMIT } else { ANSWER_LIMIT } {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // No more memory than has come.
    let mut bytes = Vec::new();
    stream.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((frame, bytes))
}

/// Serves `keeper.sock` in threads of its own, until the process ends.
///
/// # Errors
/// If the socket cannot be made.
pub fn serve(keeper: &Arc<Keeper>) -> io::Result<()> {
    let path = keeper.directory().join("keeper.sock");
    // The box's lock is ours: a socket that lies there is a dead process's.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    let keeper = Arc::clone(keeper);
    let places = Arc::new(Mutex::new(0));
    std::thread::Builder::new().name("socket".to_owned()).spawn(move || {
        for stream in listener.incoming().flatten() {
            {
                let mut taken = places.lock().unwrap_or_else(PoisonError::into_inner);
                if *taken >= CLIENTS {
                    continue;
                }
                *taken += 1;
            }
            let (keeper, places) = (Arc::clone(&keeper), Arc::clone(&places));
            let client = move || {
                let _ = answer(&keeper, stream);
                *places.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
            };
            let _ = std::thread::Builder::new().name("client".to_owned()).spawn(client);
        }
    })?;
    Ok(())
}

fn answer(keeper: &Keeper, mut stream: UnixStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (Frame::Order, bytes) = receive(&mut stream)? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let (order, language): (Order, Language) = serde_json::from_slice(&zeroize::Zeroizing::new(bytes))?;
    let told = Mutex::new(stream.try_clone()?);
    let progress = |value: Value| {
        let mut stream = told.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = send(&mut *stream, Frame::Progress, value.to_string().as_bytes());
    };
    let mut pieces = Pieces(stream.try_clone()?);
    match order.perform(keeper, language, &progress, &mut pieces) {
        Ok(value) => send(&mut stream, Frame::Answer, value.to_string().as_bytes()),
        Err(refusal) => {
            send(&mut stream, Frame::Refusal, &serde_json::to_vec(&Said::of(&refusal, language))?)
        }
    }
}

/// Bytes that were asked for, as frames.
struct Pieces(UnixStream);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        send(&mut self.0, Frame::Bytes, piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Gives an order to the box in `directory`: to the keeper that runs, or to one for this call.
///
/// # Errors
/// The refusal, with its sentence in `language`.
pub fn order(
    directory: &Path,
    order: Order,
    language: Language,
    progress: &(dyn Fn(Value) + Sync),
    out: &mut dyn Write,
) -> Result<Value, Said> {
    let path = directory.join("keeper.sock");
    if let Ok(stream) = UnixStream::connect(&path) {
        return remote(stream, &order, language, progress, out).unwrap_or_else(|error| {
            Err(Said::of(&DiskError::of("connect", &path, &error).into(), language))
        });
    }
    let said = |refusal: KeeperRefusal| Said::of(&refusal, language);
    let keeper = Keeper::open(directory).map_err(said)?;
    let answer = order.perform(&keeper, language, progress, out).map_err(said);
    // Seconds that cannot be counted, on a full disk, only leave the floor lower than it could be:
    // no reason to keep back an answer, which may be the receipt of what is durable.
    let _ = keeper.stop();
    answer
}

fn remote(
    mut stream: UnixStream,
    order: &Order,
    language: Language,
    progress: &dyn Fn(Value),
    out: &mut dyn Write,
) -> io::Result<Result<Value, Said>> {
    let bytes = zeroize::Zeroizing::new(serde_json::to_vec(&(order, language))?);
    send(&mut stream, Frame::Order, &bytes)?;
    loop {
        let (frame, bytes) = receive(&mut stream)?;
        match frame {
            Frame::Progress => progress(serde_json::from_slice(&bytes)?),
            Frame::Bytes => out.write_all(&bytes)?,
            Frame::Answer => return Ok(Ok(serde_json::from_slice(&bytes)?)),
            Frame::Refusal => return Ok(Err(serde_json::from_slice(&bytes)?)),
            Frame::Order => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}
