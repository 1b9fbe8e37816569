//! Bound soon.
use std::io;
use std::sync::Arc;

use super::gate::Gate;
use super::http::Response;
use crate::appliance::keeper::Keeper;

/// Opens the console.
///
/// # Errors
/// If the port is taken.
pub fn open(keeper: Arc<Keeper>, port: u16) -> io::Result<Gate> {
    Gate::open(port, move |_| Response::text(keeper.facts().entity.name.clone()))
}
