//! Whether a command can be carried out now, and if not, why.

use super::state::{Base, State};
use crate::record::{EVIDENCE, Record};
use crate::tui::command::{Available, CommandId as Id};

impl State {
    /// Whether a command can be carried out now.
    #[must_use]
    pub fn available(&self, id: Id) -> Available {
        if !id.applies(self.place()) && !self.layers.is_empty() {
            return Available::Hidden;
        }
        if self.ctx.read_only && writes_something(id) {
            return Available::No("The workspace is read-only; nothing can be changed here.".to_owned());
        }
        if super::present::is_present(id) {
            return self.can_present(id);
        }
        if super::operations::is_ours(self, id) {
            return super::operations::available(self, id);
        }
        if let Some(available) = super::insights::available(self, id) {
            return available;
        }
        if matches!(id, Id::ItemUp | Id::ItemDown | Id::ItemConsent | Id::ItemMinutes | Id::TakeProposals) {
            return self.can_arrange(id);
        }
        let chosen = self.chosen();
        let nothing = || Available::No("Nothing is selected here.".to_owned());
        match id {
            Id::Open if matches!(self.base, Base::History(_)) && self.screens.is_empty() => Available::Yes,
            Id::Open | Id::Edit | Id::Delete | Id::CopyReference | Id::CopySummary | Id::Mark if chosen.is_empty() => {
                nothing()
            }
            Id::Due => Self::needs_field(&chosen, &["due_on", "target_on", "planned_on"], "a due date"),
            Id::Owner => Self::needs_field(&chosen, &["owner", "reviewer", "technical_owner"], "an owner"),
            Id::Status => Self::needs_field(&chosen, &["status", "stage", "lifecycle"], "a status"),
            Id::Triage
            | Id::TriageApply
            | Id::LegalForm
            | Id::PacketForm
            | Id::Move
            | Id::NextStep
            | Id::LintReview
                if self.review_at_hand().is_none() =>
            {
                Available::No("Select a review first: this is about one review.".to_owned())
            }
            Id::SuggestRisks if self.review_in_sight().is_none() => {
                Available::No("Select a review first: risks are suggested for its packet.".to_owned())
            }
            Id::Mitigations if self.risk_at_hand().is_none() => {
                Available::No("Select a risk first: this is what is usually done about it.".to_owned())
            }
            Id::RenewChecklist if self.checklist_at_hand().is_none() => {
                Available::No("Select a checklist or one of its items first.".to_owned())
            }
            Id::Decide if self.decided_about().is_none() => Available::No(
                "Select a review, a risk or a checklist item first: that is what can be decided about.".to_owned(),
            ),
            Id::Document if super::documents::at_hand(self).is_none() => {
                Available::No("Select a document or one of its sections first.".to_owned())
            }
            Id::Sign | Id::Verify | Id::Withdraw => self.about_decision(id),
            Id::Add | Id::AddForm if self.kind().is_none() => Available::No("Nothing can be added here.".to_owned()),
            Id::Find | Id::Sort | Id::Filter | Id::MarkAll | Id::MarkNone if self.listing().is_none() => {
                match (&self.base, id, self.screens.is_empty()) {
                    (Base::History(_), Id::Find, true) => Available::Yes,
                    _ => Available::No("There is no list here.".to_owned()),
                }
            }
            Id::MatrixEdit if self.screens.last().is_none_or(|screen| screen.record().is_none()) => nothing(),
            _ => Available::Yes,
        }
    }

    /// Whether the list of all evidence is shown: its key then leads on to documents.
    pub(super) fn is_at_evidence(&self) -> bool {
        self.screens.is_empty() && self.listing().is_some_and(|listing| listing.base.kind == &EVIDENCE)
    }

    pub(super) fn needs_field(chosen: &[&Record], fields: &[&str], what: &str) -> Available {
        match chosen.first() {
            None => Available::No("Nothing is selected here.".to_owned()),
            Some(record) if fields.iter().any(|field| record.kind().field(field).is_some()) => Available::Yes,
            Some(record) => {
                Available::No(format!("{} have no {}.", record.kind().plural, what.trim_start_matches("a ")))
            }
        }
    }

    /// Whether the decision at hand can be signed, checked or withdrawn.
    pub(super) fn about_decision(&self, id: Id) -> Available {
        let Some(decision) = self.decision_at_hand() else {
            return Available::No("Select a decision first; the tab Decisions of a review lists its own.".to_owned());
        };
        let reference = decision.reference();
        let why_not = match (id, decision.text("status")) {
            (Id::Sign, _) if decision.text("decided_by") != Some(self.ctx.me.id.as_str()) => {
                format!("Only who decided signs the decision, and {reference} is somebody else's.")
            }
            (Id::Verify, _) if decision.get("signature").is_empty() => format!("{reference} is not signed."),
            (Id::Withdraw, Some(over @ ("superseded" | "withdrawn"))) => format!("{reference} is {over} already."),
            _ => return Available::Yes,
        };
        Available::No(why_not)
    }
}

/// Whether a command changes the workspace.
fn writes_something(id: Id) -> bool {
    matches!(
        id,
        Id::Add
            | Id::AddForm
            | Id::Edit
            | Id::Due
            | Id::Owner
            | Id::Status
            | Id::Triage
            | Id::TriageApply
            | Id::LegalForm
            | Id::PacketForm
            | Id::RenewChecklist
            | Id::Decide
            | Id::Document
            | Id::Sign
            | Id::Withdraw
            | Id::Move
            | Id::Delete
            | Id::Undo
            | Id::Redo
            | Id::Import
            | Id::Profile
            | Id::MatrixEdit
            | Id::PlanMeetings
            | Id::ItemUp
            | Id::ItemDown
            | Id::ItemConsent
            | Id::ItemMinutes
            | Id::TakeProposals
    ) || super::operations::writes(id)
        || super::present::is_present(id)
            && !matches!(id, Id::PresentLook | Id::PresentLookBack | Id::PresentGo | Id::PresentCopy)
}
