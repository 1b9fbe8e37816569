#![allow(clippy::unwrap_used)]
#![allow(missing_docs)]
//! The console in a real browser, by keyboard alone, on a small screen, in every language: what an
//! officer and an auditor do with it, from the log-in to a certificate of destruction.
//!
//! The box is made, filled, run and turned by the built program.

mod browser;
mod by_program;
mod line;
mod stage;

use browser::Browser;
use factuurkluis::demo::invoices;
use factuurkluis::exchange::bundle::{Proof, SignedBoxCard, SignedCertificate};
use factuurkluis::exchange::invoice::{Kind, Record};
use factuurkluis::exchange::journal::Receipt;
use factuurkluis::exchange::vocabulary::Digest;
use factuurkluis::support::words::{self, Language};
use rust_decimal::Decimal;
use stage::{Person, Stage};

/// One visit: a browser, a box, a language.
struct Visit<'a> {
    browser: &'a Browser,
    stage: &'a Stage,
    language: Language,
}

#[test]
fn the_console_is_used_by_keyboard_in_a_real_browser() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(browser) = Browser::start().await else { return };
        let stage = Stage::new();
        for language in Language::ALL {
            let visit = Visit { browser: &browser, stage: &stage, language };
            visit.as_an_officer().await;
            visit.as_an_auditor().await;
        }
        for language in Language::ALL {
            Visit { browser: &browser, stage: &stage, language }.something_is_kept_longer().await;
        }
        // The first year is over: due and locked. Then the second; the first is destroyed.
        let over = stage.kept_until();
        stage.turn(over[0].checked_add(jiff::Span::new().days(3)).unwrap());
        for language in Language::ALL {
            Visit { browser: &browser, stage: &stage, language }.a_term_that_is_due().await;
        }
        stage.turn(over[1].checked_add(jiff::Span::new().days(3)).unwrap());
        for language in Language::ALL {
            Visit { browser: &browser, stage: &stage, language }.a_term_that_is_destroyed().await;
        }
        browser.close().await;
    });
}

#[test]
fn a_stick_is_followed_on_the_screen_until_it_may_be_taken_out() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let Some(browser) = Browser::start().await else { return };
        let mut stage = Stage::empty();
        for language in Language::ALL {
            let sent = by_program::long(&stage, &format!("S-{}", language.tag()), 60_000);
            Visit { browser: &browser, stage: &stage, language }.before_a_stick_is_in().await;
            stage.put_stick_in(&[sent]);
            Visit { browser: &browser, stage: &stage, language }.a_stick_is_in().await;
            let stick = stage.take_stick_out();
            let receipts = stick.windows(22).filter(|bytes| bytes == b"c2sp.org/tlog-proof@v1").count();
            assert_eq!(receipts, 1, "one receipt was asked for");
            Visit { browser: &browser, stage: &stage, language }.the_stick_is_out().await;
        }
        browser.close().await;
    });
}

