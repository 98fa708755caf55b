//! `probity decision payload`, `sign` and `verify`: SSH signatures over what a decision says, made and checked here or with
//! ssh-keygen.

use std::io::Write as _;
use std::path::Path;

use clap::{Arg, ArgMatches, Command};
use serde_json::json;

use super::ask::text;
use crate::cli::Context;
use crate::cli::exit::{Done, Failure};
use crate::cli::record::{print_arg, print_receipt};
use crate::exchange::signing;
use crate::record::decision::snapshot::payload;
use crate::record::{DECISION, Record};
use crate::session::Session;

fn reference() -> Arg {
    Arg::new("decision").value_name("REF").required(true).help("The decision, such as DEC-1.")
}

fn file(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").help(help)
}

fn decision(matches: &ArgMatches, session: &Session) -> Done<Record> {
    Ok(session.record(&DECISION, matches.get_one::<String>("decision").map_or("", String::as_str))?)
}

fn read(matches: &ArgMatches, name: &str) -> Done<Option<String>> {
    let path = matches.get_one::<String>(name);
    Ok(path.map(|path| signing::read(Path::new(path))).transpose()?)
}

/// The command `decision payload`.
pub fn payload_command() -> Command {
    Command::new("payload")
        .about("Prints exactly what a signature is made over, for ssh-keygen -Y sign and verify.")
        .long_about(
            "Prints exactly what a signature is made over. So anybody can sign and verify without Probity:\n\n  \
             probity decision payload DEC-1 > payload\n  \
             ssh-keygen -Y sign -n probity-decision -f ~/.ssh/id_ed25519 payload\n  \
             probity decision sign DEC-1 --signature payload.sig\n\n  \
             probity decision show DEC-1 --json | jq -r .signature > sig\n  \
             probity decision payload DEC-1 | ssh-keygen -Y verify -n probity-decision -I eve@example.org \
             -f allowed_signers -s sig",
        )
        .arg(reference())
}

/// Runs `decision payload`.
pub fn run_payload(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let decision = decision(matches, &session)?;
    context.out.finish()?;
    // To the byte: nothing is wrapped, coloured or made safe, and nothing in it needs to be.
    Ok(std::io::stdout().write_all(payload(&decision).as_bytes())?)
}

/// The command `decision sign`.
pub fn sign_command() -> Command {
    Command::new("sign")
        .about("Signs a decision with an SSH key, if you made it; what ssh-keygen signed is taken too.")
        .args([
            reference(),
            file("key", "Your private key in OpenSSH's form: Ed25519.").required_unless_present("signature"),
            file("passphrase-file", "A file with the key's passphrase."),
            file("signature", "A signature that ssh-keygen made over the payload.").conflicts_with("key"),
            print_arg(),
        ])
}

/// Runs `decision sign`.
pub fn run_sign(matches: &ArgMatches, context: &mut Context) -> Done {
    let mut session = context.open_to_write()?;
    let decision = decision(matches, &session)?;
    let signature = if let Some(made) = read(matches, "signature")? {
        made
    } else {
        let passphrase = read(matches, "passphrase-file")?;
        let passphrase = passphrase.as_deref().map(|text| text.trim_end_matches(['\r', '\n']));
        let key = read(matches, "key")?.unwrap_or_default();
        signing::sign(&decision, &key, passphrase).map_err(Failure::Refused)?
    };
    let change = signing::change(&decision, &signature, &session.me()?.id);
    let receipt = session.workspace.write(change)?;
    print_receipt(&mut context.out, &DECISION, &session, &receipt, matches)
}

/// The command `decision verify`.
pub fn verify_command() -> Command {
    Command::new("verify")
        .about("Checks a decision's signature: over this decision as it stands, by the key of who decided.")
        .args([
            reference(),
            file("signers", "An allowed-signers file as ssh-keygen(1) describes it.").required(true),
            text("identity", "The signer's name in that file; without it, the e-mail or the handle of who decided."),
            Arg::new("json").long("json").action(clap::ArgAction::SetTrue).help("Print a JSON object."),
        ])
}

/// Runs `decision verify`.
pub fn run_verify(matches: &ArgMatches, context: &mut Context) -> Done {
    let session = context.open()?;
    let decision = decision(matches, &session)?;
    let signers = read(matches, "signers")?.unwrap_or_default();
    let reference = decision.reference();
    if decision.get("signature").is_empty() {
        return Err(Failure::Refused(format!("{reference} is not signed.")));
    }
    let said = matches.get_one::<String>("identity").map(String::as_str);
    let checked = signing::check(&session.workspace, &decision, &signers, said)?;
    if matches.get_flag("json") {
        context.out.json(&json!({
            "decision": reference,
            "ok": checked.is_ok(),
            "signer": checked.as_ref().ok().map(|signer| &signer.principals),
            "key": checked.as_ref().ok().map(|signer| &signer.fingerprint),
            "why": checked.as_ref().err(),
        }))?;
        return if checked.is_ok() { Ok(()) } else { Err(Failure::Found) };
    }
    match checked {
        Ok(signer) => {
            context.out.line(&format!("{reference} was signed by {} with {}.", signer.principals, signer.fingerprint))
        }
        Err(why) => Err(Failure::Refused(format!("The signature of {reference} does not count. {why}"))),
    }
}
