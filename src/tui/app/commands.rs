//! What each command does where it is given. Whether it can be done now, and if not why, stands beside it.

use super::desk;
use super::history::HistoryPlace;
use super::layers;
use super::list::Want;
use super::message::{Effect, ListId, Message};
use super::reads;
use super::state::{Base, State};
use super::writes;
use crate::record::{
    ACTION, ANALYSIS, CHECKLIST, CHECKLIST_ITEM, DOCUMENT, EVIDENCE, FieldKind, PACKET, PERSON, RELEASE, REVIEW, RISK,
    ROUTE, Record, SYSTEM,
};
use crate::review;
use crate::tui::command::{Available, CommandId as Id};

impl State {
    /// Carries a command out, or says why it cannot be done.
    pub fn run(&mut self, id: Id) -> Vec<Effect> {
        self.changed = true;
        match self.available(id) {
            Available::Yes => {}
            Available::No(why) => {
                self.complain(why);
                return Vec::new();
            }
            Available::Hidden => return Vec::new(),
        }
        match id {
            Id::PlaceQueue => self.pane(desk::QUEUE),
            Id::PlaceRisks => self.pane(desk::RISKS),
            Id::PlaceChecklist => self.pane(desk::CHECKLIST),
            Id::PlaceActions => self.pane(desk::ACTIONS),
            id if super::present::is_present(id) => self.run_present(id),
            id if super::operations::is_ours(self, id) => super::operations::run(self, id),
            id if super::insights::takes(self, id) => super::insights::run(self, id),
            Id::PlaceMeetings => self.go_to_meetings(),
            Id::Present => self.begin_presenting(false),
            Id::Lead => self.begin_presenting(true),
            Id::PlanMeetings => vec![super::meetings::plan(&self.ctx)],
            Id::ItemUp | Id::ItemDown | Id::ItemConsent | Id::ItemMinutes | Id::TakeProposals => self.arrange(id),
            Id::PlaceEvidence if self.is_at_evidence() => self.go_to_list(&DOCUMENT),
            Id::PlaceEvidence => self.go_to_list(&EVIDENCE),
            Id::PlaceAnalysis => self.go_to_list(&ANALYSIS),
            Id::PlaceDocuments => self.go_to_list(&DOCUMENT),
            Id::PlaceSystems => self.go_to_list(&SYSTEM),
            Id::PlaceReviews => self.go_to_list(&REVIEW),
            Id::PlaceReleases => self.go_to_list(&RELEASE),
            Id::PlaceRoutes => self.go_to_list(&ROUTE),
            Id::PlacePeople => self.go_to_list(&PERSON),
            Id::Drafts => vec![reads::drafts(&self.ctx.me.id, true)],
            Id::PlaceHistory => {
                self.screens.clear();
                let mut place = HistoryPlace::default();
                let effects = place.start();
                self.base = Base::History(Box::new(place));
                effects
            }
            Id::Up => self.move_by(-1),
            Id::Down => self.move_by(1),
            Id::PageUp => self.move_by(-self.page_rows()),
            Id::PageDown => self.move_by(self.page_rows()),
            Id::Top => self.jump(false),
            Id::Bottom => self.jump(true),
            Id::PaneNext | Id::PanePrevious | Id::PaneEnlarge | Id::ScopeNext => self.run_on_desk(id),
            Id::TabNext => self.turn(true),
            Id::TabPrevious => self.turn(false),
            Id::Reload => {
                let mut effects = self.reload();
                effects.push(Effect::Redraw);
                effects
            }
            Id::Cancel if self.running.is_some() => vec![Effect::Cancel],
            Id::Cancel | Id::Back => self.back(),
            Id::Undo => vec![writes::undo(false, &self.ctx)],
            Id::Redo => vec![writes::undo(true, &self.ctx)],
            Id::Mouse => {
                self.mouse = !self.mouse;
                self.say(if self.mouse { "The mouse works here" } else { "The mouse selects text; M gives it back" });
                vec![Effect::Mouse(self.mouse)]
            }
            Id::Suspend => vec![Effect::Suspend],
            Id::Quit => vec![Effect::Quit],
            Id::NextStep => self.next_step(),
            Id::Agenda => vec![reads::agenda(&self.ctx)],
            Id::EvidenceCheck => super::origins::check(self),
            Id::Lint => vec![reads::lint(None, &self.ctx)],
            Id::LintReview => {
                self.review_at_hand().map(|review| reads::lint(Some(review), &self.ctx)).into_iter().collect()
            }
            Id::TriageApply | Id::LegalForm | Id::PacketForm => self.run_on_review(id),
            Id::SuggestRisks | Id::Mitigations | Id::RenewChecklist | Id::Coverage => self.run_on_content(id),
            Id::MatrixEdit => self.on_screen(super::record_screen::RecordScreen::begin_scoring),
            Id::MatrixUp => self.on_screen(|screen| screen.score_by(1, 0)),
            Id::MatrixDown => self.on_screen(|screen| screen.score_by(-1, 0)),
            Id::MatrixLeft => self.on_screen(|screen| screen.score_by(0, -1)),
            Id::MatrixRight => self.on_screen(|screen| screen.score_by(0, 1)),
            Id::MatrixSwitch => self.on_screen(super::record_screen::RecordScreen::switch_scoring),
            Id::MatrixSave => {
                let submit = self.screens.last_mut().and_then(super::record_screen::RecordScreen::end_scoring);
                submit.map(|submit| submit.effect(&self.ctx)).into_iter().collect()
            }
            _ => self.run_on_records(id),
        }
    }

