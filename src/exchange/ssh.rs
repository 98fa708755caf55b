//! SSH signatures over a decision's text, in the format that `ssh-keygen -Y` reads and writes (PROTOCOL.sshsig), and files of
//! allowed signers (ssh-keygen(1), ALLOWED SIGNERS). All cryptography is the crate `ssh-key`'s.

use chrono::{DateTime, NaiveDateTime, Utc};
use ssh_key::{HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use crate::text;

/// What the signature is for: a signature for anything else is not one for a decision.
pub const NAMESPACE: &str = "probity-decision";

/// Signs a text with a private key in OpenSSH's form; `passphrase` opens it where it is locked.
///
/// # Errors
/// Says what is wrong with the key.
pub fn sign(payload: &str, key: &str, passphrase: Option<&str>) -> Result<String, String> {
    let mut key =
        PrivateKey::from_openssh(key.trim()).map_err(|error| format!("It is no private key of OpenSSH ({error})."))?;
    if key.is_encrypted() {
        let Some(passphrase) = passphrase else {
            return Err("The key has a passphrase: give it with --passphrase-file, or sign with ssh-keygen.".to_owned());
        };
        key = key.decrypt(passphrase).map_err(|_| "The passphrase does not open the key.".to_owned())?;
    }
    let signature =
        key.sign(NAMESPACE, HashAlg::Sha512, payload.as_bytes()).map_err(|_| unsupported(key.public_key()))?;
    signature.to_pem(LineEnding::LF).map_err(|error| format!("The signature cannot be written ({error})."))
}

fn unsupported(key: &PublicKey) -> String {
    format!("Keys of the kind {} cannot be used here: only Ed25519. Use ssh-keygen -Y for others.", key.algorithm())
}

/// Whether a private key has a passphrase.
///
/// # Errors
/// Says so where it is no private key.
pub fn is_locked(key: &str) -> Result<bool, String> {
    let key = PrivateKey::from_openssh(key.trim());
    key.map(|key| key.is_encrypted()).map_err(|error| format!("It is no private key of OpenSSH ({error})."))
}

/// The fingerprint of the key that a signature names as its own: `SHA256:…`. It says nothing of whether that is true.
///
/// # Errors
/// Says so where it is no signature.
pub fn fingerprint(signature: &str) -> Result<String, String> {
    let signature = SshSig::from_pem(signature.trim()).map_err(|error| format!("It is no SSH signature ({error})."))?;
    Ok(PublicKey::from(signature.public_key().clone()).fingerprint(HashAlg::Sha256).to_string())
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The names that the line of the allowed signer gives.
    pub principals: String,
    /// The key's fingerprint: `SHA256:…`.
    pub fingerprint: String,
}

/// Checks that a signature was made over this text, for decisions, by a key that a line of the allowed signers gives to
/// one of these names, valid at this time.
///
/// # Errors
/// Says why it does not count.
pub fn verify(
    payload: &str,
    signature: &str,
    signers: &str,
    names: &[&str],
    at: DateTime<Utc>,
) -> Result<Signer, String> {
    let signature = SshSig::from_pem(signature.trim()).map_err(|error| format!("It is no SSH signature ({error})."))?;
    if signature.namespace() != NAMESPACE {
        let said = text::line(signature.namespace());
        return Err(format!("It was made for “{said}”, and not for “{NAMESPACE}”."));
    }
    let key = PublicKey::from(signature.public_key().clone());
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    if !matches!(key.algorithm(), ssh_key::Algorithm::Ed25519 | ssh_key::Algorithm::SkEd25519) {
        return Err(unsupported(&key));
    }
    key.verify(NAMESPACE, payload.as_bytes(), &signature).map_err(|_| {
        format!("It was made over something else: another decision, or this one before it was changed ({fingerprint}).")
    })?;
    let mut why = format!("The key {fingerprint} is none of the allowed signers'.");
    for (at_line, line) in signers.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let allowed = Allowed::read(line).map_err(|error| format!("Allowed signers, line {}: {error}", at_line + 1))?;
        let Some(allowed) = allowed.filter(|allowed| allowed.key.key_data() == key.key_data()) else { continue };
        match allowed.refuses(names, at) {
            None => return Ok(Signer { principals: text::line(&allowed.principals).into_owned(), fingerprint }),
            Some(reason) => why = format!("The key {fingerprint} is on line {}, but {reason}.", at_line + 1),
        }
    }
    Err(why)
}

/// A line of an allowed-signers file.
struct Allowed {
    principals: String,
    namespaces: Option<String>,
    after: Option<DateTime<Utc>>,
    before: Option<DateTime<Utc>>,
    key: PublicKey,
}

