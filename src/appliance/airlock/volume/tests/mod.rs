use super::StickRefusal;
use crate::support::words::assert_all_said;

#[test]
fn every_refusal_is_said_in_every_language() {
    assert_all_said(StickRefusal::CODES);
}
