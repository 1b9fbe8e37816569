//! Look-ups through the keeper, with their durable journal event, and in the catalogues alone against
//! one encrypted SQLite file with the same rows.

use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use factuurkluis::appliance::archive::Layout;
use factuurkluis::appliance::catalogue::{Catalogue, Match, Progress, Query, Sealer};
use factuurkluis::appliance::keeper::{Keeper, Outcome, Visitor};
use factuurkluis::appliance::vault::{FileRoot, Vault};
use factuurkluis::exchange::bundle::labels;
use factuurkluis::exchange::invoice::{Buyer, Record};
use factuurkluis::exchange::vocabulary::{BundleNumber, Digest};
use factuurkluis::support::secret::harden_process;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rusqlite::Connection;

use crate::Scale;
use crate::memory::together;
use crate::pair::{percentile, time, verdict};
use crate::shop::{self, Box, Chance, Sheet};

/// The first of the eight book years.
const FIRST_YEAR: i16 = 2019;
const TERMS: u64 = 8;
const PER_CUSTOMER: u64 = 5;

/// One invoice of the many.
struct One {
    term: u64,
    record: Record,
}

fn invoices(scale: &Scale) -> Vec<One> {
    let mut chance = Chance(8);
    let customers = scale.catalogued / PER_CUSTOMER;
    let template = shop::record(0);
    let one = |number: u64| {
        let term = chance.next() % TERMS;
        let day = date(FIRST_YEAR + term as i16, 1, 1).saturating_add(((chance.next() % 360) as i64).days());
        let customer = number % customers;
        let gross = format!("{}.{:02}", 5 + chance.next() % 900, chance.next() % 100);
        let buyer = Buyer {
            name: Some(format!(
                "{} {}",
                NAMES[(customer % 40) as usize],
                FAMILIES[(customer / 40 % 50) as usize]
            )),
            customer: Some(format!("K-{customer:06}")),
            postcode: Some(format!("{:04} AB", 1000 + customer % 9000)),
            ..template.buyer.clone()
        };
        let record = Record {
            number: format!("{}-{number:06}", FIRST_YEAR + term as i16),
            issue_date: day,
            supply_date: None,
            buyer,
            gross: gross.parse().expect("an amount"),
            ..template.clone()
        };
        One { term, record }
    };
    (0..scale.catalogued).map(one).collect()
}

/// Fills a box in random order; measures before and after the runs are merged.
pub fn run(scale: &Scale, kluis: &Path, scratch: &Path) {
    let place = scratch.join("look-ups");
    let invoices = invoices(scale);
    let (the_box, keeper) = fill(scale, &invoices, &place);
    let sqlite = Sqlite::with(&invoices, &place.join("peer.sqlite"));
    println!(
        "Look-ups: {} invoices in {TERMS} terms and {} bundles",
        scale.catalogued, scale.catalogued_bundles
    );
    measure(scale, "before merging", keeper, &the_box, &invoices, &sqlite, &place);
    let keeper = Keeper::open(&the_box.directory).expect("the box opens");
    idle(&keeper, &the_box);
    measure(scale, "after merging", keeper, &the_box, &invoices, &sqlite, &place);
    open_and_run(kluis, &the_box);
    fs::remove_dir_all(&place).expect("it is ours");
}

fn fill(scale: &Scale, invoices: &[One], place: &Path) -> (Box, Keeper) {
    let stick = place.join("stick");
    fs::create_dir_all(&stick).expect("the scratch folder can be written");
    let (the_box, mut shop) = shop::make(&place.join("box"));
    let mut chance = Chance(8);
    for term in 0..TERMS {
        let of_term: Vec<_> = invoices.iter().filter(|one| one.term == term).collect();
        let name = shop.term_of(date(FIRST_YEAR + term as i16, 6, 1)).to_owned();
        let bundles = (scale.catalogued_bundles / TERMS) as usize;
        for part in of_term.chunks(of_term.len().div_ceil(bundles)) {
            let text = |one: &One| format!("the document of {}", one.record.number);
            let sheets = part.iter().map(|one| Sheet {
                record: one.record.clone(),
                media_type: "text/plain",
                length: text(one).len() as u64,
                sha256: Digest::of(text(one).as_bytes()),
            });
            // A folder is taken by the names of its files.
            let file = stick.join(format!("{:016x}.bundle", chance.next()));
            shop.seal(&name, sheets, &file, |n| Ok(Cursor::new(text(part[n]).into_bytes())));
        }
    }
    let keeper = Keeper::open(&the_box.directory).expect("the box opens");
    let report = keeper.take(&stick, &|_| {}).expect("the folder is taken");
    for (file, outcome) in &report.files {
        assert!(matches!(outcome, Outcome::Admitted(_)), "{file}: {outcome:?}");
    }
    (the_box, keeper)
}

