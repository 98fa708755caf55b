//! Which class follows from the answers (Art. 5, 6 and 50 of Regulation (EU) 2024/1689), with the reasons, and with what is
//! missing where it cannot be said yet. Nothing is presumed: a practice is ruled out only where somebody said so.

use super::{Law, Practice};
use crate::record::legal::{APPLIES, EXCEPTED, NONE, UNDECIDED};
use crate::record::{Field, LEGAL, Record};

/// A reason for an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalReason {
    /// What was found, as a sentence.
    pub text: String,
    /// Where the law says it.
    pub article: String,
    /// Whether what the policy knows of that article is confirmed.
    pub confirmed: bool,
}

/// An answer that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalGap {
    /// The field to answer.
    pub field: &'static str,
    /// What is asked.
    pub asks: String,
}

/// What follows from the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classification {
    /// The id of the version of the law.
    pub law: String,
    /// One of [`crate::record::legal::OUTCOMES`].
    pub outcome: &'static str,
    /// Why.
    pub reasons: Vec<LegalReason>,
    /// Answers without which the outcome cannot be said.
    pub missing: Vec<LegalGap>,
    /// Answers that do not change the outcome, but may change the duties.
    pub open: Vec<LegalGap>,
}

impl Law {
    /// What follows from the answers under this version of the law.
    #[must_use]
    pub fn classify(&self, legal: &Record) -> Classification {
        let mut finding = Finding { law: self, legal, reasons: Vec::new(), missing: Vec::new() };
        let outcome = finding.outcome();
        let Finding { reasons, missing, .. } = finding;
        let mut open: Vec<LegalGap> = match outcome {
            "outside the Act" | "prohibited" => Vec::new(),
            _ => ["role", "art_50", "gpai"].into_iter().filter(|name| legal.get(name).is_empty()).map(gap).collect(),
        };
        let deployed = !matches!(legal.text("role"), Some(role) if role != "deployer");
        if outcome == "high-risk: Annex III" && deployed && legal.get("public_body").is_empty() {
            open.push(gap("public_body"));
        }
        if outcome == "high-risk: product" && legal.get("annex_iii").is_empty() {
            open.push(gap("annex_iii"));
        }
        open.retain(|open| !missing.iter().any(|missing| missing.field == open.field));
        Classification { law: self.id.clone(), outcome, reasons, missing, open }
    }
}

fn gap(name: &'static str) -> LegalGap {
    let field: Option<&Field> = LEGAL.field(name);
    LegalGap { field: name, asks: field.map_or("", |field| field.help).to_owned() }
}

struct Finding<'l> {
    law: &'l Law,
    legal: &'l Record,
    reasons: Vec<LegalReason>,
    missing: Vec<LegalGap>,
}