    fn run_on_desk(&mut self, id: Id) -> Vec<Effect> {
        match id {
            Id::PaneNext => self.desk.focus = (self.desk.focus + 1) % 4,
            Id::PanePrevious => self.desk.focus = (self.desk.focus + 3) % 4,
            Id::PaneEnlarge => self.desk.enlarged = !self.desk.enlarged,
            _ => {
                let effects = self.desk.next_scope(&self.ctx);
                self.say(format!("Showing {}", self.desk.scope.words()));
                return effects;
            }
        }
        Vec::new()
    }

    /// What the triage of a review asks for, and the answers it rests on.
    fn run_on_review(&self, id: Id) -> Vec<Effect> {
        let Some(review) = self.review_at_hand() else { return Vec::new() };
        vec![match id {
            Id::TriageApply => writes::apply_triage(review, &self.ctx),
            Id::LegalForm => reads::edit_legal(review.id(), review.reference(), ""),
            _ => reads::edit_packet_at(review.id(), ""),
        }]
    }

    /// What the library, the templates and the frameworks say of what is at hand.
    fn run_on_content(&self, id: Id) -> Vec<Effect> {
        let effect = match id {
            Id::SuggestRisks => self.review_in_sight().map(|review| reads::suggestions(&review, &self.ctx)),
            Id::Mitigations => self.risk_at_hand().map(|risk| reads::mitigations(risk, &self.ctx)),
            Id::RenewChecklist => self.checklist_at_hand().map(|checklist| reads::renewal(&checklist, &self.ctx)),
            _ => Some(reads::frameworks(self.system_at_hand(), &self.ctx)),
        };
        effect.into_iter().collect()
    }

    fn run_on_records(&mut self, id: Id) -> Vec<Effect> {
        match id {
            Id::Open => return self.open_current(),
            Id::Mark => {
                if let Some(listing) = self.listing_mut() {
                    listing.list.mark();
                }
                return self.move_by(1);
            }
            Id::MarkAll => {
                if let Some(listing) = self.listing_mut() {
                    let ids: Vec<String> = listing.list.rows.iter().map(|row| row.record.id().to_owned()).collect();
                    listing.list.marked.extend(ids);
                    let (marked, whole) = (listing.list.marked.len(), listing.list.is_whole());
                    let rest = if whole { "" } else { "; further rows of this long list are not read yet" };
                    self.say(format!("{marked} marked{rest}"));
                }
            }
            Id::MarkNone => {
                if let Some(listing) = self.listing_mut() {
                    listing.list.marked.clear();
                }
            }
            Id::CopyReference => {
                let references: Vec<String> =
                    self.chosen().iter().map(|record| record.reference().to_owned()).collect();
                let text = references.join(", ");
                return vec![Effect::Copy(text.clone(), text)];
            }
            Id::CopySummary => {
                let text = self.summary();
                return vec![Effect::Copy(text, "the summary".to_owned())];
            }
            _ => return layers::open(self, id),
        }
        Vec::new()
    }

    /// Asks for a page of the list that has the keys, and lets the other panes follow the queue.
    pub(super) fn wanted(&mut self, want: Option<Want>) -> Vec<Effect> {
        let mut effects = Vec::new();
        if let Some(want) = want {
            match (self.screens.last(), &self.base) {
                (Some(screen), _) => effects.extend(screen.read(want, &self.ctx)),
                (None, Base::Desk) => effects.push(self.desk.read(self.desk.focus, want, &self.ctx)),
                (None, Base::List(listing)) => {
                    effects.push(reads::page(ListId::Place, &listing.list, want, self.ctx.today));
                }
                (None, Base::Operations(place)) => effects.extend(place.read(want, &self.ctx)),
                (None, Base::Insights(place)) => effects.extend(place.page(want, &self.ctx)),
                (None, Base::History(_)) => {}
            }
        }
        if let (true, Base::Operations(place)) = (self.screens.is_empty(), &mut self.base) {
            effects.extend(place.follow(self.size));
        }
        if self.screens.is_empty() && matches!(self.base, Base::Desk) && self.desk.focus == desk::QUEUE {
            effects.extend(self.desk.follow(&self.ctx));
        }
        effects
    }

