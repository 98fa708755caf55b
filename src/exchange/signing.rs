//! Signing a decision and checking its signature: what the command line and the screens both do.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::Utc;

use super::ssh::{self, Signer};
use crate::record::decision::snapshot::payload;
use crate::record::{DECISION, PERSON, Record, Value};
use crate::workspace::{Change, Edit, Error, Result, Workspace};

/// The most bytes that a key or a list of signers may have.
const LARGEST: u64 = 1_000_000;

/// Reads a key, a signature or a list of signers.
///
/// # Errors
/// Where it cannot be read, is no text, or is far too large to be one.
pub fn read(path: &Path) -> Result<String> {
    let failed = |source| Error::File { action: "Reading", path: path.into(), source };
    if fs::metadata(path).map_err(failed)?.len() > LARGEST {
        let why = std::io::Error::other("it is too large to be a key or a list of signers");
        return Err(failed(why));
    }
    fs::read_to_string(path).map_err(failed)
}

/// Signs what a decision says with a private key in OpenSSH's form; `passphrase` opens it where it is locked.
///
/// # Errors
/// Says what is wrong with the key.
pub fn sign(decision: &Record, key: &str, passphrase: Option<&str>) -> std::result::Result<String, String> {
    ssh::sign(&payload(decision), key, passphrase)
}

/// The change that puts a signature to a decision. The workspace refuses it from anybody but who decided.
#[must_use]
pub fn change(decision: &Record, signature: &str, me: &str) -> Change {
    let fields = vec![("signature", Value::text(signature.trim()))];
    let version = Some(decision.version());
    let edits = vec![Edit::Set { kind: &DECISION, id: decision.id().to_owned(), version, fields }];
    Change::by(me, edits).called(format!("{} signed", decision.reference()))
}

/// Checks a decision's signature: over this decision as it stands, by a key that the list of allowed signers gives to who
/// decided, by their e-mail or handle; or to `identity`, where one is said. The outer result is the workspace's, the
/// inner one says who signed, or why it does not count.
///
/// # Errors
/// When the workspace cannot be read.
pub fn check(
    workspace: &Workspace,
    decision: &Record,
    signers: &str,
    identity: Option<&str>,
) -> Result<std::result::Result<Signer, String>> {
    let Some(signature) = decision.text("signature") else {
        return Ok(Err(format!("{} is not signed.", decision.reference())));
    };
    let decider = workspace.get(&PERSON, decision.text("decided_by").unwrap_or_default())?;
    let own = [decider.text("email"), decider.text("handle")];
    let names: Vec<&str> = identity.map_or_else(|| own.into_iter().flatten().collect(), |said| vec![said]);
    let at = decision.get("decided_at").as_moment().unwrap_or_else(Utc::now);
    Ok(ssh::verify(&payload(decision), signature, signers, &names, at))
}

/// The person's own SSH key that is likely meant: the newest `id_ed25519…` in `~/.ssh`. Only names and dates are read.
#[must_use]
pub fn usual_key() -> Option<PathBuf> {
    let folder = ssh_folder()?;
    let is_key = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("id_ed25519") && !name.contains('.') && path.is_file()
    };
    let keys = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).filter(is_key);
    keys.max_by_key(|path| fs::metadata(path).and_then(|about| about.modified()).ok())
}

/// The list of allowed signers that is likely meant: `~/.ssh/allowed_signers`, if it is there.
#[must_use]
pub fn usual_signers() -> Option<PathBuf> {
    Some(ssh_folder()?.join("allowed_signers")).filter(|path| path.is_file())
}

fn ssh_folder() -> Option<PathBuf> {
    Some(directories::BaseDirs::new()?.home_dir().join(".ssh"))
}