/// The catalogues of a box, opened beside its keeper's back to look up without the journal.
struct Catalogues(Vec<Catalogue>);

impl Catalogues {
    fn open(the_box: &Box) -> Self {
        let directory = &the_box.directory;
        let root = FileRoot::locate(directory).and_then(|path| FileRoot::open(&path, directory));
        let (vault, _) =
            Vault::open(directory, std::boxed::Box::new(root.expect("the root opens")), |_| true)
                .expect("the vault opens");
        let layout = Layout::of(directory);
        let names: Vec<_> = vault.contents().terms().map(|(name, _)| name.to_owned()).collect();
        let open = |name: String| {
            let term = name.parse().expect("a term's name");
            let path = layout.catalogue(&term);
            let lease = vault.lease_term(&name).expect("it lives");
            let key = lease.with(|secret| secret.child(labels::TERM_CATALOGUE)).expect("it lives");
            let expected = bundles(&layout.bundles(&term));
            path.is_dir()
                .then(|| Catalogue::open(&path, Sealer::new(&key, &name), &expected).expect("it opens").0)
        };
        Self(names.into_iter().filter_map(open).collect())
    }

    fn find(&self, query: &Query) -> usize {
        let mut rows = Vec::new();
        for catalogue in &self.0 {
            rows.extend(catalogue.find(query).expect("it answers").rows);
        }
        rows.sort_by(|one, other| one.compare(other, query.order));
        black_box(rows).len()
    }
}

/// The bundles of a term, by the names of their files.
fn bundles(directory: &Path) -> Progress {
    let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("our own names");
    let entries = fs::read_dir(directory).expect("it can be read").flatten().map(name);
    let parse = |name: String| {
        let (stream, number) = name.strip_suffix(".bundle")?.split_once('-')?;
        Some((stream.parse().ok()?, BundleNumber(number.parse().ok()?)))
    };
    entries.filter_map(parse).collect()
}

/// Has a box do what it does when nobody wants anything: it merges runs, one step at a time.
fn idle(keeper: &Keeper, the_box: &Box) {
    look_up(keeper, &officer(keeper, the_box), &by_number("none"));
    for _ in 0..64 {
        keeper.tick().expect("nothing is due");
    }
}

fn officer(keeper: &Keeper, the_box: &Box) -> Visitor {
    let officer = keeper.log_in_officer(&the_box.officer.0, &the_box.officer.1).expect("he may");
    keeper.with_reason(officer, "tax-audit").expect("a reason")
}

fn by_number(number: &str) -> Query {
    Query { number: Some(Match::Exact(number.to_owned())), limit: 50, ..Query::default() }
}

fn by_customer(customer: &str) -> Query {
    Query { customer: Some(Match::Exact(customer.to_owned())), limit: 50, ..Query::default() }
}

