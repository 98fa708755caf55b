//! Files whose headers are names of our own fields: the rules follow from the headers and from the descriptions of the
//! records, and are listed nowhere.

use super::words::fold;
use super::{Column, From, KINDS, Mapping, Otherwise, Part, Rule, Target, Which};
use crate::exchange::table::Table;
use crate::exchange::{Result, shown};
use crate::record::{FieldKind, RELEASE, REVIEW};

/// The fields that identify a row, as far as the file has them.
const KEY: [&str; 3] = ["system.name", "system.product_area", "system.team"];

/// What a header means.
enum Meaning {
    /// A field.
    Field(Target),
    /// A field that Probity writes itself, such as `ref`.
    Ours,
    /// A field of several records.
    Several(Vec<Target>),
    /// None.
    Unknown,
}

/// The mapping with the rules that a table's headers ask for. Columns whose header names no field go to the review's
/// notes.
pub fn rules(mapping: &Mapping, table: &Table) -> Result<Mapping> {
    let mut made = mapping.clone();
    made.headers_are_fields = false;
    let mut unknown = Vec::new();
    for (at, header) in table.headers.iter().enumerate() {
        let column = Column { which: Which::Number(at + 1), line: 1 };
        match meaning(header) {
            Meaning::Ours => {}
            Meaning::Unknown => unknown.push(part(column, true, false)),
            Meaning::Several(targets) => {
                let names: Vec<String> = targets.iter().map(Target::name).collect();
                let message = format!("the header “{}” can mean {}; write it out.", shown(header), names.join(" or "));
                return mapping.refuse_table(message);
            }
            Meaning::Field(to) => {
                if made.rules.iter().any(|rule| rule.to == to) {
                    return mapping.refuse_table(format!("two columns of {} hold {}.", shown(&table.name), to.name()));
                }
                if KEY.contains(&to.name().as_str()) {
                    made.key.push(column.clone());
                }
                let parts = vec![part(column, false, to.field.kind == FieldKind::Day)];
                made.rules.push(Rule { to, from: From::Columns { parts, join: "\n\n".to_owned() }, when: None });
            }
        }
    }
    if !made.rules.iter().any(|rule| rule.to.name() == KEY[0]) {
        let message =
            format!("{} has no column system.name (or name), and every system needs a name.", shown(&table.name));
        return mapping.refuse_table(message);
    }
    if let Some(field) = REVIEW.field("notes").filter(|_| !unknown.is_empty()) {
        let to = Target { kind: &REVIEW, field };
        made.rules.push(Rule { to, from: From::Columns { parts: unknown, join: "\n\n".to_owned() }, when: None });
    }
    Ok(made)
}

fn part(column: Column, labelled: bool, date: bool) -> Part {
    Part {
        column,
        label: None,
        labelled,
        map: None,
        default: None,
        otherwise: Otherwise::Note,
        split: Vec::new(),
        take: None,
        date,
        blank: None,
    }
}

/// `system.name` means that field; `use_case` or `Use case` the only field so named. Releases are named in full only,
/// so that `name` means the system's.
fn meaning(header: &str) -> Meaning {
    let name = fold(header).replace([' ', '-'], "_");
    if let Ok(target) = Target::named(&name) {
        return Meaning::Field(target);
    }
    let matching: Vec<Target> =
        Target::all().filter(|target| target.kind != &RELEASE && target.field.name == name).collect();
    match matching.as_slice() {
        [only] => Meaning::Field(*only),
        [] => {
            let bare = name.split_once('.').map_or(name.as_str(), |(_, field)| field);
            let kinds = KINDS.iter().filter(|kind| !name.contains('.') || name.starts_with(kind.name));
            if kinds.into_iter().any(|kind| kind.field(bare).is_some()) { Meaning::Ours } else { Meaning::Unknown }
        }
        _ => Meaning::Several(matching),
    }
}
