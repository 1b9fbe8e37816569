//! `kluis`: the box.

use std::process::ExitCode;

use factuurkluis::appliance::reader;

fn main() -> ExitCode {
    // Before anything else: a reader holds nothing but its two pipes.
    if let Some(code) = reader::serve_if_asked() {
        return code;
    }
    ExitCode::SUCCESS
}
