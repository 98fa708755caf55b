//! Signing a decision on the screens, checking its signature, and taking a decision back.
//!
//! Keys are read and signatures made on the writing thread, signatures checked on the reading one. A passphrase lives in
//! its line until that is gone: it is no draft, is never drawn, and stands in no message that is kept.

use std::path::PathBuf;

use super::prompt::{Prompt, Take};
use crate::exchange::{signing, ssh};
use crate::record::{DECISION, Record};
use crate::review::decide;
use crate::tui::app::ctx::Ctx;
use crate::tui::app::message::{Boxed, Checked, Effect, Message, Purpose};
use crate::tui::app::work::Slot;
use crate::tui::app::writes::at_home;
use crate::workspace::{Change, Workspace};

/// What is signed: the decision's id and reference.
#[derive(Clone)]
struct Signing {
    id: String,
    reference: String,
}

/// Asks for the key, the person's own one offered; where it is, is looked for off the drawing thread.
#[must_use]
pub fn sign(decision: &Record) -> Effect {
    let what = Signing { id: decision.id().to_owned(), reference: decision.reference().to_owned() };
    Effect::Read(
        Slot::Newest("keys", 0),
        Box::new(move |_, _| Some(Message::Push(ask_key(what, &shown(signing::usual_key()), None)))),
    )
}

fn shown(path: Option<PathBuf>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

fn ask_key(what: Signing, path: &str, problem: Option<String>) -> Boxed {
    let title = format!("Sign {} with which key?", what.reference);
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Name the file of your private key.".to_owned());
        }
        Ok(vec![Message::Ask(vec![signed(what.clone(), text.to_owned(), None, ctx)])])
    });
    let help = "The file of your private SSH key, Ed25519. It is read to sign, and kept nowhere.";
    Box::new(Prompt::new(&title, help, take).starting(path).suggesting("~/.ssh/id_ed25519").wrong(problem))
}

fn ask_passphrase(what: Signing, path: String, problem: Option<String>) -> Boxed {
    let title = format!("Passphrase of {path}");
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Type the passphrase, or Esc.".to_owned());
        }
        Ok(vec![Message::Ask(vec![signed(what.clone(), path.clone(), Some(text.to_owned()), ctx)])])
    });
    let help = "It opens the key for this one signature, and is kept nowhere.";
    Box::new(Prompt::new(&title, help, take).secret().wrong(problem))
}

/// Signs, and saves the signature; asks again where the key cannot be read or opened.
fn signed(what: Signing, path: String, passphrase: Option<String>, ctx: &Ctx) -> Effect {
    let me = ctx.me.id.clone();
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| {
            let key = match signing::read(&at_home(&path)) {
                Ok(key) => key,
                Err(error) => return Some(Message::Push(ask_key(what, &path, Some(error.to_string())))),
            };
            match ssh::is_locked(&key) {
                Err(problem) => return Some(Message::Push(ask_key(what, &path, Some(problem)))),
                Ok(true) if passphrase.is_none() => return Some(Message::Push(ask_passphrase(what, path, None))),
                Ok(_) => {}
            }
            let decision = match workspace.get(&DECISION, &what.id) {
                Ok(decision) => decision,
                Err(error) => return Some(Message::Failed(error)),
            };
            let result = match signing::sign(&decision, &key, passphrase.as_deref()) {
                Ok(signature) => workspace.write(signing::change(&decision, &signature, &me)),
                Err(problem) if passphrase.is_some() => {
                    return Some(Message::Push(ask_passphrase(what, path, Some(problem))));
                }
                Err(problem) => return Some(Message::Push(ask_key(what, &path, Some(problem)))),
            };
            Some(Message::Wrote { purpose: Purpose::Other, result })
        }),
    )
}

/// Asks for the list of allowed signers; `before` is the one that was used last.
#[must_use]
pub fn verify(decision: &Record, before: Option<&str>) -> Effect {
    let (decision, before) = (decision.clone(), before.map(str::to_owned));
    Effect::Read(
        Slot::Newest("keys", 0),
        Box::new(move |_, _| {
            let offered = before.unwrap_or_else(|| shown(signing::usual_signers()));
            Some(Message::Push(ask_signers(decision, &offered, None)))
        }),
    )
}

fn ask_signers(decision: Record, path: &str, problem: Option<String>) -> Boxed {
    let title = format!("Who may have signed {}?", decision.reference());
    let take: Take = Box::new(move |text, _| {
        if text.is_empty() {
            return Err("Name the file of allowed signers.".to_owned());
        }
        Ok(vec![Message::Ask(vec![checked(decision.clone(), text.to_owned())])])
    });
    let help =
        "A file of allowed signers, as ssh-keygen reads it: a line gives a name, such as eve@example.org, its key.";
    Box::new(Prompt::new(&title, help, take).starting(path).suggesting("~/.ssh/allowed_signers").wrong(problem))
}

/// Checks a decision's signature; asks again where the list cannot be read.
fn checked(decision: Record, path: String) -> Effect {
    Effect::Read(
        Slot::Newest("verify", 0),
        Box::new(move |workspace, _| {
            let signers = match signing::read(&at_home(&path)) {
                Ok(signers) => signers,
                Err(error) => return Some(Message::Push(ask_signers(decision, &path, Some(error.to_string())))),
            };
            Some(match check(workspace, decision.id(), &signers, &path) {
                Ok((decision, checked)) => Message::Verified(Box::new(decision), checked),
                Err(error) => Message::Failed(error),
            })
        }),
    )
}

fn check(workspace: &Workspace, id: &str, signers: &str, path: &str) -> crate::workspace::Result<(Record, Checked)> {
    let decision = workspace.get(&DECISION, id)?;
    let result = signing::check(workspace, &decision, signers, None)?;
    let checked = Checked {
        signature: decision.text("signature").unwrap_or_default().to_owned(),
        signers: path.to_owned(),
        result: result.map(|signer| signer.principals),
    };
    Ok((decision, checked))
}

/// Asks why a decision is taken back.
#[must_use]
pub fn withdraw(decision: &Record) -> Boxed {
    let decision = decision.clone();
    let title = format!("Withdraw {} {}: why?", decision.reference(), crate::text::fit(decision.title(), 40));
    ask_why(decision, &title, "", None)
}

fn ask_why(decision: Record, title: &str, before: &str, problem: Option<String>) -> Boxed {
    let own = title.to_owned();
    let take: Take = Box::new(move |text, ctx| {
        if text.is_empty() {
            return Err("Say why it is withdrawn; the decision keeps it.".to_owned());
        }
        Ok(vec![Message::Ask(vec![withdrawn(decision.clone(), own.clone(), text.to_owned(), ctx)])])
    });
    let help = "What rests on it goes back to where it was before, in the same step; its conditions stay.";
    Box::new(Prompt::new(title, help, take).starting(before).wrong(problem))
}

/// Takes a decision back; where that is refused, the reason stays to be given again.
fn withdrawn(decision: Record, title: String, why: String, ctx: &Ctx) -> Effect {
    let me = ctx.me.id.clone();
    Effect::Write(
        Slot::Each,
        Box::new(move |workspace, _| {
            let result = workspace.get(&DECISION, decision.id()).and_then(|decision| {
                let edits = decide::withdraw(&workspace.look(), &decision, &why);
                let what = format!("{} withdrawn", decision.reference());
                workspace.write(Change::by(&me, edits).because(&why).called(what))
            });
            Some(match result {
                Err(error) => Message::Push(ask_why(decision, &title, &why, Some(error.to_string()))),
                result => Message::Wrote { purpose: Purpose::Other, result },
            })
        }),
    )
}