    /// Asks for what the tab that is shown now needs.
    pub(super) fn tab_shown(&self) -> Vec<Effect> {
        self.screens.last().and_then(|screen| screen.shown(&self.ctx)).into_iter().collect()
    }

    /// Asks for the next step of the review at hand, to go where it is done and to say what it is.
    fn next_step(&self) -> Vec<Effect> {
        self.review_at_hand().map(|review| reads::next_step(review.id(), &self.ctx)).into_iter().collect()
    }

    fn summary(&self) -> String {
        let empty = std::collections::HashMap::new();
        let labels = match (self.listing(), self.screens.last()) {
            (Some(listing), _) => &listing.list.labels,
            (None, Some(screen)) => screen.detail.as_ref().map_or(&empty, |detail| &detail.labels),
            (None, None) => &empty,
        };
        let parts: Vec<String> =
            self.chosen().iter().map(|record| review::paste(record, labels, self.ctx.terms())).collect();
        parts.join("\n\n")
    }

    /// Carries out what a popup said.
    pub(super) fn act(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::Ask(effects) => effects,
            Message::Run(id) => self.run(id),
            Message::Say(text) => {
                self.say(text);
                Vec::new()
            }
            Message::Complain(text) => {
                self.complain(text);
                Vec::new()
            }
            Message::OpenNamed(name) => vec![reads::open(&name)],
            Message::OpenAt(record, tab) => {
                let mut effects = self.open(&record);
                self.on_screen(|screen| screen.show_tab(tab));
                effects.extend(self.tab_shown());
                effects
            }
            Message::NextStep(record, tab, text) => {
                let effects = self.act(Message::OpenAt(record, tab));
                self.say(text);
                effects
            }
            Message::List(kind) => self.go_to_list(kind),
            Message::Insights(said) => self.hear_insights(said),
            Message::Narrow(change) => {
                if let Some(listing) = self.listing_mut() {
                    change.apply(listing);
                    return self.refresh_list();
                }
                if let (Base::History(place), super::message::Narrow::Find(text)) = (&mut self.base, change) {
                    place.filter.find = text;
                    return place.reload();
                }
                Vec::new()
            }
            Message::Move(rows) => self.move_by(rows),
            Message::Dress(theme) => {
                self.ctx.theme = theme;
                vec![Effect::Redraw]
            }
            Message::Analysis(said) => {
                let message = Message::Analysis(said);
                match (self.layers.hear(&message, &self.ctx), message) {
                    (Some(said), _) => said.into_iter().flat_map(|one| self.act(one)).collect(),
                    (None, Message::Analysis(said)) => super::analysis::hear(self, said),
                    (None, _) => Vec::new(),
                }
            }
            message @ (Message::Filled(..) | Message::Leave { .. } | Message::Assign(..) | Message::SaveAnyway(_)) => {
                // For the form under the layer that said it.
                let said = self.layers.hear(&message, &self.ctx).unwrap_or_default();
                said.into_iter().flat_map(|one| self.act(one)).collect()
            }
            Message::Push(layer) => {
                self.layers.push(layer);
                Vec::new()
            }
            Message::AddTo(kind, given, field) => {
                let (form, effects) = layers::form::Form::add(kind, given, &self.ctx);
                self.layers.push(Box::new(form.at(field)));
                effects
            }
            Message::Progress(done, of, what) => {
                self.running = Some(super::state::Running { what, done, of });
                Vec::new()
            }
            message @ (Message::Columns(_) | Message::Planned(_)) => super::import::hear(self, message),
            _ => Vec::new(),
        }
    }
}

/// The fields that hold an owner, a due date and a status, by kind: the first that the kind has.
#[must_use]
pub fn first_field(record: &Record, names: &[&'static str]) -> Option<&'static crate::record::Field> {
    names.iter().find_map(|name| record.kind().field(name)).filter(|field| field.is_editable())
}

/// Whether records of this kind are found from inside a review, and belong to one.
#[must_use]
pub fn belongs_to_review(kind: crate::record::Kind) -> bool {
    [&RISK, &ACTION, &EVIDENCE, &ANALYSIS, &DOCUMENT, &CHECKLIST, &CHECKLIST_ITEM, &PACKET].contains(&kind)
        && kind.fields.iter().any(|field| field.kind == FieldKind::Link("review"))
}
