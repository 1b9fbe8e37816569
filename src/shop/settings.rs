//! `config.toml`: what the shop's owner may set. Nothing in it is secret.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::refusal::{shown, shown_path};
use super::{Refused, ShopRefusal};
use crate::exchange::vocabulary::Country;
use crate::support::durable::{read_up_to, write_atomically};
use crate::support::words::{self, Language};

const LIMIT: u64 = 64 * 1024;
/// The longest name of a shop, in characters.
pub const LONGEST_NAME: usize = 100;

/// The shop's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How the shop is called on its card.
    pub name: String,
    /// Where the shop is established; a document that says so itself leads. Where this is absent
    /// too, the country of the box's card.
    pub country: Option<Country>,
    /// Whether the shop takes part in the EU's one-stop shop, so that sales with VAT to consumers in
    /// other member states are of that class.
    #[serde(default)]
    pub one_stop_shop: bool,
    /// Where time tokens are fetched: the address of an RFC 3161 authority, `http://…`.
    #[serde(default)]
    pub time_authority: Option<String>,
    /// Which files of a folder are invoices, by name: `*` is any row of characters, `?` any one;
    /// capitals do not matter. A file that is named itself is taken whatever its name.
    #[serde(default = "default_patterns")]
    pub patterns: Vec<String>,
}

fn default_patterns() -> Vec<String> {
    ["*.xml", "*.pdf"].map(str::to_owned).to_vec()
}

impl Settings {
    /// Settings with the usual patterns.
    ///
    /// # Errors
    /// [`ShopRefusal::NameUnusable`].
    pub fn new(name: &str, country: Option<Country>, one_stop_shop: bool) -> Result<Self, ShopRefusal> {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME || shown(&name) != name {
            return Err(ShopRefusal::NameUnusable);
        }
        Ok(Self { name, country, one_stop_shop, time_authority: None, patterns: default_patterns() })
    }

    /// Writes the file, with a comment for each setting.
    pub(super) fn write(&self, path: &Path, language: Language) -> Result<(), Refused> {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let country = match &self.country {
            Some(country) => format!("country = {}", quoted(&country.to_string())),
            None => "# country = \"NL\"".to_owned(),
        };
        let authority = match &self.time_authority {
            Some(url) => format!("time_authority = {}", quoted(url)),
            None => "# time_authority = \"http://…\"".to_owned(),
        };
        let patterns: Vec<_> = self.patterns.iter().map(|pattern| quoted(pattern)).collect();
        let comment = |name| {
            let text = words::text(language, name);
            text.lines().map(|line| format!("# {line}\n")).collect::<String>()
        };
        let text = format!(
            "{}name = {}\n\n{}{country}\n\n{}one_stop_shop = {}\n\n{}{authority}\n\n{}patterns = [{}]\n",
            comment("shop-config-name"),
            quoted(&self.name),
            comment("shop-config-country"),
            comment("shop-config-one-stop-shop"),
            self.one_stop_shop,
            comment("shop-config-time-authority"),
            comment("shop-config-patterns"),
            patterns.join(", "),
        );
        Ok(write_atomically(path, text.as_bytes(), 0o600)?)
    }

    pub(super) fn read(path: &Path) -> Result<Self, Refused> {
        let bytes = read_up_to(path, LIMIT)?;
        let refuse = |reason: String| ShopRefusal::Settings { path: shown_path(path), reason };
        let text = std::str::from_utf8(&bytes).map_err(|error| refuse(error.to_string()))?;
        let read: Self = toml::from_str(text).map_err(|error| refuse(shown(error.message())))?;
        let named = Self::new(&read.name, read.country, read.one_stop_shop)?;
        if let Some(url) = read.time_authority.as_deref().filter(|url| !url.starts_with("http://")) {
            let (path, url) = (shown_path(path), shown(url));
            return Err(ShopRefusal::TimeAuthorityUrl { path, url }.into());
        }
        Ok(Self { patterns: read.patterns, time_authority: read.time_authority, ..named })
    }

    /// Whether a folder's file of this name is an invoice.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let name: Vec<char> = name.to_lowercase().chars().collect();
        self.patterns.iter().any(|pattern| {
            let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
            matches(&pattern, &name)
        })
    }
}

/// Whether `pattern` with `*` and `?` is the whole of `name`: each `*` is tried where it stands, and
/// only the last one is ever tried again, so it takes at most pattern times name steps.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == '?' || *c == name[n] => (p, n) = (p + 1, n + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, n) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_written_is_read_in_both_languages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        for language in Language::ALL {
            for country in [None, Some("DE".parse().unwrap())] {
                let mut settings = Settings::new("Trampoline \"De Sprong\" \\ B.V.", country, true).unwrap();
                settings.time_authority = country.map(|_| "http://tsa.example/\"x".to_owned());
                settings.write(&path, language).unwrap();
                assert_eq!(Settings::read(&path).unwrap(), settings);
            }
        }
    }

    #[test]
    fn a_name_is_one_line_of_text() {
        for bad in ["", "  ", "a\nb", "a\u{1b}[0m", &"x".repeat(101)] {
            assert!(Settings::new(bad, None, false).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn patterns_say_which_files_are_invoices() {
        let mut settings = Settings::new("Trampoline", None, false).unwrap();
        assert!(settings.takes("F-1.XML") && settings.takes("f.pdf") && !settings.takes("f.pdf.json"));
        settings.patterns = vec!["inv-????-*.xml".to_owned()];
        assert!(settings.takes("inv-2026-1.xml") && settings.takes("inv-2026-a-b.xml"));
        assert!(!settings.takes("inv-26-1.xml") && !settings.takes("xinv-2026-1.xml"));
        settings.patterns = vec!["*a*a*a*a*b".to_owned()];
        assert!(!settings.takes(&"a".repeat(5000)));
    }
}