impl Finding<'_> {
    fn reason(&mut self, article: &str, text: impl Into<String>) {
        self.reasons.push(LegalReason { text: text.into(), article: article.to_owned(), confirmed: true });
    }

    fn is(&self, field: &str, said: &str) -> bool {
        self.legal.text(field) == Some(said)
    }

    fn needs(&mut self, field: &'static str) -> bool {
        let needed = self.legal.get(field).is_empty();
        if needed {
            self.missing.push(gap(field));
        }
        needed
    }

    fn outcome(&mut self) -> &'static str {
        if self.is("scope", "outside the Act") {
            if self.needs("scope_reason") {
                return UNDECIDED;
            }
            self.reason("Art. 2, Art. 3(1)", "The Act does not apply to it.");
            return "outside the Act";
        }
        if self.prohibited() {
            return "prohibited";
        }
        let product = self.product();
        // Of a high-risk product Annex III changes the duties, not the class.
        let settled = product && self.legal.get("annex_iii").is_empty();
        let annex_iii = if settled { AnnexIii::Not } else { self.annex_iii() };
        let transparency = self.transparency(product || annex_iii != AnnexIii::Not);
        if !self.missing.is_empty() {
            return UNDECIDED;
        }
        match (product, annex_iii, transparency) {
            (true, ..) => "high-risk: product",
            (_, AnnexIii::HighRisk, _) => "high-risk: Annex III",
            (_, AnnexIii::Exempt, _) => "Annex III, not high-risk by Art. 6(3)",
            (.., true) => "transparency duties",
            _ => "minimal",
        }
    }

    /// Whether a prohibited practice applies; practices that nobody ruled out are missing answers.
    fn prohibited(&mut self) -> bool {
        let mut excepted = false;
        let law = self.law;
        for practice in &law.practices {
            match self.legal.text(practice.field.name) {
                Some(APPLIES) => {
                    let from = law.application(&practice.application);
                    let from = from.map(|part| format!(" From {}.", part.valid_from)).unwrap_or_default();
                    self.reasons.push(LegalReason {
                        text: format!("{}{from}", practice.text),
                        article: practice.article.clone(),
                        confirmed: practice.provenance.confirmed,
                    });
                }
                Some(EXCEPTED) => {
                    excepted = true;
                    self.exception(practice);
                }
                Some(_) => {}
                None => self.missing.push(LegalGap {
                    field: practice.field.name,
                    asks: format!("{}: {}", practice.article, practice.text),
                }),
            }
        }
        let applies = |practice: &Practice| self.is(practice.field.name, APPLIES);
        if law.practices.iter().any(applies) {
            self.reasons.retain(|reason| !reason.text.starts_with("Within an exception"));
            self.missing.clear();
            return true;
        }
        if excepted {
            self.needs("art_5_reason");
        }
        if self.missing.is_empty() {
            let count = law.practices.len();
            let text = format!("None of the {count} prohibited practices applies; each was looked at.");
            self.reason("Art. 5(1)", text);
        }
        false
    }

    fn exception(&mut self, practice: &Practice) {
        match &practice.exception {
            Some(exception) => {
                self.reason(&practice.article, format!("Within an exception: {exception}"));
            }
            None => self.missing.push(LegalGap {
                field: practice.field.name,
                asks: format!(
                    "{} has no exception that is known; does it apply, or is it ruled out?",
                    practice.article
                ),
            }),
        }
    }

    /// Whether it is high-risk as a product of Annex I, or as a safety component of one.
    fn product(&mut self) -> bool {
        if self.needs("annex_i") || self.is("annex_i", "neither") || self.needs("third_party_assessment") {
            return false;
        }
        let what = self.legal.text("annex_i").unwrap_or_default().to_owned();
        let act = self.legal.text("annex_i_act").map(|act| format!(" ({act})")).unwrap_or_default();
        if self.is("third_party_assessment", "yes") {
            let text =
                format!("It is {what} under Annex I{act} that must undergo a third-party conformity assessment.");
            self.reason("Art. 6(1), Annex I", text);
            return true;
        }
        self.reason("Art. 6(1)(b)", format!("It is {what} under Annex I{act}, but needs no third-party assessment."));
        false
    }

    fn annex_iii(&mut self) -> AnnexIii {
        if self.needs("annex_iii") {
            return AnnexIii::Not;
        }
        let law = self.law;
        let said = self.legal.get("annex_iii").items();
        let points: Vec<_> = law.points.iter().filter(|point| said.iter().any(|said| said == point.choice)).collect();
        if points.is_empty() && !said.iter().any(|said| said == NONE) {
            self.missing.push(gap("annex_iii"));
            return AnnexIii::Not;
        }
        if points.is_empty() {
            self.reason("Annex III", "Its intended purpose is none of those that Annex III names.");
            return AnnexIii::Not;
        }
        for point in points {
            self.reasons.push(LegalReason {
                text: point.text.clone(),
                article: point.article.clone(),
                confirmed: point.provenance.confirmed,
            });
        }
        let Some(ground) = self.legal.text("art_6_3").filter(|ground| *ground != NONE).map(str::to_owned) else {
            self.reason("Art. 6(2)", "No ground of Art. 6(3) is claimed.");
            return AnnexIii::HighRisk;
        };
        if self.is("profiling", "yes") {
            self.reason("Art. 6(3)", "It profiles natural persons: no ground of Art. 6(3) is open to it.");
            return AnnexIii::HighRisk;
        }
        let (profiling, reasoned) = (self.needs("profiling"), self.needs("art_6_3_reason"));
        if !profiling && !reasoned {
            let (letter, words) = ground.split_once(' ').unwrap_or(("", &ground));
            self.reason(&format!("Art. 6(3)({letter}), Art. 6(4)"), format!("It poses no significant risk: {words}."));
        }
        AnnexIii::Exempt
    }

    /// Whether people must be told; where the class is settled by something more serious, it may stay open.
    fn transparency(&mut self, settled: bool) -> bool {
        if !settled && self.needs("art_50") {
            return false;
        }
        let law = self.law;
        let said = self.legal.get("art_50").items();
        let mut any = false;
        for situation in law.situations.iter().filter(|situation| said.iter().any(|said| said == situation.choice)) {
            any = true;
            self.reasons.push(LegalReason {
                text: situation.text.clone(),
                article: situation.article.clone(),
                confirmed: situation.provenance.confirmed,
            });
        }
        if !any && !settled {
            self.reason("Art. 50", "None of the situations in which people must be told.");
        }
        any
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnnexIii {
    Not,
    Exempt,
    HighRisk,
}
