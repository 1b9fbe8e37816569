//! The gate: what stands between a browser's socket and tiny_http.
//!
//! tiny_http 0.12 falls to one request: a declared length of 100 GB ends the process, slow heads
//! are never cut off, each connection costs a thread and two descriptors, some five hundred idle
//! ones end its accept loop for good, and its headers take CR and LF (CVE-2026-66753). So it never
//! sees a socket of the network:
//!
//! ```text
//!  browser ──TCP, 127.0.0.1──> gate ──unix socket in a 0700 folder──> tiny_http ──> page
//!                        16 places                one request, rewritten,
//!                        head, body, time         connection closed behind it
//!  browser <───────────────── gate <───────────────────────────────────── tiny_http
//!             paced, head judged and written anew
//! ```
//!
//! **Promised.** At most [`PLACES`] connections are served at once, each by one thread and at most
//! four descriptors; one more pushes out the one that has idled longest, or is answered 503. A
//! request is whole within [`REQUEST_TIME`], its head within [`HEAD_BYTES`], its body within
//! [`BODY_BYTES`]; its `Host` is exactly this console's; it has one plain length, no
//! `Transfer-Encoding`, no `Expect`, nothing behind it. An answer is taken without a pause of
//! [`STALL`] and at [`MIN_RATE`] on the whole, or cut. Memory for one connection is one request and
//! one piece of its answer. Every answer carries the same strict headers, whoever wrote it.
//!
//! **Not promised.** Other programs of this machine reach the port too: loopback is no wall, the
//! log-in is. They can keep the places busy with whole requests; they cannot exhaust the process.
//! There is no TLS: nothing of this leaves the machine.
//!
//! **System calls of one request.** `accept4`, `recvfrom`…, `socket`+`connect` (unix), `sendto`,
//! `recvfrom`, then `recvfrom`/`sendto` by turns, `shutdown`, `close`.

mod head;
mod places;
mod relay;
#[cfg(test)]
mod tests;

use std::fs::Permissions;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::http::{Request, Response};
use super::refusal::ConsoleRefusal;
use head::NoRequest;
use places::{Place, Places};

/// Connections served at once.
pub const PLACES: usize = 16;
/// For a whole request, head and body.
pub const REQUEST_TIME: Duration = Duration::from_secs(5);
/// Request line and headers, in bytes.
pub const HEAD_BYTES: usize = 16 * 1024;
/// A request's body, in bytes.
pub const BODY_BYTES: usize = 256 * 1024;
/// The longest pause in taking an answer, and what is given before the rate counts.
pub const STALL: Duration = Duration::from_secs(10);
/// Bytes a second that an answer is taken at, at least.
pub const MIN_RATE: u64 = 64 * 1024;
/// How long a page may be worked on before its first byte, and the longest pause within it.
pub const THINKING_TIME: Duration = Duration::from_secs(120);

/// An answer's head, in bytes.
const ANSWER_HEAD_BYTES: usize = 16 * 1024;
/// An answer is carried in pieces of this size, and the kernel keeps about as much.
const PIECE: usize = 64 * 1024;
/// How long a connection is kept for the last bytes to arrive.
const PARTING: Duration = Duration::from_secs(1);
/// The pause after `accept` failed (the process is out of descriptors, most likely).
const BREATH: Duration = Duration::from_millis(50);

/// Makes the answer to a request. Called from as many threads as there are places.
type Serve = dyn Fn(Request) -> Response + Send + Sync;

/// An open gate. Dropping it closes the port, lets what is being answered finish, and removes the
/// folder.
pub struct Gate {
    address: SocketAddr,
    behind: Arc<Behind>,
    threads: Vec<JoinHandle<()>>,
    /// 0700, and the socket in it: removed last.
    _folder: tempfile::TempDir,
}