fn measure(
    scale: &Scale,
    when: &str,
    keeper: Keeper,
    the_box: &Box,
    invoices: &[One],
    sqlite: &Sqlite,
    place: &Path,
) {
    let mut chance = Chance(57);
    let chosen: Vec<_> =
        (0..scale.look_ups).map(|_| &invoices[(chance.next() % invoices.len() as u64) as usize]).collect();
    let customer = |one: &One| one.record.buyer.customer.clone().expect("each has one");
    {
        let officer = officer(&keeper, the_box);
        let find = |query: Query| look_up(&keeper, &officer, &query);
        // Opens the catalogues.
        find(by_number("none"));
        println!("  {when}");
        let numbers = chosen.iter().map(|one| find(by_number(&one.record.number)));
        durable("by number, with its durable event", numbers.collect());
        let customers = chosen.iter().map(|one| find(by_customer(&customer(one))));
        durable("by customer (5 invoices), with its durable events", customers.collect());
        keeper.stop().expect("it closes");
        drop(keeper);
    }
    sync_alone(place, scale.look_ups);
    let catalogues = Catalogues::open(the_box);
    println!(
        "    the catalogues alone, {} runs in all:",
        catalogues.0.iter().map(Catalogue::runs).sum::<usize>()
    );
    let mut pair = [const { Vec::new() }; 4];
    for one in &chosen {
        let (number, customer) = (&one.record.number, customer(one));
        let (ours, theirs) = (by_number(number), by_customer(&customer));
        let mut timed = |at: usize, expected: u64, work: &mut dyn FnMut() -> usize| {
            let mut count = 0;
            let took = time(|| count = work());
            assert_eq!(count as u64, expected, "all are found");
            pair[at].push(took.as_secs_f64() * 1e6);
        };
        timed(0, 1, &mut || catalogues.find(&ours));
        timed(1, 1, &mut || sqlite.find("number", number));
        timed(2, PER_CUSTOMER, &mut || catalogues.find(&theirs));
        timed(3, PER_CUSTOMER, &mut || sqlite.find("customer", &customer));
    }
    for (what, ours, theirs) in [("by number", 0, 1), ("by customer", 2, 3)] {
        let (a, b) = (percentile(&mut pair[ours], 50), percentile(&mut pair[theirs], 50));
        let what = format!("{what}, no event: ours beside SQLCipher, median");
        let ratio = a / b;
        println!(
            "    {what:<58} {a:>6.0} us beside {b:.0} us: ratio {ratio:.2}, at most 1.00: {}",
            verdict(ratio <= 1.0)
        );
    }
}

fn look_up(keeper: &Keeper, officer: &Visitor, query: &Query) -> f64 {
    time(|| drop(black_box(keeper.find(officer, query).expect("it answers")))).as_secs_f64() * 1e3
}

fn durable(what: &str, mut times: Vec<f64>) {
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    println!("    {what:<58} p50 {p50:.2} ms, p99 {p99:.2} ms, p99 below 5: {}", verdict(p99 < 5.0));
}

/// What the disk itself takes for as little as an event: appending 200 bytes and fdatasync.
fn sync_alone(place: &Path, count: usize) {
    let mut file = fs::File::create(place.join("sync")).expect("the scratch folder can be written");
    let mut times: Vec<_> = (0..count)
        .map(|_| {
            let took = time(|| {
                file.write_all(&[0; 200]).and_then(|()| file.sync_data()).expect("synced");
            });
            took.as_secs_f64() * 1e3
        })
        .collect();
    let (p50, p99) = (percentile(&mut times, 50), percentile(&mut times, 99));
    println!(
        "    {:<58} p50 {p50:.2} ms, p99 {p99:.2} ms",
        "one fdatasync of 200 bytes alone, for comparison"
    );
}

