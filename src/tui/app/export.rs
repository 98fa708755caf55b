//! The pack for a governance meeting, from the screens: a folder is asked for, the rest runs off the drawing thread.

use std::path::{Path, PathBuf};

use chrono::Days;

use super::ctx::Ctx;
use super::layers::prompt::{Prompt, Take};
use super::message::{Effect, Message};
use super::state::State;
use super::work::Slot;
use super::writes::at_home;
use crate::report::{Output, Pack, ProgrammeWanted, Request, Step, Watch, write_pack};
use crate::review::kpi;
use crate::session::policies_over_time;

/// The changes of how many days are listed.
const DAYS: u64 = 14;

/// Asks for the folder.
pub fn open(state: &mut State) -> Vec<Effect> {
    // Beside the workspace, wherever the program was started; a relative name means that too.
    let beside = state.workspace_path.parent().unwrap_or(Path::new("")).to_owned();
    let suggested = beside.join(format!("probity-pack-{}", state.ctx.today)).to_string_lossy().into_owned();
    let help = format!(
        "A folder; it is made where there is none. HTML, Markdown, XLSX, CSV and JSON are written there, with what changed \
         in the last {DAYS} days. Private notes stay out."
    );
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Name a folder.".to_owned());
        }
        Ok(vec![
            Message::Progress(0, 0, "Reading the workspace".to_owned()),
            Message::Ask(vec![export(beside.join(at_home(text)), ctx)]),
        ])
    });
    state.layers.push(Box::new(Prompt::new("Export the pack to", &help, take).starting(&suggested)));
    Vec::new()
}

fn export(folder: PathBuf, ctx: &Ctx) -> Effect {
    let tell = ctx.tell.clone();
    let (today, policies, policy) = (ctx.today, ctx.policies.clone(), ctx.policy.clone());
    let mut request = Request {
        since: ctx.today.checked_sub_days(Days::new(DAYS)),
        policy: Some(ctx.policy.fingerprint().to_owned()),
        checks: Some(ctx.policy.clone()),
        ..Request::now(&ctx.me.handle)
    };
    let templates = ctx.config.join("templates");
    Effect::Read(
        Slot::Newest("export", 0),
        Box::new(move |workspace, stop| {
            // What the workspace was under is read here, off the drawing thread; without it, the policy of now stands for it.
            let policies =
                policies_over_time(workspace, &policies, &policy).unwrap_or_else(|_| kpi::Policies::one(&policy));
            request.programme = Some(ProgrammeWanted { policies, period: kpi::Period::year_to(today) });
            let mut said = |step: Step| tell(Message::Progress(step.done, step.total, step.what.to_owned()));
            let mut watch = Watch::new(stop, &mut said);
            let output = Output { templates: templates.is_dir().then_some(templates.as_path()), ..Output::to(&folder) };
            let written =
                Pack::compute(workspace, &request, &mut watch).and_then(|pack| write_pack(&pack, &output, &mut watch));
            Some(Message::Finished(match written {
                Ok(files) => {
                    Ok(format!("{} files are in {}; pack.html is the one to open", files.len(), folder.display()))
                }
                Err(error) => Err(error.to_string()),
            }))
        }),
    )
}
