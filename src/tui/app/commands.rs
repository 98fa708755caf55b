//! What each command does where it is given. Whether it can be done now, and if not why, stands beside it.

use super::desk;
use super::history::HistoryPlace;
use super::layers;
use super::list::Want;
use super::message::{Effect, ListId, Message};
use super::reads;
use super::record_screen::Tab;
use super::state::{Base, State};
use super::triage::Target;
use super::writes;
use crate::record::{
    ACTION, ANALYSIS, CHECKLIST, CHECKLIST_ITEM, DECISION, DOCUMENT, EVIDENCE, FieldKind, PACKET, PERSON, RELEASE,
    REVIEW, RISK, ROUTE, Record, SYSTEM,
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

    /// The id of the review at hand, or of the one that the record at hand belongs to.
    fn review_in_sight(&self) -> Option<String> {
        let review = self.review_at_hand().map(|review| review.id().to_owned());
        review.or_else(|| self.review().map(|(id, _)| id))
    }

    fn risk_at_hand(&self) -> Option<&Record> {
        let screen = self.screens.last().and_then(super::record_screen::RecordScreen::record);
        self.chosen().into_iter().next().or(screen).filter(|record| record.kind() == &RISK)
    }

    /// The id of the checklist under the cursor, or of the one that the item under it stands in.
    fn checklist_at_hand(&self) -> Option<String> {
        let record = self.chosen().into_iter().next()?;
        match record.kind().name {
            name if name == CHECKLIST.name => Some(record.id().to_owned()),
            name if name == CHECKLIST_ITEM.name => record.text("checklist").map(str::to_owned),
            _ => None,
        }
    }

    /// The system under the cursor, or the one whose screen this is.
    fn system_at_hand(&self) -> Option<&Record> {
        let screen = self.screens.last().and_then(super::record_screen::RecordScreen::record);
        let chosen = self.chosen().into_iter().next().filter(|record| record.kind() == &SYSTEM);
        chosen.or_else(|| screen.filter(|record| record.kind() == &SYSTEM))
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
    fn is_at_evidence(&self) -> bool {
        self.screens.is_empty() && self.listing().is_some_and(|listing| listing.base.kind == &EVIDENCE)
    }

    fn needs_field(chosen: &[&Record], fields: &[&str], what: &str) -> Available {
        match chosen.first() {
            None => Available::No("Nothing is selected here.".to_owned()),
            Some(record) if fields.iter().any(|field| record.kind().field(field).is_some()) => Available::Yes,
            Some(record) => {
                Available::No(format!("{} have no {}.", record.kind().plural, what.trim_start_matches("a ")))
            }
        }
    }

    /// What a decision would be about: the record under the cursor, or the review at hand.
    #[must_use]
    pub fn decided_about(&self) -> Option<&Record> {
        let chosen = self.chosen().into_iter().next();
        let screen = self.screens.last().and_then(super::record_screen::RecordScreen::record);
        let about = |record: &&Record| super::layers::decide::is_about(record.kind());
        chosen.filter(about).or_else(|| screen.filter(about)).or_else(|| self.review_at_hand())
    }

    /// The decision under the cursor, or the one whose screen this is.
    #[must_use]
    pub fn decision_at_hand(&self) -> Option<&Record> {
        self.chosen().into_iter().next().filter(|record| record.kind() == &DECISION)
    }

    /// Whether the decision at hand can be signed, checked or withdrawn.
    fn about_decision(&self, id: Id) -> Available {
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

    /// The review that review commands are about: the one under the cursor, or the one whose screen this is.
    #[must_use]
    pub fn review_at_hand(&self) -> Option<&Record> {
        if let Some(review) = self.chosen().into_iter().find(|record| record.kind() == &REVIEW) {
            return Some(review);
        }
        for screen in self.screens.iter().rev() {
            if let Some(review) = screen.record().filter(|record| record.kind() == &REVIEW) {
                return Some(review);
            }
        }
        if self.screens.is_empty() && matches!(self.base, Base::Desk) {
            return self.desk.panes[desk::QUEUE].list.current();
        }
        None
    }

    fn pane(&mut self, pane: usize) -> Vec<Effect> {
        let here = matches!(self.base, Base::Desk) && self.screens.is_empty();
        if here && self.desk.focus == pane {
            self.desk.enlarged = !self.desk.enlarged;
        } else {
            self.screens.clear();
            self.base = Base::Desk;
            self.desk.focus = pane;
        }
        Vec::new()
    }

    fn page_rows(&self) -> isize {
        isize::try_from(self.size.height.saturating_sub(8).max(2) / 2).unwrap_or(10)
    }

    fn move_by(&mut self, rows: isize) -> Vec<Effect> {
        if let Some(presenting) = &mut self.presenting {
            presenting.scroll = presenting.scroll.saturating_add_signed(rows).min(500);
            return Vec::new();
        }
        if let (None, Base::History(place)) = (self.screens.last(), &mut self.base) {
            return place.move_by(rows);
        }
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base)
            && place.move_by(rows)
        {
            return Vec::new();
        }
        match self.listing_mut() {
            Some(listing) => {
                let want = listing.list.move_by(rows);
                self.wanted(want)
            }
            None => self.on_screen(|screen| screen.move_by(rows)),
        }
    }

    fn jump(&mut self, end: bool) -> Vec<Effect> {
        if let (None, Base::History(place)) = (self.screens.last(), &mut self.base) {
            return place.move_by(if end { isize::MAX } else { isize::MIN });
        }
        if let (None, Base::Operations(place)) = (self.screens.last(), &mut self.base)
            && place.move_by(if end { isize::MAX } else { isize::MIN })
        {
            return Vec::new();
        }
        match self.listing_mut() {
            Some(listing) => {
                let want = if end { listing.list.to_end() } else { listing.list.to_start() };
                self.wanted(want)
            }
            None => self.on_screen(|screen| screen.jump(end)),
        }
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

    fn turn(&mut self, forwards: bool) -> Vec<Effect> {
        self.on_screen(|screen| screen.turn(forwards));
        self.tab_shown()
    }

    /// Asks for what the tab that is shown now needs.
    pub(super) fn tab_shown(&self) -> Vec<Effect> {
        self.screens.last().and_then(|screen| screen.shown(&self.ctx)).into_iter().collect()
    }

    fn on_screen(&mut self, what: impl FnOnce(&mut super::record_screen::RecordScreen)) -> Vec<Effect> {
        if let Some(screen) = self.screens.last_mut() {
            what(screen);
        }
        Vec::new()
    }

    fn open_current(&mut self) -> Vec<Effect> {
        if let (None, Base::History(place)) = (self.screens.last(), &self.base) {
            let entry = place.shown().get(place.entry).filter(|entry| entry.kind.is_some());
            return match entry {
                Some(entry) => vec![reads::open(&entry.id)],
                None => Vec::new(),
            };
        }
        if let Some(target) = self.screens.last().and_then(|screen| screen.target()).cloned() {
            return self.open_target(target);
        }
        let list_here = self.listing().is_some();
        let Some(record) = self.chosen().into_iter().next().cloned() else { return Vec::new() };
        if list_here {
            let current = self.listing().and_then(|listing| listing.list.current()).cloned();
            let record = current.unwrap_or(record);
            if super::analysis::is_shown(&record) {
                return vec![super::analysis::opening(&record, &self.ctx)];
            }
            return self.open(&record);
        }
        // On its own screen, opening a packet or a record means editing it.
        layers::open(self, Id::Edit)
    }

    /// Opens what a line of a triage is about.
    fn open_target(&mut self, target: Target) -> Vec<Effect> {
        if let (Target::Proposal(what), Some(screen)) = (&target, self.screens.last()) {
            return vec![super::meetings::take_over(&screen.id, Some(what), &self.ctx)];
        }
        if let Target::Record(id) = &target {
            return vec![reads::open(id)];
        }
        let Some(review) = self.review_at_hand().cloned() else { return Vec::new() };
        let writes = matches!(target, Target::Packet(_) | Target::Legal(_) | Target::Apply | Target::Pattern(_));
        if writes && self.ctx.read_only {
            self.complain("The workspace is read-only; nothing can be changed here.");
            return Vec::new();
        }
        match target {
            Target::Nothing => self.say(super::triage::NOTHING),
            Target::Packet(field) => return vec![reads::edit_packet_at(review.id(), field)],
            Target::Legal(field) => return vec![reads::edit_legal(review.id(), review.reference(), field)],
            Target::Tab(title) => {
                self.on_screen(|screen| screen.show_tab(title));
                return self.tab_shown();
            }
            Target::Apply => return vec![writes::apply_triage(&review, &self.ctx)],
            Target::Proposal(_) | Target::Record(_) | Target::Signal { .. } => {}
            Target::Suggestions => return vec![reads::suggestions(review.id(), &self.ctx)],
            Target::Pattern(id) => {
                let policy = self.ctx.policy.clone();
                let Some(pattern) = policy.pattern(&id) else { return Vec::new() };
                return self.hear(layers::library::from_pattern(pattern, review.reference()));
            }
        }
        Vec::new()
    }

    fn back(&mut self) -> Vec<Effect> {
        if let Some(presenting) = self.presenting.take() {
            if presenting.board().is_some_and(|board| crate::record::meeting::is_in_session(&board.meeting)) {
                self.say("The meeting goes on as it is; P comes back to it");
            }
            return self.reload();
        }
        if let Some(screen) = self.screens.last_mut()
            && screen.scoring.take().is_some()
        {
            return Vec::new();
        }
        if let Some(listing) = self.listing_mut()
            && (!listing.list.marked.is_empty() || listing.is_narrowed())
        {
            if listing.list.marked.is_empty() {
                listing.find.clear();
                listing.filters.clear();
                return self.refresh_list();
            }
            listing.list.marked.clear();
            return Vec::new();
        }
        if self.screens.pop().is_some() {
            return Vec::new();
        }
        match self.base {
            Base::Desk if self.desk.enlarged => self.desk.enlarged = false,
            Base::Desk => self.say("q leaves"),
            _ => self.base = Base::Desk,
        }
        Vec::new()
    }

    /// Shows what the list that has the keys is asked for now, from its start.
    pub fn refresh_list(&mut self) -> Vec<Effect> {
        if let Some(screen) = self.screens.last_mut() {
            let tab = screen.tab;
            return screen.refresh(tab, &self.ctx);
        }
        match &mut self.base {
            Base::Desk => self.desk.refresh(self.desk.focus, &self.ctx),
            Base::List(listing) => {
                let want = listing.refresh();
                vec![
                    reads::page(ListId::Place, &listing.list, want, self.ctx.today),
                    reads::total(ListId::Place, &listing.list),
                ]
            }
            Base::History(place) => place.reload(),
            Base::Operations(place) => place.refresh(&self.ctx),
            Base::Insights(place) => place.refresh(&self.ctx),
        }
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

    /// The tab that is shown is a list or text; tells the views and the hints.
    #[must_use]
    pub fn tab(&self) -> Option<&Tab> {
        self.screens.last().and_then(|screen| screen.tabs.get(screen.tab))
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
