//! The one-way line on the screen: a file that is on its way, and what became of it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use factuurkluis::support::words::Language;

use crate::Visit;
use crate::browser::Browser;
use crate::stage::Stage;

const SHOP: &str = "Trampoline webshop";

/// A shop's folder, with a bundle to push.
struct Sending {
    shop: PathBuf,
    bundle: PathBuf,
    to: String,
}

impl Sending {
    fn new(stage: &Stage) -> Self {
        let folder = stage.folder();
        let (shop, out) = (folder.join("sending"), folder.join("outbox"));
        std::fs::create_dir(&out).unwrap();
        let sending = Self { shop, bundle: PathBuf::new(), to: stage.line.clone() };
        let text = |path: &PathBuf| path.to_str().unwrap().to_owned();
        sending.done(&["init", &text(&sending.shop), "--name", SHOP, "--country", "NL"]);
        let (card, own) = (text(&folder.join("box/box.card")), text(&folder.join("own.card")));
        sending.done(&["enrol", &card, "--fingerprint", &stage.card.fingerprint()]);
        sending.done(&["card", "--out", &own]);
        stage.enrol(&folder.join("own.card"));
        // A few seconds at a low rate.
        let invoice = folder.join("invoice.xml");
        let long = format!("<!-- {} --></Invoice>", "of these there are many ".repeat(160_000));
        let ubl = include_str!("../fixtures/ubl-invoice.xml").replace("</Invoice>", &long);
        assert!(ubl.len() > 3 << 20);
        std::fs::write(&invoice, ubl).unwrap();
        sending.done(&["seal", &text(&invoice), "--to", &text(&out)]);
        let bundle = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap().path();
        Self { bundle, ..sending }
    }

    fn order(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kluis-send"));
        command.arg("--shop").arg(&self.shop).env("LC_ALL", "C").args(arguments);
        command
    }

    fn done(&self, arguments: &[&str]) {
        let done = self.order(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Pushes at so many megabits in a second, so many times.
    fn push(&self, rate: u32, passes: u32) -> Child {
        let (rate, passes) = (rate.to_string(), passes.to_string());
        let bundle = self.bundle.to_str().unwrap();
        let push = ["push", bundle, "--to", &self.to, "--rate", &rate, "--passes", &passes];
        self.order(&push).stdout(Stdio::null()).spawn().unwrap()
    }
}

#[test]
fn a_file_on_the_one_way_line_is_followed_on_the_screen_until_it_is_taken_in() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(browser) = Browser::start().await else { return };
        let stage = Stage::empty();
        let sending = Sending::new(&stage);
        let english = Visit { browser: &browser, stage: &stage, language: Language::En };
        let dutch = Visit { browser: &browser, stage: &stage, language: Language::Nl };
        english.log_in_officer(&stage.officer).await;
        english.until_it_says("console-line-nothing").await;

        let mut push = sending.push(2, 1);
        english.until_a_bar_moves().await;
        english.a_bundle_is_on_its_way().await;
        let line = stage.json(&["line"]);
        assert_eq!((&line["arriving"][0]["number"], &line["arriving"][0]["shop"]), (&1.into(), &SHOP.into()));
        // Somebody stops it in the midst. What is here is kept, and what it waits for is said.
        push.kill().unwrap();
        push.wait().unwrap();
        english.until_it_waits().await;
        dutch.log_in_officer(&stage.officer).await;
        dutch.until_it_waits().await;

        assert!(sending.push(100, 2).wait().unwrap().success());
        dutch.until_it_says("console-line-nothing").await;
        let begun = Instant::now();
        while !stage.json(&["line"])["lately"][0]["sentence"].to_string().contains("number 1") {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}", stage.json(&["line"]));
            std::thread::sleep(Duration::from_millis(100));
        }
        dutch.it_was_taken_in().await;
        english.log_in_officer(&stage.officer).await;
        english.it_was_taken_in().await;
        browser.close().await;
    });
}

impl Visit<'_> {
    async fn stick_page(&self) -> String {
        self.browser.open(&format!("{}/stick?still=1", self.stage.address)).await;
        self.browser.text("main").await
    }

    /// How far the bar is, in per cent.
    async fn bar(&self) -> Option<u64> {
        self.stick_page().await;
        let bar = "const bar = document.querySelector('progress'); return bar ? bar.value : null";
        self.browser.client.execute(bar, vec![]).await.unwrap().as_u64()
    }

    async fn until_a_bar_moves(&self) {
        let (begun, mut first) = (Instant::now(), None);
        loop {
            let now = self.bar().await;
            if let (Some(first), Some(now)) = (first, now)
                && now > first
            {
                return;
            }
            first = first.or(now);
            assert!(begun.elapsed() < Duration::from_secs(30), "no bar moves: {now:?}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    async fn a_bundle_is_on_its_way(&self) {
        // It renews itself meanwhile.
        self.browser.open(&format!("{}/stick", self.stage.address)).await;
        self.browser.says(&self.word("console-stick-renews")).await;
        self.until_it_says("keeper-line-soon").await;
        self.stick_page().await;
        let what = [("number", "1"), ("shop", SHOP)];
        self.browser.says(&self.words("keeper-line-of-bundle", &what)).await;
        self.look("line-arriving").await;
    }

    async fn until_it_waits(&self) {
        let said = self.word("keeper-line-waits");
        let begins = said.split('(').next().unwrap();
        let begun = Instant::now();
        while !self.stick_page().await.contains(begins) {
            assert!(begun.elapsed() < Duration::from_secs(30), "{begins} is not said");
            std::thread::sleep(Duration::from_millis(500));
        }
        self.look("line-waiting").await;
    }

    async fn it_was_taken_in(&self) {
        self.stick_page().await;
        self.browser.says(&self.word("console-line-lately")).await;
        self.browser.says("-000001.bundle").await;
        self.look("line-taken").await;
    }
}
