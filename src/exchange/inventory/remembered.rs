//! What was last imported for each row, and which row of a new file is which of the old ones.

use std::collections::{BTreeMap, HashMap, VecDeque};

use serde_json::{Map, Value as Json};

use crate::workspace::ImportRow;

/// A field's name and what stands for the value that was imported for it.
pub type Marks = BTreeMap<String, String>;

/// A row that was imported before.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// The id of the row in `import_row`.
    pub id: String,
    /// Which of the rows with its key it was.
    pub occurrence: u32,
    /// The ids of the records it became.
    pub system: String,
    pub review: String,
    pub packet: String,
    pub release: Option<String>,
    /// What was imported.
    pub marks: Marks,
}

/// All rows that were imported through a mapping, by their key.
#[derive(Debug, Default)]
pub struct Memory {
    by_key: HashMap<Vec<String>, Vec<Remembered>>,
}

/// Under which name the id of a release stands among the marks; field names have a point in them.
const RELEASE: &str = "release";

impl Memory {
    /// Reads what the workspace keeps. Rows that another program wrote and that make no sense are passed over.
    pub fn new(rows: Vec<ImportRow>) -> Self {
        let mut memory = Self::default();
        for row in rows {
            let key = serde_json::from_str::<(Vec<String>, u32)>(&row.key);
            let marks = serde_json::from_str::<Marks>(&row.imported);
            if let (Ok((key, occurrence)), Ok(mut marks)) = (key, marks) {
                let release = marks.remove(RELEASE);
                let ImportRow { id, system, review, packet, .. } = row;
                memory.by_key.entry(key).or_default().push(Remembered {
                    id,
                    occurrence,
                    system,
                    review,
                    packet,
                    release,
                    marks,
                });
            }
        }
        memory.by_key.values_mut().for_each(|rows| rows.sort_by_key(|row| row.occurrence));
        memory
    }

    /// Takes out, for rows of a new file that share a key, the remembered row that each one is, in the same order.
    /// First those that say exactly the same; the rest in the order in which they stood.
    pub fn match_up(&mut self, key: &[String], new: &[&Marks]) -> Vec<Option<Remembered>> {
        let Some(old) = self.by_key.get_mut(key) else { return vec![None; new.len()] };
        let mut left: Vec<Option<Remembered>> = old.drain(..).map(Some).collect();
        let mut by_content: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (at, row) in left.iter().enumerate() {
            by_content.entry(content(row.as_ref().map(|row| &row.marks))).or_default().push_back(at);
        }
        let mut matched: Vec<Option<Remembered>> = new
            .iter()
            .map(|marks| by_content.get_mut(&content(Some(marks))).and_then(VecDeque::pop_front))
            .map(|at| at.and_then(|at| left[at].take()))
            .collect();
        let mut rest = left.into_iter().flatten();
        for place in matched.iter_mut().filter(|place| place.is_none()) {
            *place = rest.next();
        }
        old.extend(rest);
        matched
    }

    /// What no row of the new file is.
    pub fn rest(self) -> impl Iterator<Item = Remembered> {
        let mut rest: Vec<Remembered> = self.by_key.into_values().flatten().collect();
        rest.sort_by(|a, b| a.id.cmp(&b.id));
        rest.into_iter()
    }
}

fn content(marks: Option<&Marks>) -> String {
    serde_json::to_string(&marks).unwrap_or_default()
}

impl Remembered {
    /// The columns of its row in `import_row`.
    pub fn columns(&self, mapping: &str, key: &[String], source: &str) -> Vec<(&'static str, String)> {
        let mut imported: Map<String, Json> =
            self.marks.iter().map(|(name, mark)| (name.clone(), Json::from(mark.as_str()))).collect();
        if let Some(release) = &self.release {
            imported.insert(RELEASE.to_owned(), Json::from(release.as_str()));
        }
        vec![
            ("mapping", mapping.to_owned()),
            ("key", Json::from(vec![Json::from(key.to_vec()), Json::from(self.occurrence)]).to_string()),
            ("system", self.system.clone()),
            ("review", self.review.clone()),
            ("packet", self.packet.clone()),
            ("source", source.to_owned()),
            ("imported", Json::Object(imported).to_string()),
        ]
    }
}
