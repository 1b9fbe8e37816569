//! The one-way push, end to end: a shop's sender, a bad line, and the box's receiver as its two real processes.
#![allow(clippy::unwrap_used)]

mod relay;
mod scene;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use scene::Scene;

const SOON: Duration = Duration::from_secs(20);

#[test]
fn what_is_pushed_arrives_whole_and_once() {
    let scene = Scene::new();
    let file = scene.bundle(1, 3_000_000);
    let pushed = scene.push(&file, scene.options(scene.address()), 2);
    scene.came(&file, SOON);
    eprintln!("{pushed:?}\n{:?} {:?}", scene.receiver().counts(), scene.receiver().deaths());
    assert_eq!(scene.receiver().deaths().0, 0);
}