/// How long the box takes to open, and what `kluis run` takes of memory when it has looked up.
fn open_and_run(kluis: &Path, the_box: &Box) {
    harden_process().expect("limits can be set");
    let mut keeper = None;
    let opened = time(|| keeper = Some(Keeper::open(&the_box.directory).expect("the box opens")));
    drop(keeper);
    let seconds = opened.as_secs_f64();
    println!("  the box opens in {seconds:.3} s, below 1: {}", verdict(seconds < 1.0));
    let mut run = Command::new(kluis)
        .arg("--box")
        .arg(&the_box.directory)
        .args(["run", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut said = String::new();
    let stdout = run.stdout.take().expect("asked for");
    BufReader::new(stdout).read_line(&mut said).expect("it says where the console is");
    let pass = the_box.directory.with_extension("pass");
    fs::write(&pass, &the_box.officer.1).expect("the scratch folder can be written");
    for year in FIRST_YEAR..FIRST_YEAR + TERMS as i16 {
        let mut find = Command::new(kluis);
        find.arg("--box").arg(&the_box.directory).args([
            "find",
            "--number",
            &format!("{year}-0*"),
            "--limit",
            "1000",
        ]);
        find.args(["--as", &the_box.officer.0, "--reason", "check", "--pass-file"]).arg(&pass);
        crate::admission::succeed(find.stdout(Stdio::null()));
    }
    let mib = together(&run);
    run.kill().and_then(|()| run.wait()).expect("it was started");
    println!(
        "  peak RSS of kluis run after look-ups in all terms: {mib:.0} MiB, below 200: {}",
        verdict(mib < 200.0)
    );
}

/// One encrypted file with the same rows and ordinary indexes.
struct Sqlite(Connection);

impl Sqlite {
    fn with(invoices: &[One], path: &Path) -> Self {
        let mut connection = Connection::open(path).expect("it opens");
        let key = "x'2DD29CA851E7B56E4697B0E1F08507293D761A05CE4D1B628663F411A8086D99'";
        connection.pragma_update(None, "key", key).expect("SQLCipher is built in");
        connection
            .execute_batch(
                "CREATE TABLE invoices (id INTEGER PRIMARY KEY, term TEXT, bundle INTEGER, leaf INTEGER,
                 series TEXT, number TEXT, kind TEXT, issue_date TEXT, supply_date TEXT, buyer TEXT,
                 buyer_country TEXT, customer TEXT, vat_number TEXT, postcode TEXT, currency TEXT, net TEXT,
                 vat TEXT, gross TEXT, class TEXT);",
            )
            .expect("a table");
        let all = connection.transaction().expect("a transaction");
        for (leaf, One { term, record }) in (0i64..).zip(invoices) {
            let date = |date: Option<Date>| date.map(|date| date.to_string());
            all.prepare_cached(
                "INSERT INTO invoices (term, bundle, leaf, series, number, kind, issue_date, supply_date, buyer,
                 buyer_country, customer, vat_number, postcode, currency, net, vat, gross, class)
                 VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            )
            .expect("it is SQL")
            .execute(rusqlite::params![
                format!("{term}"), leaf / 250, leaf % 250, record.series, record.number, record.kind.word(),
                record.issue_date.to_string(), date(record.supply_date), record.buyer.name,
                record.buyer.country.map(|country| country.to_string()), record.buyer.customer,
                record.buyer.vat_number, record.buyer.postcode, record.currency.to_string(),
                record.net.to_string(), None::<String>, record.gross.to_string(), record.class.word(),
            ])
            .expect("a row");
        }
        all.commit().expect("committed");
        connection
            .execute_batch(
                "CREATE INDEX number ON invoices (number); CREATE INDEX customer ON invoices (customer);
                 CREATE INDEX issued ON invoices (issue_date); CREATE INDEX buyer ON invoices (buyer);
                 CREATE INDEX gross ON invoices (gross);",
            )
            .expect("indexes");
        Self(connection)
    }

    fn find(&self, column: &str, value: &str) -> usize {
        let sql = format!("SELECT * FROM invoices WHERE {column} = ?1 ORDER BY issue_date, number LIMIT 50");
        let mut statement = self.0.prepare_cached(&sql).expect("it is SQL");
        let rows = statement.query_map([value], |row| {
            (4..19).map(|column| row.get::<_, Option<String>>(column)).collect::<Result<Vec<_>, _>>()
        });
        black_box(rows.expect("it answers").collect::<Result<Vec<_>, _>>().expect("rows")).len()
    }
}

const NAMES: [&str; 40] = [
    "Sanne", "Daan", "Emma", "Sem", "Julia", "Lucas", "Mila", "Levi", "Tess", "Finn", "Sophie", "Noah",
    "Zoë", "Luuk", "Sara", "Milan", "Nora", "Bram", "Eva", "Mees", "Anna", "Thijs", "Lotte", "Jesse",
    "Fleur", "Ruben", "Isa", "Lars", "Roos", "Gijs", "Liv", "Tim", "Maud", "Jens", "Noor", "Stijn", "Femke",
    "Koen", "Lieke", "Sven",
];
const FAMILIES: [&str; 50] = [
    "de Jong",
    "Jansen",
    "de Vries",
    "van den Berg",
    "Bakker",
    "Visser",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "Dekker",
    "Brouwer",
    "Dijkstra",
    "Smits",
    "de Graaf",
    "van der Meer",
    "Kok",
    "Jacobs",
    "de Haan",
    "Vermeer",
    "van Dam",
    "van Leeuwen",
    "Kuipers",
    "Veenstra",
    "Kramer",
    "van Wijk",
    "Postma",
    "Prins",
    "Huisman",
    "Blom",
    "Peeters",
    "van der Wal",
    "Kuiper",
    "Veldman",
    "Hoekstra",
    "Schouten",
    "Willems",
    "Verhoeven",
    "Koster",
    "Martens",
    "Bosman",
    "Schipper",
    "Wolters",
    "Springveer",
    "Hermans",
];
