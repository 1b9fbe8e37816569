//! Every sentence a person reads, in message files: one folder a language, one file a room.
//!
//! The files are Project Fluent's format (`en/*.ftl`, `nl/*.ftl`) and lie inside the program. A
//! refusal is an enum of its room, made with [`refusals!`](crate::refusals): each variant has a
//! stable code, which is also its message's name, and fields, which are the message's variables. So
//! a script reads the code, a person the sentence. A test holds every code against every language.

mod figures;
mod strangers;
pub use figures::{amount, country_name, date, moment};
pub use strangers::{steers, unsteered};

use std::borrow::Cow;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A language that the messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, the language of `Display`, logs and `--json`.
    #[default]
    En,
    /// Dutch.
    Nl,
}

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Nl];

    /// The BCP 47 tag (`en`, `nl`), as in HTML's `lang`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Nl => "nl",
        }
    }

    /// The language of a tag such as `nl_NL.UTF-8` or `nl-BE`; English where it is another.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|two| two.eq_ignore_ascii_case("nl")) { Self::Nl } else { Self::En }
    }

    /// What the environment asks for (`LC_ALL`, `LC_MESSAGES`, `LANG`, in this order).
    #[must_use]
    pub fn of_environment() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .map_or(Self::En, |tag| Self::from_tag(&tag))
    }
}

macro_rules! files {
    ($language:literal) => {
        &[
            include_str!(concat!($language, "/common.ftl")),
            include_str!(concat!($language, "/disk.ftl")),
            include_str!(concat!($language, "/invoice.ftl")),
            include_str!(concat!($language, "/law.ftl")),
            include_str!(concat!($language, "/bundle.ftl")),
            include_str!(concat!($language, "/journal.ftl")),
            include_str!(concat!($language, "/time.ftl")),
            include_str!(concat!($language, "/push.ftl")),
            include_str!(concat!($language, "/vault.ftl")),
            include_str!(concat!($language, "/reader.ftl")),
            include_str!(concat!($language, "/airlock.ftl")),
            include_str!(concat!($language, "/catalogue.ftl")),
            include_str!(concat!($language, "/archive.ftl")),
            include_str!(concat!($language, "/retention.ftl")),
            include_str!(concat!($language, "/keeper.ftl")),
            include_str!(concat!($language, "/console.ftl")),
            include_str!(concat!($language, "/shop.ftl")),
            include_str!(concat!($language, "/kluis.ftl")),
            include_str!(concat!($language, "/demo.ftl")),
        ]
    };
}

static MESSAGES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [load(Language::En, files!("en")), load(Language::Nl, files!("nl"))]);

fn load(language: Language, files: &[&str]) -> FluentBundle<FluentResource> {
    let tag = language.tag().parse().expect("a language tag of ours is one");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // No Unicode isolation marks: sentences also go to terminals and files.
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned())
            .unwrap_or_else(|(_, errors)| panic!("a {} message file: {errors:?}", language.tag()));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("a {} message twice: {errors:?}", language.tag()));
    }
    bundle
}

/// The message called `name` with its variables filled in. A name without a message comes back as
/// itself, so that nothing that a person must know is ever swallowed (a test keeps this from
/// happening for refusals).
#[must_use]
pub fn message(language: Language, name: &str, fields: &[(&str, Cow<'_, str>)]) -> String {
    let bundle = &MESSAGES[language as usize];
    let Some(pattern) = bundle.get_message(name).and_then(|message| message.value()) else {
        return name.to_owned();
    };
    let mut args = FluentArgs::new();
    for (key, value) in fields {
        // A field that is a whole number is given as one, so that a message can count ("one
        // invoice", "two invoices").
        match value.parse::<u64>() {
            Ok(number) if value.len() < 10 && number.to_string() == **value => args.set(*key, number),
            _ => args.set(*key, value.clone().into_owned()),
        }
    }
    let mut errors = Vec::new();
    bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
}

/// A message without variables.
#[must_use]
pub fn text(language: Language, name: &str) -> String {
    message(language, name, &[])
}

/// Whether a message of this name is written in `language`.
#[must_use]
pub fn has(language: Language, name: &str) -> bool {
    MESSAGES[language as usize].has_message(name)
}

/// Something that is said to a person by a stable code and named fields: a refusal, an error.
pub trait Said {
    /// The stable code, which is the name of the message: `bundle-truncated`.
    fn code(&self) -> Cow<'static, str>;

    /// The message's variables.
    fn fields(&self) -> Vec<(&'static str, String)>;

    /// The sentence.
    fn say(&self, language: Language) -> String {
        let fields = self.fields();
        let fields: Vec<_> =
            fields.iter().map(|(key, value)| (*key, Cow::Borrowed(value.as_str()))).collect();
        message(language, &self.code(), &fields)
    }
}

/// Declares a room's enum of refusals: per variant its fields (anything that is `Display`), and its
/// stable code, which is its message's name in every language. It derives `Debug`, `Clone`,
/// `PartialEq`, and implements [`Said`], `Display` (the English sentence) and `Error`.
///
/// ```
/// factuurkluis::refusals! {
///     /// Why a spoon is refused.
///     pub enum SpoonRefusal {
///         /// It is bent.
///         Bent { degrees: u32 } = "spoon-bent",
///     }
/// }
/// ```
#[macro_export]
macro_rules! refusals {
    ($(#[$meta:meta])* pub enum $name:ident { $(
        $(#[$vmeta:meta])* $variant:ident $({ $($field:ident : $type:ty),* $(,)? })? = $code:literal
    ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum $name { $( $(#[$vmeta])* $variant $({ $($field: $type),* })? ),* }

        impl $name {
            /// Every code with the names of its fields.
            pub const CODES: &'static [(&'static str, &'static [&'static str])] =
                &[$( ($code, &[$($(stringify!($field)),*)?]) ),*];
        }

        impl $crate::support::words::Said for $name {
            fn code(&self) -> std::borrow::Cow<'static, str> {
                match self { $( Self::$variant $({ $($field: _),* })? => $code.into() ),* }
            }
            fn fields(&self) -> Vec<(&'static str, String)> {
                match self { $( Self::$variant $({ $($field),* })? =>
                    vec![$($((stringify!($field), $field.to_string())),*)?] ),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                use $crate::support::words::{Language, Said};
                f.write_str(&self.say(Language::En))
            }
        }

        impl std::error::Error for $name {}
    };
}

/// Holds a room's refusals against the message files: each code has a message in every language and
/// its message uses every field. For tests.
///
/// # Panics
/// If one is missing.
pub fn assert_all_said(codes: &[(&str, &[&str])]) {
    for language in Language::ALL {
        for (code, fields) in codes {
            assert!(has(language, code), "no {} message {code}", language.tag());
            let marked: Vec<_> =
                fields.iter().map(|field| (*field, Cow::Owned(format!("<{field}>")))).collect();
            let sentence = message(language, code, &marked);
            for field in *fields {
                assert!(
                    sentence.contains(&format!("<{field}>")),
                    "the {} message {code} does not use {field}",
                    language.tag()
                );
            }
        }
    }
}
