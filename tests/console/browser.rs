//! A headless Chromium that is used by keyboard alone, and is looked over on every page.
//!
//! Each page that is [`looked at`](Browser::look) is held to axe-core's rules, must not be wider than
//! a screen of 1024x768, and leaves a picture in `target/screenshots`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

/// What a page may take to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// More stops than any page has.
const TABS: usize = 120;
const AXE: &str = "4.14.1";
/// How a small screen is.
const SCREEN: (u64, u64) = (1024, 768);

pub(crate) struct Browser {
    pub(crate) client: Client,
    axe: Option<String>,
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one; `None`, said aloud, where there is none (which fails under CI).
    pub(crate) async fn start() -> Option<Self> {
        if !have("chromedriver") {
            install();
        }
        if !have("chromedriver") {
            skipped("chromium and chromium-driver are not here, so the console was not seen in a browser");
            return None;
        }
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            line.unwrap().split_once("successfully on port ").map(|(_, port)| port.to_owned())
        });
        let port = port.expect("chromedriver says its port").trim_end_matches('.').to_owned();
        // It must be able to go on writing.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--force-device-scale-factor=1",
            "--lang=en",
        ];
        let mut arguments: Vec<_> = flags.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut wanted = serde_json::Map::new();
        wanted.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("chromedriver opens a browser");
        let browser = Self { client, axe: axe(), _driver: Driver(driver), _profile: profile };
        browser.fit(SCREEN.1).await;
        Some(browser)
    }

    /// Makes the inside of the window as wide as a small screen, and so high. A window takes its time
    /// to follow, and its frame is not known before.
    async fn fit(&self, height: u64) {
        let measure = "return [innerWidth, innerHeight, outerWidth - innerWidth, outerHeight - innerHeight]";
        let begun = Instant::now();
        loop {
            let size = self.client.execute(measure, vec![]).await.unwrap();
            let size: Vec<u64> =
                size.as_array().unwrap().iter().map(|side| side.as_u64().unwrap_or(0)).collect();
            if size[..2] == [SCREEN.0, height] {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "the window cannot be fitted: {size:?}");
            let outer = [SCREEN.0 + size[2], height + size[3]].map(|side| u32::try_from(side).unwrap());
            self.client.set_window_size(outer[0], outer[1]).await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Opens an address as if it were typed.
    pub(crate) async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Presses Tab until the focus is on what `css` names.
    pub(crate) async fn tab_to(&self, css: &str) {
        for _ in 0..TABS {
            self.press(&Key::Tab.to_string()).await;
            let there = "return document.activeElement.matches(arguments[0])";
            if self.client.execute(there, vec![json!(css)]).await.unwrap() == json!(true) {
                let seen = "const s = getComputedStyle(document.activeElement); \
                    return s.outlineStyle !== 'none' || document.activeElement.matches('input, main')";
                assert_eq!(
                    self.client.execute(seen, vec![]).await.unwrap(),
                    json!(true),
                    "{css}: focus is not seen"
                );
                return;
            }
        }
        panic!("Tab does not lead to {css} at {}", self.client.current_url().await.unwrap());
    }

    /// Types into the field of this name.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        self.tab_to(&format!("input[name='{name}']")).await;
        self.press(text).await;
    }

    /// Presses Enter and waits for the page that comes of it.
    pub(crate) async fn enter(&self) {
        self.client.execute("window.left = true", vec![]).await.unwrap();
        self.press(&Key::Enter.to_string()).await;
        let begun = Instant::now();
        loop {
            let there = "return window.left !== true && document.readyState === 'complete'";
            // Between two pages there is nobody to answer.
            if matches!(self.client.execute(there, vec![]).await, Ok(Value::Bool(true))) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "no page came");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Follows a link, or presses a button.
    pub(crate) async fn follow(&self, css: &str) {
        self.tab_to(css).await;
        self.enter().await;
    }

    /// The text of the first element that `css` names.
    pub(crate) async fn text(&self, css: &str) -> String {
        let found = self.client.find(Locator::Css(css)).await;
        found.unwrap_or_else(|_| panic!("no {css} on the page")).text().await.unwrap()
    }

    /// How many elements `css` names.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Fails unless the page's main part says this.
    pub(crate) async fn says(&self, text: &str) {
        let main = self.text("main").await;
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain(&main).contains(&plain(text)), "{text:?} is not said in:\n{main}");
    }

    /// The cookies, for a download.
    pub(crate) async fn cookies(&self) -> String {
        let cookies = self.client.get_all_cookies().await.unwrap();
        cookies.iter().map(|one| format!("{}={}", one.name(), one.value())).collect::<Vec<_>>().join("; ")
    }

    /// Looks the page over: a picture of the screen and of the whole page, axe's rules, its width.
    pub(crate) async fn look(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await.unwrap()).unwrap();
        let measure = "const e = document.documentElement; return [e.scrollWidth, e.scrollHeight]";
        let size = self.client.execute(measure, vec![]).await.unwrap();
        assert!(size[0].as_u64().unwrap() <= SCREEN.0, "{name} is {} wide", size[0]);
        let height = size[1].as_u64().unwrap().clamp(SCREEN.1, 3600);
        if height > SCREEN.1 {
            self.fit(height).await;
            let whole = self.client.screenshot().await.unwrap();
            std::fs::write(folder.join(format!("{name}-whole.png")), whole).unwrap();
            self.fit(SCREEN.1).await;
        }
        let findings = self.axe_findings().await;
        assert!(findings.is_empty(), "axe on {name}: {findings:#?}");
    }

    /// What a phone reads off the screen: the text of the page's one QR code. `None`, said aloud,
    /// where there is no reader.
    pub(crate) async fn qr(&self) -> Option<String> {
        if !have("zbarimg") {
            skipped("zbarimg is not here, so no QR code was read off the screen");
            return None;
        }
        let picture = tempfile::NamedTempFile::with_suffix(".png").unwrap();
        std::fs::write(picture.path(), self.client.screenshot().await.unwrap()).unwrap();
        let mut reader = Command::new("zbarimg");
        let read = reader.args(["-q", "--raw"]).arg(picture.path()).stderr(Stdio::null()).output().unwrap();
        assert!(read.status.success(), "no QR code can be read off the screen");
        Some(String::from_utf8(read.stdout).unwrap().trim_end().to_owned())
    }

    async fn axe_findings(&self) -> Vec<Value> {
        let Some(axe) = &self.axe else { return Vec::new() };
        self.client.execute(axe, vec![]).await.unwrap();
        let run = "const done = arguments[arguments.length - 1]; \
            axe.run(document, { resultTypes: ['violations', 'incomplete'] }).then( \
                found => done(found.violations.map(v => [v.id, v.help, v.nodes.map(n => n.html + n.failureSummary)])), \
                error => done([['axe', String(error)]]))";
        let found = self.client.execute_async(run, vec![]).await.unwrap();
        found.as_array().expect("axe answers").clone()
    }

    pub(crate) async fn close(self) {
        let _ = self.client.close().await;
    }
}

/// The driver, which takes its browser along, whatever becomes of a test.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let id = rustix::process::Pid::from_raw(self.0.id().cast_signed()).unwrap();
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        let _ = self.0.wait();
    }
}

fn have(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Installs the browser where that is possible.
fn install() {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if root && have("apt-get") {
        let apt = |arguments: &[&str]| {
            let _ = Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").status();
        };
        apt(&["update", "-qq"]);
        apt(&["install", "-y", "-qq", "--no-install-recommends", "chromium", "chromium-driver"]);
    }
}

fn skipped(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what}, and this is CI");
    eprintln!("SKIPPED: {what}");
}

/// axe-core's program, from npm into `target/`.
fn axe() -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("axe-core-{AXE}"));
    let file = folder.join("package/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let command = Command::new(program).args(arguments).current_dir(&folder).output();
            command.is_ok_and(|output| output.status.success())
        };
        let packed = format!("axe-core-{AXE}.tgz");
        let _ =
            run("npm", &["pack", "--silent", &format!("axe-core@{AXE}")]) && run("tar", &["xzf", &packed]);
    }
    let program = std::fs::read_to_string(&file).ok();
    if program.is_none() {
        skipped("npm cannot fetch axe-core, so no page was held to its rules");
    }
    program
}
