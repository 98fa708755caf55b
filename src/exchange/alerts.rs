//! Alerts as pipelines hand them in: objects of JSON, or lines of CSV, with the fields signal, value, at, key and detail.

use serde_json::{Map, Value as Json};

use crate::text;

/// The fields that an alert has here.
pub const FIELDS: [&str; 5] = ["signal", "value", "at", "key", "detail"];

/// An alert as it was handed in.
pub type Row = Map<String, Json>;

/// What an alert says, as text: empty where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The signal, by reference, id or title.
    pub signal: String,
    /// The value.
    pub value: String,
    /// When it was raised.
    pub at: String,
    /// The pipeline's own id for it.
    pub key: String,
    /// What the pipeline says of it.
    pub detail: String,
}

/// Alerts of JSON: an object, or an array of objects.
///
/// # Errors
/// Where it is no JSON, or holds something else.
pub fn from_json(text: &str) -> Result<Vec<Row>, String> {
    let parsed: Json = serde_json::from_str(text).map_err(|error| format!("This is not JSON: {error}."))?;
    let objects = match parsed {
        Json::Array(objects) => objects,
        object => vec![object],
    };
    let wrong = || "an alert is an object, such as {\"signal\": \"SIG-5\", \"value\": 0.4}.".to_owned();
    objects
        .into_iter()
        .map(|object| if let Json::Object(object) = object { Ok(object) } else { Err(wrong()) })
        .collect()
}

/// Alerts of CSV, the first line of which names the fields.
///
/// # Errors
/// Where it is no CSV.
pub fn from_csv(text: &str) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let wrong = |error: csv::Error| format!("This is no CSV: {error}.");
    let titles = reader.headers().map_err(wrong)?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let cells = titles.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        rows.push(cells.map(|(title, cell)| (title.to_lowercase(), Json::from(cell))).collect());
    }
    Ok(rows)
}

/// What an alert says.
///
/// # Errors
/// Where it has a field that alerts do not have, or names no signal.
pub fn said(row: &Row) -> Result<Said, String> {
    if let Some(other) = row.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        let other = text::line(other);
        return Err(format!("alerts have no “{other}”; they have: {}.", FIELDS.join(", ")));
    }
    let said = |name: &str| match row.get(name) {
        Some(Json::String(text)) => text.trim().to_owned(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let said =
        Said { signal: said("signal"), value: said("value"), at: said("at"), key: said("key"), detail: said("detail") };
    if said.signal.is_empty() {
        return Err("say which signal it is of: signal is missing.".to_owned());
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_objects_say_the_same() {
        let csv = from_csv("Signal,Value,key\nSIG-1, 0.2 ,run-7\nSIG-2,,\n").unwrap();
        let json = from_json(r#"[{"signal": "SIG-1", "value": 0.2, "key": "run-7"}, {"signal": "SIG-2"}]"#).unwrap();
        let all = |rows: &[Row]| rows.iter().map(said).collect::<Vec<_>>();
        assert_eq!(all(&csv), all(&json));
        assert_eq!(said(&csv[0]).unwrap().value, "0.2");
    }

    #[test]
    fn what_is_no_alert_is_refused() {
        assert!(from_json("nothing").is_err() && from_json("[1]").is_err() && from_csv("a,b\n1,2,3\n").is_err());
        let wrong = |text: &str| said(&from_csv(text).unwrap()[0]).unwrap_err();
        assert!(wrong("signal,colour\nSIG-1,red\n").contains("colour"));
        assert!(wrong("value\n4\n").contains("signal is missing"));
    }
}
