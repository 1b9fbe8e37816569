#![allow(clippy::unwrap_used)]

use super::process::start_program;
use super::{Kind, lists};

#[test]
fn a_program_that_shuts_no_cage_is_given_nothing() {
    for (program, why) in
        [("/bin/true", "ended at once"), ("/bin/echo", "as it should"), ("/no/such", "No such")]
    {
        match start_program(program.as_ref(), Kind::Compare, None) {
            Err(error) => assert!(error.to_string().contains(why), "{program}: {error}"),
            Ok(_) => panic!("{program} was taken for a caged process"),
        }
    }
}
