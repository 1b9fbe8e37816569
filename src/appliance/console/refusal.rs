//! Every "no" of the console, with the status it is answered by.

use crate::refusals;

refusals! {
    /// Why the console does not do what it was asked.
    ///
    /// No variant repeats what was sent: what comes in over the socket is nobody's text to show.
    pub enum ConsoleRefusal {
        /// The bytes are no HTTP/1.1 request by the letter of RFC 9112.
        NotHttp = "console-refused-not-http",
        /// Another version of HTTP (0.9, 1.0, 2).
        OtherVersion = "console-refused-other-version",
        /// Request line and headers are longer than [`HEAD_BYTES`](super::gate::HEAD_BYTES).
        HeadTooLong { kib: usize } = "console-refused-head-too-long",
        /// The request was not whole within [`REQUEST_TIME`](super::gate::REQUEST_TIME).
        TooSlow { seconds: u64 } = "console-refused-too-slow",
        /// All places are taken.
        TooMany = "console-refused-too-many",
        /// The `Host` is not this console's: another site's name was pointed at it.
        ForeignHost = "console-refused-foreign-host",
        /// A method other than GET, HEAD and POST.
        Method = "console-refused-method",
        /// A coded body (`Transfer-Encoding`).
        Coded = "console-refused-coded",
        /// An `Expect` header.
        Expectation = "console-refused-expectation",
        /// A form without `Content-Length`.
        NoLength = "console-refused-no-length",
        /// A body longer than [`BODY_BYTES`](super::gate::BODY_BYTES).
        BodyTooLong { kib: usize } = "console-refused-body-too-long",
        /// A second request before the answer to the first.
        Pipelined = "console-refused-pipelined",
        /// The answer behind the gate was not one that may leave.
        BadAnswer = "console-refused-bad-answer",
        /// There is no such page.
        NoSuchPage = "console-refused-no-such-page",
        /// An address or a form that the console did not make.
        NotAForm = "console-refused-not-a-form",
        /// A form from another site, or from before the log-in.
        ForeignForm = "console-refused-foreign-form",
        /// Name and pass phrase, or the pass, do not fit. (Which of the two is not said.)
        WrongLogin = "console-refused-wrong-login",
        /// Too many wrong attempts; the next counts after this many seconds.
        Wait { seconds: u64 } = "console-refused-wait",
        /// A one-time link that was used, or never given out.
        SpentLink = "console-refused-spent-link",
        /// No reason was chosen, and an officer looks nothing up without one.
        NoReason = "console-refused-no-reason",
    }
}

impl ConsoleRefusal {
    /// The HTTP status (RFC 9110 section 15; 431 is RFC 6585's) that says it to a program.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::NotHttp | Self::Pipelined | Self::NotAForm => 400,
            Self::ForeignForm | Self::WrongLogin | Self::NoReason => 403,
            Self::NoSuchPage => 404,
            Self::Method => 405,
            Self::TooSlow { .. } => 408,
            Self::SpentLink => 410,
            Self::NoLength => 411,
            Self::BodyTooLong { .. } => 413,
            Self::Expectation => 417,
            Self::ForeignHost => 421,
            Self::Wait { .. } => 429,
            Self::HeadTooLong { .. } => 431,
            Self::Coded => 501,
            Self::BadAnswer => 502,
            Self::TooMany => 503,
            Self::OtherVersion => 505,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_said_in_every_language() {
        crate::support::words::assert_all_said(ConsoleRefusal::CODES);
    }
}