impl Allowed {
    /// Reads a line; none for keys that sign other keys, or of a kind that is not known here.
    fn read(line: &str) -> Result<Option<Self>, String> {
        let words = words(line);
        let Some((principals, rest)) = words.split_first() else { return Ok(None) };
        let is_kind = |word: &String| ["ssh-", "ecdsa-", "sk-"].iter().any(|kind| word.starts_with(kind));
        let at = rest.iter().position(is_kind).ok_or("There is no key.")?;
        let (options, key) = rest.split_at(at);
        let [kind, data, ..] = key else { return Err("The key is cut off.".to_owned()) };
        let mut allowed = Self {
            principals: principals.clone(),
            namespaces: None,
            after: None,
            before: None,
            key: match PublicKey::from_openssh(&format!("{kind} {data}")) {
                Ok(key) => key,
                Err(_) if kind != "ssh-ed25519" => return Ok(None),
                Err(error) => return Err(format!("It is no public key ({error}).")),
            },
        };
        for option in options.iter().flat_map(|options| split(options, ',')) {
            match option.split_once('=').map_or((option.as_str(), ""), |(name, value)| (name, value.trim_matches('"')))
            {
                ("cert-authority", _) => return Ok(None),
                ("namespaces", value) => allowed.namespaces = Some(value.to_owned()),
                ("valid-after", value) => allowed.after = Some(moment(value)?),
                ("valid-before", value) => allowed.before = Some(moment(value)?),
                (other, _) => return Err(format!("The option “{}” is not known.", text::line(other))),
            }
        }
        Ok(Some(allowed))
    }

    /// Why the line does not allow a signature by somebody with these names at this time.
    fn refuses(&self, names: &[&str], at: DateTime<Utc>) -> Option<String> {
        if self.namespaces.as_deref().is_some_and(|namespaces| !matches(namespaces, NAMESPACE)) {
            return Some(format!("not for “{NAMESPACE}”"));
        }
        if !names.iter().any(|name| matches(&self.principals, name)) {
            return Some(format!("it is {}’s, who did not decide", text::line(&self.principals)));
        }
        if self.after.is_some_and(|after| at < after) || self.before.is_some_and(|before| at >= before) {
            return Some("not for the time of the decision".to_owned());
        }
        None
    }
}

/// The words of a line; a quoted part may hold blanks.
fn words(line: &str) -> Vec<String> {
    split(line, ' ').into_iter().filter(|word| !word.is_empty()).collect()
}

/// The parts between separators that stand outside quotes; a tab is a blank.
fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        let parts_here = !quoted && (c == separator || separator == ' ' && c == '\t');
        match parts.last_mut() {
            Some(last) if !parts_here => last.push(c),
            _ => parts.push(String::new()),
        }
    }
    parts
}

/// A time as allowed-signers files write it: `YYYYMMDD` or `YYYYMMDDHHMM[SS]`; taken as UTC, with or without the `Z`.
fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    let digits = text.strip_suffix('Z').unwrap_or(text);
    let whole = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        _ => digits.to_owned(),
    };
    NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%S")
        .map(|moment| moment.and_utc())
        .map_err(|_| format!("“{}” is no time such as 20261231.", crate::text::line(text)))
}

/// Whether a list of patterns (`*`, `?`, and `!` to keep out) fits a name.
fn matches(patterns: &str, name: &str) -> bool {
    let mut fits = false;
    for pattern in patterns.trim_matches('"').split(',').map(str::trim) {
        match pattern.strip_prefix('!') {
            Some(kept_out) if glob(kept_out, name) => return false,
            None if glob(pattern, name) => fits = true,
            _ => {}
        }
    }
    fits
}