impl Visit<'_> {
    async fn before_a_stick_is_in(&self) {
        self.log_in_officer(&self.stage.officer).await;
        self.browser.follow("nav a[href='/stick']").await;
        if self.language == Language::En {
            self.browser.says(&self.word("console-stick-put-in")).await;
        } else {
            self.browser.says(&self.word("console-stick-is-out")).await;
        }
        self.browser.open(&format!("{}/stick?still=1", self.stage.address)).await;
        self.look("stick-empty").await;
    }

    /// Looks again until the page says this.
    async fn until_it_says(&self, name: &str) {
        let begun = std::time::Instant::now();
        loop {
            self.browser.open(&format!("{}/stick", self.stage.address)).await;
            let main = self.browser.text("main").await;
            if main.contains(&self.word(name)) {
                return;
            }
            assert!(begun.elapsed().as_secs() < 60, "{name} is not said in:\n{main}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
    }

    async fn a_stick_is_in(&self) {
        self.until_it_says("console-stick-may-go").await;
        let taken = [("bundles", "1"), ("invoices", "1")];
        self.browser.says(&self.words("console-stick-taken", &taken)).await;
        self.browser.says("half copied.bundle").await;
        self.browser.says(&self.words("console-stick-passed-over", &[("count", "1")])).await;
        assert!(!self.browser.text("main").await.contains("verjaardag"));
        assert_eq!(self.browser.count("svg.qr").await, 1);
        self.look("stick-read").await;
        // The receipt onto the stick, because an officer asks for it.
        self.browser.follow("form[action='/stick/write'] button").await;
        self.browser.says(".tlog-proof").await;
        // The page that says so is one that can be loaded again without writing again.
        self.browser.client.refresh().await.unwrap();
        self.browser.says(".tlog-proof").await;
    }

    async fn the_stick_is_out(&self) {
        self.until_it_says("console-stick-is-out").await;
    }

    fn word(&self, name: &str) -> String {
        words::text(self.language, name)
    }

    fn words(&self, name: &str, fields: &[(&str, &str)]) -> String {
        let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, (*value).into())).collect();
        words::message(self.language, name, &fields)
    }

    async fn look(&self, name: &str) {
        self.browser.look(&format!("{}-{name}", self.language.tag())).await;
    }

    /// Comes to the door and chooses the language there.
    async fn come(&self) {
        self.browser.client.delete_all_cookies().await.unwrap();
        self.browser.open(&self.stage.address).await;
        if self.language != Language::En {
            self.browser.follow(&format!("a[hreflang='{}']", self.language.tag())).await;
        }
        let told = self.browser.client.execute("return document.documentElement.lang", vec![]).await.unwrap();
        assert_eq!(told, self.language.tag());
    }

    async fn log_in_officer(&self, Person { name, pass_phrase }: &Person) {
        self.come().await;
        self.browser.fill("name", name).await;
        self.browser.fill("phrase", pass_phrase).await;
        self.browser.enter().await;
    }

    /// Any of the list, by the arrow keys.
    async fn choose_reason(&self, down: usize) {
        self.browser.tab_to("input[name='reason']").await;
        self.browser.press(" ").await;
        for _ in 0..down {
            self.browser.press(&fantoccini::key::Key::Down.to_string()).await;
        }
        self.browser.enter().await;
    }

    async fn search(&self, fields: &[(&str, &str)]) {
        self.browser.follow("nav a[href='/search']").await;
        for (name, text) in fields {
            self.browser.fill(name, text).await;
        }
        self.browser.enter().await;
    }

    async fn log_out(&self) {
        self.browser.follow("form[action='/log-out'] button").await;
        self.browser.says(&self.word("console-login-lead")).await;
    }

    async fn as_an_officer(&self) {
        self.come().await;
        self.look("log-in").await;
        let wrong = Person { name: "Anna".into(), pass_phrase: "not-hers".into() };
        self.log_in_officer(&wrong).await;
        self.browser.says(&self.word("console-refused-wrong-login")).await;
        self.look("log-in-wrong").await;
        self.log_in_officer(&self.stage.officer).await;

        // Nothing is looked up without a reason.
        self.browser.says(&self.word("console-reason-lead")).await;
        self.look("reason").await;
        self.choose_reason(1).await;
        assert_eq!(self.browser.text(".who .reason").await, self.word("keeper-reason-customer-request"));
        self.look("search").await;

        self.one_with_a_picture().await;
        self.one_with_xml().await;
        self.a_customer().await;
        self.lists_with_sums().await;
        self.what_cannot_be_read().await;
        self.terms_and_receipts().await;
        self.log_out().await;
        // Back in the browser's history is not back in the console.
        self.browser.open(&format!("{}/search?number=1", self.stage.address)).await;
        self.browser.says(&self.word("console-login-lead")).await;
    }

    /// By number, to the picture of the PDF, and to the proof.
    async fn one_with_a_picture(&self) {
        let year = 2;
        let at = self.stage.years[year].iter().position(|one| one.document().starts_with(b"%PDF")).unwrap();
        let (invoice, record) = (&self.stage.years[year][at], self.stage.years[year][at].record());
        self.search(&[("number", &record.number)]).await;
        self.browser.says(&self.words("console-search-found", &[("count", "1")])).await;
        self.browser.follow("table.list tbody a").await;

        self.browser.says(&record.number).await;
        let until = words::date(self.language, self.stage.kept_until()[year]);
        self.browser.says(&until).await;
        self.browser.says(&words::amount(self.language, record.gross.0, record.currency)).await;
        let today = words::date(
            self.language,
            jiff::tz::Offset::UTC.to_datetime(self.stage.card.body().issued_at).date(),
        );
        self.browser.says(&self.words("console-invoice-unchanged", &[("date", &today)])).await;
        // Its PDF has the invoice in it, which was compared.
        let main = self.browser.text("main").await;
        assert!(!main.contains(&self.word("console-invoice-senders-word")));
        self.look("invoice").await;

        self.browser.follow("a[href*='/document/1?']").await;
        let drawn =
            "const one = document.querySelector('.sheet img'); return [one.complete, one.naturalWidth]";
        let drawn = self.browser.client.execute(drawn, vec![]).await.unwrap();
        assert_eq!(drawn[0], true);
        assert!(drawn[1].as_u64().unwrap() > 1000, "the picture is {} wide", drawn[1]);
        self.look("original-pdf").await;
        let save = self.browser.client.find(fantoccini::Locator::Css("a[href$='/file']")).await.unwrap();
        let path = save.attr("href").await.unwrap().unwrap();
        let (head, bytes) = self.stage.download(&path, &self.browser.cookies().await);
        assert!(head.contains("attachment; filename=") && head.contains("sandbox"), "{head}");
        assert!(bytes == invoice.document(), "the saved copy is not the document");

        self.browser.follow("p.back a").await;
        self.browser.follow(".notice.good a").await;
        self.browser.says("python3 scripts/read-bundle.py --proof").await;
        self.browser.says(&Digest::of(&invoice.document()).to_string()).await;
        self.look("proof").await;
        self.proof_files(&record).await;
        self.browser.follow("p.back a").await;
        self.browser.follow("p.back a").await;
        self.browser.says(&self.words("console-search-found", &[("count", "1")])).await;
    }

    /// What the proof's page gives along holds.
    async fn proof_files(&self, record: &Record) {
        let cookies = self.browser.cookies().await;
        let save =
            self.browser.client.find(fantoccini::Locator::Css("a[href$='/proof/file']")).await.unwrap();
        let (_, proof) = self.stage.download(&save.attr("href").await.unwrap().unwrap(), &cookies);
        let proven = Proof::parse(&proof).unwrap().verify().unwrap();
        assert_eq!(&proven.invoice.record, record);
        let (_, card) = self.stage.download("/box.card", &cookies);
        let card = SignedBoxCard::open(&card).unwrap();
        assert_eq!(card.body().box_id, self.stage.card.body().box_id);
        let (head, _) = self.stage.download("/box.card", "");
        assert!(head.starts_with("HTTP/1.1 303"), "who is not logged in gets nothing: {head}");
    }

    async fn one_with_xml(&self) {
        let business = self.stage.years[1].iter().find(|one| one.document().starts_with(b"<?xml")).unwrap();
        self.search(&[("number", &business.record().number)]).await;
        self.browser.follow("table.list tbody a").await;
        self.browser.follow("a[href*='/document/1?']").await;
        let text = self.browser.text("pre.text").await;
        assert!(text.contains("<cbc:ID>") && text.starts_with("<?xml"), "{text}");
        self.look("original-xml").await;
    }

    async fn a_customer(&self) {
        let heroine = invoices::heroine();
        let hers = |record: &Record| record.buyer.name.as_deref() == Some(&*heroine);
        let count = (0..3).flat_map(|year| self.stage.records(year)).filter(hers).count();
        assert!(count > 1);
        // The beginnings of her names are enough.
        let typed = heroine[..heroine.len() - 1].to_lowercase();
        self.search(&[("customer", &typed)]).await;
        self.browser.says(&heroine).await;
        assert!(self.browser.count("table.list tbody tr").await >= count);
        self.look("found-customer").await;
    }

    /// From-to lists with their sums, by number and by date; one goes on on a second page.
    async fn lists_with_sums(&self) {
        let all = self.stage.records(2);
        let of = |kind: bool| -> Vec<&Record> {
            all.iter().filter(|record| (record.kind == Kind::CreditNote) == kind).collect()
        };
        let (invoices, credit_notes) = (of(false), of(true));
        assert!(!credit_notes.is_empty(), "sums of credit notes are not tried");
        let sum = |records: &[&Record]| {
            words::amount(self.language, records.iter().map(|record| record.gross.0).sum::<Decimal>(), "EUR")
        };

        let (from, to) = (&invoices[2].number, &invoices[11].number);
        self.search(&[("number", from), ("number-to", to)]).await;
        self.browser.says(&self.words("console-search-found", &[("count", "10")])).await;
        assert!(self.browser.text("tfoot").await.contains(&sum(&invoices[2..12])));
        self.look("found-range").await;

        let year = all[0].issue_date.year().to_string();
        self.search(&[("from", &year), ("until", &year)]).await;
        self.browser.says(&self.words("console-search-found", &[("count", &all.len().to_string())])).await;
        let said = self.browser.text("tfoot").await;
        assert!(said.contains(&sum(&invoices)) && said.contains(&sum(&credit_notes)), "{said}");
        self.look("found-year").await;
        let shown = self.browser.count("table.list tbody tr").await;
        self.browser.follow("nav.pager a[rel='next']").await;
        assert_eq!(shown + self.browser.count("table.list tbody tr").await, all.len());
        self.look("found-year-2").await;
    }

    async fn what_cannot_be_read(&self) {
        self.search(&[("from", "32-13-2026")]).await;
        self.browser.says(&self.word("console-search-wrong-day")).await;
        self.look("search-wrong").await;
        self.search(&[("number", "no such")]).await;
        self.browser.says(&self.word("console-search-none")).await;
        self.look("found-none").await;
        self.browser.open(&format!("{}/invoice/nothing:1", self.stage.address)).await;
        self.browser.says(&self.word("console-refused-no-such-page")).await;
        self.look("no-such-page").await;
    }

    async fn terms_and_receipts(&self) {
        self.browser.follow("nav a[href='/terms']").await;
        for day in self.stage.kept_until() {
            self.browser.says(&words::date(self.language, day)).await;
        }
        assert_eq!(self.browser.count("svg.bars g").await, self.stage.card.body().terms.len());
        self.look("terms").await;
        self.browser.follow("nav a[href='/receipts']").await;
        self.browser.says(invoices::SHOP_NAME).await;
        self.browser.says(&self.words("console-receipts-up-to", &[("number", "3")])).await;
        self.look("receipts").await;
        if let Some(receipt) = self.browser.qr().await {
            let card = self.stage.card.body();
            let receipt = Receipt::verify(&format!("{receipt}\n"), card.box_id, &card.key).unwrap();
            assert!(receipt.checkpoint().size() > receipt.index());
        }
    }

    async fn as_an_auditor(&self) {
        self.come().await;
        let Person { name, pass_phrase } = &self.stage.auditor;
        self.browser.fill("pass", name).await;
        self.browser.fill("pass-phrase", pass_phrase).await;
        self.browser.enter().await;
        // The pass is the reason: the search is there at once.
        assert_eq!(self.browser.count(".who .reason").await, 0);
        let record = &self.stage.records(2)[0];
        let amount = record.gross.to_string();
        let year = record.issue_date.year().to_string();
        self.search(&[("from", &year), ("until", &year), ("amount", &amount)]).await;
        self.browser.says(&record.number).await;
        self.look("auditor-found").await;
        self.browser.follow("table.list tbody a").await;
        self.browser.says(&record.number).await;
        self.browser.follow("nav a[href='/terms']").await;
        self.browser.says(&self.word("console-terms-lead")).await;
        self.log_out().await;
    }

    /// An invoice and a term are kept longer, and two officers end it.
    async fn something_is_kept_longer(&self) {
        self.log_in_officer(&self.stage.officer).await;
        self.choose_reason(0).await;
        let record = &self.stage.records(2)[3];
        self.search(&[("number", &record.number)]).await;
        self.browser.follow("table.list tbody a").await;
        self.browser.follow("a[href*='/hold?']").await;
        self.browser.says(&self.word("console-hold-lead-invoice")).await;
        self.browser.fill("reference", "C/13/751").await;
        self.look("keep-longer").await;
        self.choose_reason(2).await;
        self.browser.says("C/13/751").await;
        self.browser.says(&self.word("keeper-hold-reason-court")).await;
        self.browser.says(&record.number).await;

        self.browser.follow("nav a[href='/terms']").await;
        self.browser.follow("a[href^='/terms/'][href$='/hold']").await;
        self.browser.says(&self.word("console-hold-lead-term")).await;
        self.browser.fill("reference", "NL-8842").await;
        self.choose_reason(0).await;
        self.browser.says(&self.word("console-hold-whole")).await;
        self.look("kept-longer").await;
        self.search(&[("number", &record.number)]).await;
        self.browser.says(&self.word("console-hold-tag")).await;
        self.look("found-kept-longer").await;

        for _ in 0..2 {
            self.browser.follow("nav a[href='/terms']").await;
            self.browser.follow("a[href='/holds']").await;
            self.browser.follow("a[href$='/release']").await;
            self.browser.fill("second", "Bram").await;
            self.browser.fill("phrase", "not-his").await;
            self.browser.enter().await;
            self.browser.says(&self.word("console-refused-wrong-login")).await;
            self.look("end-wrong").await;
            self.browser.fill("phrase", &self.stage.second.pass_phrase).await;
            self.browser.enter().await;
            self.browser.says(&self.word("console-hold-how")).await;
        }
        // The running box ends them within seconds.
        let begun = std::time::Instant::now();
        while !self.browser.text("main").await.contains(&self.word("console-hold-none")) {
            assert!(begun.elapsed() < std::time::Duration::from_secs(60), "it does not end");
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            self.browser.open(&format!("{}/holds", self.stage.address)).await;
        }
        self.log_out().await;
    }

    async fn a_term_that_is_due(&self) {
        self.log_in_officer(&self.stage.officer).await;
        self.choose_reason(0).await;
        let records = self.stage.records(0);
        self.search(&[("number", &records[0].number)]).await;
        self.browser.says(&self.word("console-search-row-locked")).await;
        self.browser.says(&records[0].number).await;
        let main = self.browser.text("main").await;
        let customer = records[0].buyer.name.clone().unwrap();
        assert!(!main.contains(&customer), "a locked row shows number and date only: {main}");
        assert_eq!(self.browser.count("table.list tbody th a").await, 0);
        self.look("found-due").await;
        self.browser.follow("nav a[href='/terms']").await;
        assert_eq!(self.browser.count(".badge.due").await, 1);
        self.browser.says(&self.word("retention-state-due")).await;
        self.look("terms-due").await;
        self.log_out().await;
    }

    async fn a_term_that_is_destroyed(&self) {
        self.log_in_officer(&self.stage.officer).await;
        self.choose_reason(0).await;
        self.search(&[("number", &self.stage.records(0)[0].number)]).await;
        self.browser.says(&self.word("console-search-none")).await;
        self.look("found-destroyed").await;
        // The years that live are untouched.
        let living = &self.stage.records(2)[0].number;
        self.search(&[("number", living)]).await;
        self.browser.says(living).await;
        self.browser.follow("nav a[href='/terms']").await;
        assert_eq!(
            (self.browser.count(".badge.destroyed").await, self.browser.count(".badge.due").await),
            (1, 1)
        );
        self.look("terms-destroyed").await;

        self.browser.follow("a[href$='/certificate']").await;
        self.browser.says(&self.word("console-certificate-demo")).await;
        self.browser.says(invoices::SHOP).await;
        self.look("certificate").await;
        let save =
            self.browser.client.find(fantoccini::Locator::Css("a[href$='/certificate/file']")).await.unwrap();
        let path = save.attr("href").await.unwrap().unwrap();
        let (_, bytes) = self.stage.download(&path, &self.browser.cookies().await);
        let certificate = SignedCertificate::read(&bytes).unwrap();
        certificate.verify(self.stage.card.body().key).unwrap();
        assert_eq!(certificate.invoices(), self.stage.years[0].len() as u64);
        self.log_out().await;
    }
}
