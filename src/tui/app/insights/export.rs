//! Writing what is told to a file, in the formats of `probity kpi` and as the readout of `probity insights readout`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;

use super::Insights;
use crate::report::{figures, readout, trend};
use crate::review::kpi::{self, By, Period};
use crate::session::policies_over_time;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::Choose;
use crate::tui::app::layers::prompt::{Prompt, Take};
use crate::tui::app::message::{Effect, Message};
use crate::tui::app::state::State;
use crate::tui::app::work::Slot;
use crate::tui::app::writes::at_home;
use crate::tui::widgets::picker::{Choice, Picker};
use crate::workspace::{Error, Workspace};

/// What is written: the end of the file's name, what it is called, and what it is.
const FORMATS: [(&str, &str, &str); 4] = [
    ("csv", "Figures as CSV", "a line each, for a spreadsheet or a program"),
    ("json", "Figures as JSON", "an array of objects, with the trend of each"),
    ("html", "Figures as a page", "a table with pictures of the trends, for print or mail"),
    ("md", "Readout", "the document for the lead: figures, flow, forecasts, incidents, late finds"),
];

/// Asks for the format, then for the file.
pub fn open(state: &mut State, place_of: impl Fn(&State) -> Option<&Insights>) -> Vec<Effect> {
    let Some(place) = place_of(state) else { return Vec::new() };
    let (period, by) = (place.period.clone(), place.by);
    let beside = state.workspace_path.parent().unwrap_or(Path::new("")).to_owned();
    let choices = FORMATS.iter().map(|(_, title, about)| Choice::new(*title).about(*about)).collect();
    let picker = Picker::new(format!("Export {}", period.name), choices);
    let take = Box::new(move |places: &[usize], _: &str, _: &Ctx| {
        let format = places.first().and_then(|at| FORMATS.get(*at));
        let format = format.map(|(ending, title, _)| (*ending, *title));
        let asked = format.map(|format| Message::Push(Box::new(ask(format, period.clone(), by, beside.clone()))));
        asked.into_iter().collect()
    });
    state.layers.push(Box::new(Choose::new(picker, take)));
    Vec::new()
}

fn ask((ending, title): (&'static str, &'static str), period: Period, by: Option<By>, beside: PathBuf) -> Prompt {
    let name = if ending == "md" { "readout" } else { "kpi" };
    let suggested = beside.join(format!("{name}-{}.{ending}", period.name)).to_string_lossy().into_owned();
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Name a file.".to_owned());
        }
        let to = beside.join(at_home(text));
        if to.exists() {
            return Err(format!("{} is there already; it is left as it is. Name another file.", to.display()));
        }
        Ok(vec![
            Message::Progress(0, 0, "Computing figures".to_owned()),
            Message::Ask(vec![write(to, ending, period.clone(), by, ctx)]),
        ])
    });
    Prompt::new(&format!("{title}: write to"), "A file that is not there yet.", take).starting(&suggested)
}

fn write(to: PathBuf, ending: &'static str, period: Period, by: Option<By>, ctx: &Ctx) -> Effect {
    let (policies, policy, today) = (ctx.policies.clone(), ctx.policy.clone(), ctx.today);
    let templates = ctx.config.join("templates");
    Effect::Read(
        Slot::Newest("export", 0),
        Box::new(move |workspace, _| {
            let folder = templates.is_dir().then_some(templates.as_path());
            let text = workspace.snapshot(|workspace: &Workspace| -> Result<String, Told> {
                let over_time = policies_over_time(workspace, &policies, &policy)?;
                if ending == "md" {
                    return readout::of(workspace, &over_time, &period, Utc::now(), today, folder)
                        .map_err(|error| Told(error.to_string()));
                }
                let all = kpi::figures(workspace, &over_time, &period, by, &[], today)?;
                Ok(match ending {
                    "csv" => figures::csv(&period, &all).map_err(|error| Told(error.to_string()))?,
                    "json" => {
                        let all: Vec<serde_json::Value> = all.iter().map(figures::json).collect();
                        serde_json::to_string_pretty(&all).map_err(|error| Told(error.to_string()))? + "\n"
                    }
                    _ => trend::page(&workspace.name(), &period, &all, today),
                })
            });
            let said = text.map_err(|told| told.0).and_then(|text| save(&to, &text));
            Some(Message::Finished(said.map(|()| format!("{} is written", to.display()))))
        }),
    )
}

/// Why nothing was written.
struct Told(String);

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        Self(match error {
            Error::Cancelled => "Cancelled; nothing was written.".to_owned(),
            error => error.to_string(),
        })
    }
}

/// Writes a file that is not there yet.
fn save(to: &Path, text: &str) -> Result<(), String> {
    let file = OpenOptions::new().write(true).create_new(true).open(to);
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{} is there already; it is left as it is.", to.display()),
        ErrorKind::NotFound => format!("The folder of {} is not there; make it first.", to.display()),
        _ => format!("{} could not be written: {error}.", to.display()),
    })
}
