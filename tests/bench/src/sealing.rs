//! Sealing a folder of documents with `kluis-send`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::admission::succeed;
use crate::pair::time;
use crate::shop::{self, Kind, copy_tree};

/// A shop's folder that knows its box and has sealed nothing yet.
pub struct Sealer {
    program: PathBuf,
    place: PathBuf,
}

impl Sealer {
    /// Makes a box and a shop. `kluis-send` lies beside `kluis`.
    pub fn new(kluis: &Path, place: &Path) -> Self {
        fs::create_dir_all(place).expect("the scratch folder can be written");
        let (_, shop) = shop::make(&place.join("box"));
        let card = place.join("box.card");
        fs::write(&card, shop.box_card.to_bytes()).expect("the scratch folder can be written");
        let program = kluis.with_file_name("kluis-send");
        let quiet = |command: &mut Command| succeed(command.stdout(Stdio::null()));
        quiet(Command::new(&program).arg("init").arg(place.join("new")).args(["--name", "Trampoline"]));
        let mut enrol = Command::new(&program);
        enrol.arg("--shop").arg(place.join("new")).arg("enrol").arg(card);
        quiet(enrol.args(["--fingerprint", &shop.box_card.fingerprint()]));
        Self { program, place: place.to_owned() }
    }

    /// The command that seals the folder `documents` into the folder `out`, as a shop that has sealed
    /// nothing before.
    pub fn command(&self, documents: &Path, out: &Path) -> Command {
        let shop = self.place.join("shop");
        if shop.exists() {
            fs::remove_dir_all(&shop).expect("it is ours");
        }
        copy_tree(&self.place.join("new"), &shop);
        fs::create_dir_all(out).expect("the scratch folder can be written");
        let mut command = Command::new(&self.program);
        command.arg("--shop").arg(shop).arg("seal").arg(documents).arg("--to").arg(out);
        command.stdout(Stdio::null());
        command
    }

    /// Seals, and says how long it took.
    pub fn seal(&self, documents: &Path, out: &Path) -> Duration {
        let mut command = self.command(documents, out);
        time(|| succeed(&mut command))
    }
}

/// Writes `count` PDFs of a kind without XML into a folder, each with its sidecar, which lists so many
/// articles.
pub fn write_documents(kind: &Kind, count: u64, articles: usize, folder: &Path) {
    fs::create_dir_all(folder).expect("the scratch folder can be written");
    for number in 0..count {
        let file = folder.join(format!("{number:06}.pdf"));
        let listed = shop::articles(number, articles).join("\", \"");
        let listed = if articles > 0 { format!("\"{listed}\"") } else { listed };
        let sidecar = SIDECAR.replace("NUMBER", &Kind::number(number)).replace("ARTICLES", &listed);
        fs::write(file.with_extension("json"), sidecar).expect("the scratch folder can be written");
        fs::write(file, kind.document(number)).expect("the scratch folder can be written");
    }
}

const SIDECAR: &str = r#"{
  "number": "NUMBER",
  "issue_date": "2026-03-06",
  "seller_country": "NL",
  "class": "ordinary",
  "buyer": { "name": "P. de Groot", "country": "NL", "customer": "K-1008", "postcode": "8011 AA" },
  "currency": "EUR",
  "net": "150.00",
  "vat": [{ "category": "S", "rate": "21", "taxable": "150.00", "tax": "31.50" }],
  "gross": "181.50",
  "articles": [ARTICLES]
}
"#;