fn glob(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.to_lowercase().chars().collect(), name.to_lowercase().chars().collect());
    // For each length of the name, whether the pattern so far fits it.
    let mut fits = vec![false; name.len() + 1];
    fits[0] = true;
    for part in pattern {
        let mut next = vec![false; name.len() + 1];
        for at in 0..=name.len() {
            next[at] = match part {
                '*' => fits[at] || at > 0 && next[at - 1],
                _ => at > 0 && fits[at - 1] && (part == '?' || part == name[at - 1]),
            };
        }
        fits = next;
    }
    fits[name.len()]
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    // Made by ssh-keygen for these tests; they open nothing.
    const KEY: &str = include_str!("../../tests/data/ssh/decider");
    const LOCKED: &str = include_str!("../../tests/data/ssh/locked");
    const SIGNERS: &str = include_str!("../../tests/data/ssh/allowed_signers");
    /// By `ssh-keygen -Y sign -n probity-decision -f decider payload`.
    const SIGNED: &str = include_str!("../../tests/data/ssh/payload.sig");
    const PAYLOAD: &str = include_str!("../../tests/data/ssh/payload");

    fn at() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).expect("a time")
    }

    #[test]
    fn a_signature_by_ssh_keygen_counts() {
        let signer = verify(PAYLOAD, SIGNED, SIGNERS, &["eve", "eve@example.org"], at()).expect("verified");
        assert_eq!(signer.principals, "eve@example.org");
        assert!(signer.fingerprint.starts_with("SHA256:"));
        assert_eq!(fingerprint(SIGNED), Ok(signer.fingerprint));
        assert!(fingerprint(PAYLOAD).is_err());
    }

    #[test]
    fn our_signature_counts_for_us_and_for_ssh_keygen() {
        let signature = sign(PAYLOAD, KEY, None).expect("signed");
        verify(PAYLOAD, &signature, SIGNERS, &["eve@example.org"], at()).expect("verified");
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).expect(name);
            path
        };
        let (signature, signers, payload) = (write("s", &signature), write("a", SIGNERS), write("p", PAYLOAD));
        let told = Command::new("ssh-keygen")
            .args(["-Y", "verify", "-n", NAMESPACE, "-I", "eve@example.org", "-f"])
            .arg(signers)
            .arg("-s")
            .arg(signature)
            .stdin(std::fs::File::open(payload).expect("the payload"))
            .output();
        match told {
            Ok(told) => assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr)),
            Err(error) => eprintln!("skipped: ssh-keygen is not installed here ({error})"),
        }
    }

    #[test]
    fn what_does_not_count_says_why() {
        let why = |payload: &str, signature: &str, signers: &str, names: &[&str]| {
            verify(payload, signature, signers, names, at()).expect_err("refused")
        };
        let eve = &["eve@example.org"];
        assert!(why("another\n", SIGNED, SIGNERS, eve).contains("over something else"));
        assert!(why(PAYLOAD, "nonsense", SIGNERS, eve).contains("no SSH signature"));
        assert!(why(PAYLOAD, SIGNED, "", eve).contains("none of the allowed"));
        assert!(why(PAYLOAD, SIGNED, SIGNERS, &["bo"]).contains("who did not decide"));
        let own = SIGNERS.lines().next().expect("a line").rsplit_once("ssh-ed25519").expect("a key").1;
        let line = |options: &str| format!("eve@example.org {options} ssh-ed25519{own}\n");
        assert!(why(PAYLOAD, SIGNED, &line("namespaces=\"git,file\""), eve).contains("not for “probity-decision”"));
        assert!(why(PAYLOAD, SIGNED, &line("valid-before=\"20200101\""), eve).contains("not for the time"));
        assert!(why(PAYLOAD, SIGNED, &line("valid-after=20990101Z"), eve).contains("not for the time"));
        assert!(why(PAYLOAD, SIGNED, &line("colour=red"), eve).starts_with("Allowed signers, line 1"));
        assert!(why(PAYLOAD, SIGNED, "eve@example.org ssh-ed25519", eve).contains("cut off"));
        assert!(why(PAYLOAD, SIGNED, &line("cert-authority"), eve).contains("none of the allowed"));
        verify(PAYLOAD, SIGNED, &line("namespaces=\"git,probity-*\",valid-after=\"20200101\""), eve, at())
            .expect("counts");
        let other =
            ssh_key::PrivateKey::from_openssh(KEY).expect("a key").sign("git", HashAlg::Sha512, PAYLOAD.as_bytes());
        let other = other.expect("signed").to_pem(LineEnding::LF).expect("written");
        assert!(why(PAYLOAD, &other, SIGNERS, eve).contains("made for “git”"));
    }

    #[test]
    fn keys_are_read_or_refused_with_the_reason() {
        assert!(sign(PAYLOAD, "nonsense", None).expect_err("refused").contains("no private key"));
        assert_eq!((is_locked(KEY), is_locked(LOCKED)), (Ok(false), Ok(true)));
        assert!(is_locked("nonsense").is_err());
        assert!(sign(PAYLOAD, LOCKED, None).expect_err("refused").contains("passphrase"));
        assert!(sign(PAYLOAD, LOCKED, Some("wrong")).expect_err("refused").contains("does not open"));
        let signature = sign(PAYLOAD, LOCKED, Some("open sesame")).expect("signed");
        assert!(
            verify(PAYLOAD, &signature, SIGNERS, &["eve@example.org"], at())
                .expect_err("another key")
                .contains("none of")
        );
    }

    #[test]
    fn patterns_fit_as_in_ssh() {
        for (patterns, name, fits) in [
            ("eve", "EVE", true),
            ("*@example.org", "eve@example.org", true),
            ("*@example.org,!eve@*", "eve@example.org", false),
            ("e?e", "eve", true),
            ("e?e", "ee", false),
            ("", "eve", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(patterns, name), fits, "{patterns} {name}");
        }
    }
}