impl Gate {
    /// Listens on 127.0.0.1 at `port` (0 for one that is free) and answers with `serve`.
    ///
    /// # Errors
    /// If the port is taken, or the folder or the socket in it cannot be made.
    pub fn open(port: u16, serve: impl Fn(Request) -> Response + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let folder = tempfile::Builder::new()
            .prefix("kluis-console-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let socket = folder.path().join("pages");
        let behind = Arc::new(Behind { socket, stop: AtomicBool::new(false), server: Mutex::new(None) });
        behind.renew()?;
        let (inner, serve) = (Arc::clone(&behind), Arc::new(serve) as Arc<Serve>);
        let handing =
            thread::Builder::new().name("console-pages".into()).spawn(move || inner.hand_out(&serve))?;
        let inner = Arc::clone(&behind);
        let accepting =
            thread::Builder::new().name("console-gate".into()).spawn(move || accept(&listener, &inner))?;
        Ok(Self { address, behind, threads: vec![accepting, handing], _folder: folder })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.behind.stop.store(true, Ordering::Release);
        // A connection of our own wakes the accept loop, which then sees the flag.
        let _ = TcpStream::connect(self.address);
        self.behind.wake();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        drop(self.behind.server().take());
    }
}

/// The accept loop. It ends when it is told to, and for no other reason.
fn accept(listener: &TcpListener, behind: &Arc<Behind>) {
    let places = Places::default();
    let port = listener.local_addr().map_or(0, |address| address.port());
    loop {
        let accepted = listener.accept();
        if behind.stop.load(Ordering::Acquire) {
            return;
        }
        let Ok((stream, _)) = accepted else {
            thread::sleep(BREATH);
            continue;
        };
        let stream = Arc::new(stream);
        let Some(place) = places.take(&stream) else {
            turn_away(&stream);
            continue;
        };
        let (behind, served) = (Arc::clone(behind), Arc::clone(&stream));
        let spawned = thread::Builder::new()
            .name("console-place".into())
            .spawn(move || attend(&served, &place, port, &behind));
        if spawned.is_err() {
            turn_away(&stream);
        }
    }
}

/// Says 503 without waiting for anything.
fn turn_away(mut stream: &TcpStream) {
    use io::Write;
    static WORDS: LazyLock<Vec<u8>> = LazyLock::new(|| relay::refusal(&ConsoleRefusal::TooMany));
    if stream.set_nonblocking(true).is_ok() {
        let _ = stream.write(&WORDS);
    }
}

/// One connection: one request, one answer, the end.
fn attend(stream: &TcpStream, place: &Place, port: u16, behind: &Behind) {
    // Small buffers: a reader's pace is then seen where it is measured, and an answer's memory in
    // the kernel is bounded too.
    let _ = rustix::net::sockopt::set_socket_send_buffer_size(stream, PIECE);
    let _ = stream.set_nodelay(true);
    let answered = match head::read(stream, port) {
        Ok(request) => {
            place.at_work();
            relay::exchange(&request, behind, stream)
        }
        Err(NoRequest::Refused(refusal)) => {
            use io::Write;
            let mut out = stream;
            stream.set_write_timeout(Some(PARTING)).and_then(|()| out.write_all(&relay::refusal(&refusal)))
        }
        Err(NoRequest::Gone | NoRequest::Idle) => return,
    };
    if answered.is_ok() {
        place.idle();
        relay::part(stream, PARTING);
    }
}

/// tiny_http behind its unix socket. Its accept loop ends for good at its first error, and panics
/// where it cannot duplicate a descriptor; so it can be replaced while the gate stands.
struct Behind {
    socket: PathBuf,
    stop: AtomicBool,
    server: Mutex<Option<Arc<tiny_http::Server>>>,
}

impl Behind {
    /// A way to the pages. If nobody listens there any more, a new server is asked for, and for a
    /// moment waited for.
    fn connect(&self) -> io::Result<UnixStream> {
        let begun = Instant::now();
        loop {
            match UnixStream::connect(&self.socket) {
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
                        && begun.elapsed() < PARTING =>
                {
                    self.wake();
                    thread::sleep(BREATH);
                }
                outcome => return outcome,
            }
        }
    }

    /// Ends the wait for a request, so that the flag and the server are looked at again.
    fn wake(&self) {
        if let Some(server) = self.server().as_ref() {
            server.unblock();
        }
    }

    fn server(&self) -> MutexGuard<'_, Option<Arc<tiny_http::Server>>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server on a fresh socket; whatever was there is gone.
    fn renew(&self) -> io::Result<()> {
        // The old one goes first: going, it removes whatever has its path.
        drop(self.server().take());
        match std::fs::remove_file(&self.socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&self.socket)?;
        let server = tiny_http::Server::from_listener(listener, None).map_err(io::Error::other)?;
        *self.server() = Some(Arc::new(server));
        Ok(())
    }

    /// Takes requests and gives each its thread; there are never more of them than places.
    fn hand_out(&self, serve: &Arc<Serve>) {
        while !self.stop.load(Ordering::Acquire) {
            let server = self.server().clone();
            match server.as_ref().map(|server| server.recv()) {
                Some(Ok(request)) => {
                    let serve = Arc::clone(serve);
                    // Should no thread be had, the request is dropped, which answers it 500; so it
                    // is if a page panics.
                    let _ = thread::Builder::new()
                        .name("console-page".into())
                        .spawn(move || answer(request, serve.as_ref()));
                }
                _ if self.stop.load(Ordering::Acquire) => return,
                _ => {
                    drop(server);
                    if self.renew().is_err() {
                        thread::sleep(BREATH);
                    }
                }
            }
        }
    }
}

/// One request to its answer.
fn answer(mut incoming: tiny_http::Request, serve: &Serve) {
    let response = match Request::read(&mut incoming) {
        Ok(request) => serve(request),
        Err(refusal) => Response::refused(&refusal),
    };
    // Who has gone needs no answer.
    let _ = incoming.respond(response.into_tiny());
}
