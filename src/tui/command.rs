//! The one table of what can be done: every action with its name, its words, its keys and where it applies.
//!
//! Dispatch, footer hints, `?`, the palette, the user's key file with its schema, `docs/KEYS.md` and the tests read this
//! table. To add an action: one entry here, and the place that carries it out.

use std::fmt::Write as _;

macro_rules! scopes {
    ($($(#[doc = $doc:literal])* $variant:ident = $title:literal,)*) => {
        /// Where a command applies.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope { $($(#[doc = $doc])* $variant,)* }

        impl Scope {
            /// All of them, in the order of the key reference.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// What people call it.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

scopes! {
    /// Everywhere, even while typing (there only keys that type nothing).
    Everywhere = "Everywhere",
    /// Every screen, but not while typing.
    Global = "Every screen",
    /// Lists, and texts that scroll.
    List = "Lists",
    /// The Desk, with its panes.
    Desk = "The Desk",
    /// The screen of one record, with its tabs.
    Record = "A record's screen",
    /// The screen of one risk.
    Risk = "A risk",
    /// The screen of one meeting.
    Meeting = "A meeting's screen",
    /// A meeting that is presented to a room, or led from the facilitator's own window.
    Present = "A meeting, presented",
    /// The facilitator's own window on a meeting.
    Leading = "The facilitator's window",
    /// The place for what is watched after a launch.
    Operations = "Operations",
    /// Alerts, incidents, signals and what belongs to them, in lists and on their own screens.
    Watch = "Alerts, incidents, signals",
    /// The 5×5 matrix, when it has the keys.
    Matrix = "The risk matrix",
    /// The screen of an analysis.
    Analysis = "An analysis",
    /// The place of insights.
    Insights = "Insights",
    /// The line that adds a record.
    Quick = "The quick-add line",
    /// The line that finds.
    Finder = "The find line",
    /// A form.
    Form = "Forms",
    /// Long text in a form.
    Prose = "Long text",
    /// A list to choose from: choices, the palette, the help.
    Picker = "Lists to choose from",
    /// A question that wants a yes.
    Confirm = "Questions",
}

/// Where the keys go: a kind of place, with the scopes it looks through, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Where {
    /// The Desk.
    Desk,
    /// Any other place with one list: evidence, history …
    Place,
    /// The screen of one record.
    Record,
    /// The screen of one risk.
    Risk,
    /// The screen of one meeting.
    Meeting,
    /// The place for what is watched after a launch.
    Operations,
    /// The screen of an alert, an incident, a signal, or of what belongs to one.
    Watched,
    /// A meeting that is presented to a room.
    Presenting,
    /// A meeting that is led from the facilitator's own window.
    Leading,
    /// The matrix of a risk.
    Matrix,
    /// The screen of an analysis.
    Analysis,
    /// The place of insights.
    Insights,
    /// The quick-add line.
    Quick,
    /// The find line.
    Finder,
    /// A form.
    Form,
    /// Long text in a form.
    Prose,
    /// A list to choose from.
    Picker,
    /// A question.
    Confirm,
}

impl Where {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Desk,
        Self::Place,
        Self::Record,
        Self::Risk,
        Self::Meeting,
        Self::Operations,
        Self::Watched,
        Self::Presenting,
        Self::Leading,
        Self::Matrix,
        Self::Analysis,
        Self::Insights,
        Self::Quick,
        Self::Finder,
        Self::Form,
        Self::Prose,
        Self::Picker,
        Self::Confirm,
    ];

    /// The scopes that apply, the nearest first.
    #[must_use]
    pub const fn chain(self) -> &'static [Scope] {
        match self {
            Self::Desk => &[Scope::Desk, Scope::List, Scope::Global, Scope::Everywhere],
            Self::Place => &[Scope::List, Scope::Global, Scope::Everywhere],
            Self::Record => &[Scope::Record, Scope::List, Scope::Global, Scope::Everywhere],
            Self::Risk => &[Scope::Risk, Scope::Record, Scope::List, Scope::Global, Scope::Everywhere],
            Self::Meeting => &[Scope::Meeting, Scope::Record, Scope::List, Scope::Global, Scope::Everywhere],
            Self::Operations => &[Scope::Operations, Scope::Watch, Scope::List, Scope::Global, Scope::Everywhere],
            Self::Watched => &[Scope::Watch, Scope::Record, Scope::List, Scope::Global, Scope::Everywhere],
            // Nothing that shows a record whole: it may hold what the room is not to see.
            Self::Presenting => &[Scope::Present, Scope::Everywhere],
            Self::Leading => &[Scope::Leading, Scope::Present, Scope::Everywhere],
            Self::Matrix => &[Scope::Matrix, Scope::Everywhere],
            Self::Analysis => &[Scope::Analysis, Scope::Everywhere],
            Self::Insights => &[Scope::Insights, Scope::List, Scope::Global, Scope::Everywhere],
            Self::Quick => &[Scope::Quick, Scope::Everywhere],
            Self::Finder => &[Scope::Finder, Scope::Everywhere],
            Self::Form => &[Scope::Form, Scope::Everywhere],
            Self::Prose => &[Scope::Prose, Scope::Everywhere],
            Self::Picker => &[Scope::Picker, Scope::Everywhere],
            Self::Confirm => &[Scope::Confirm, Scope::Everywhere],
        }
    }

    /// Whether keys that type a character do just that here.
    #[must_use]
    pub const fn types(self) -> bool {
        matches!(self, Self::Quick | Self::Finder | Self::Form | Self::Prose | Self::Picker)
    }
}

/// One action.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Which one.
    pub id: CommandId,
    /// The name in key files: `list-down`.
    pub name: &'static str,
    /// What people call it, in few words.
    pub title: &'static str,
    /// One sentence that says what it does.
    pub description: &'static str,
    /// The keys it comes with, the one to show in hints first.
    pub keys: &'static [&'static str],
    /// Where it applies.
    pub scopes: &'static [Scope],
    /// Whether it destroys something or cannot be taken back at once: never run by a click or a single stray key.
    pub dangerous: bool,
}

macro_rules! commands {
    ($($variant:ident $name:literal [$($key:literal),*] [$($scope:ident),+] $title:literal, $description:literal $($dangerous:ident)?;)*) => {
        /// Which action.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CommandId {
            $(#[doc = $description] $variant,)*
        }

        /// Every action there is, in the order in which help shows them.
        pub static COMMANDS: &[Command] = &[
            $(Command {
                id: CommandId::$variant,
                name: $name,
                title: $title,
                description: $description,
                keys: &[$($key),*],
                scopes: &[$(Scope::$scope),+],
                dangerous: commands!(@dangerous $($dangerous)?),
            },)*
        ];
    };
    (@dangerous dangerous) => { true };
    (@dangerous) => { false };
}

commands! {
    // Everywhere.
    Back "back" ["Esc"] [Everywhere] "Back", "Goes one step back: closes what is on top, clears a find or a filter. Never leaves the program and never loses typing.";
    Help "help" ["?", "F1"] [Everywhere] "Keys", "Lists the keys of where you are; the list can be searched and runs what it lists.";
    Reload "reload" ["C-l"] [Everywhere] "Reload", "Reads the workspace again and draws the whole screen anew.";
    Cancel "cancel" ["C-c"] [Everywhere] "Cancel", "Cancels the import, export or analysis that runs; with none, goes back.";
    // Every screen.
    PlaceQueue "place-queue" ["1"] [Global] "Intake queue", "Goes to the intake queue; once more enlarges its pane.";
    PlaceRisks "place-risks" ["2"] [Global] "Risk register", "Goes to the risk register; once more enlarges its pane.";
    PlaceChecklist "place-checklist" ["3"] [Global] "Checklist", "Goes to the checklist; once more enlarges its pane.";
    PlaceActions "place-actions" ["4"] [Global] "Action items", "Goes to the action items; once more enlarges their pane.";
    PlaceEvidence "place-evidence" ["5"] [Global] "Evidence", "Goes to evidence; once more to documents.";
    PlaceAnalysis "place-analysis" ["6"] [Global] "Analysis", "Goes to the analysis runs; a analyses a file.";
    PlaceMeetings "place-meetings" ["7"] [Global] "Meetings", "Goes to the meetings to come; once more to those that were held.";
    PlaceOperations "place-operations" ["8"] [Global] "Operations", "Goes to alerts, incidents, signals, readiness and what is due; once more to the next of these.";
    PlaceDue "place-due" ["!", "F7"] [Global] "What is due", "Goes to what is due, who is told of it, and in which words.";
    PlaceInsights "place-insights" ["9"] [Global] "Insights", "Goes to the programme's figures, its risks, flow, forecasts, patterns and coverage; once more to the next part.";
    PlaceHistory "place-history" ["0"] [Global] "History", "Goes to the history: who changed what, field by field.";
    Palette "palette" ["C-p", ":"] [Global, Analysis, Form, Prose] "Command palette", "Finds any action by its name and runs it.";
    PlaceSystems "place-systems" [] [Global] "Systems", "Goes to the list of systems.";
    PlaceReviews "place-reviews" [] [Global] "All reviews", "Goes to the list of all reviews, ended ones too.";
    PlaceReleases "place-releases" [] [Global] "Releases", "Goes to the list of releases.";
    PlaceDocuments "place-documents" [] [Global] "Documents", "Goes to the list of documents.";
    PlaceRoutes "place-routes" [] [Global] "Routes", "Goes to the list of routes to other functions.";
    PlacePeople "place-people" [] [Global] "People", "Goes to the list of people.";
    Drafts "drafts" ["R"] [Global] "Drafts", "Lists what you were typing and did not save, to go on with it.";
    Search "search" ["C-f", "F3"] [Global] "Search everything", "Finds records by any word in them, in the whole workspace.";
    Undo "undo" ["u"] [Global, Present] "Undo", "Takes the last change back, also one from before the last start.";
    Redo "redo" ["C-r", "U"] [Global, Present] "Redo", "Makes the last undone change again.";
    NextStep "next" ["n"] [Global] "Next step", "Says what to do next for the selected review, and goes there.";
    Agenda "agenda" ["N"] [Global] "What to do now", "Lists what you are to do now, in order, and why; Enter goes there.";
    Coverage "coverage" [] [Global] "Coverage", "Shows how the requirements of each framework stand, for the system at hand or the programme.";
    Lint "lint" ["F9"] [Global] "Standing checks", "Lists what standing checks find, the worst first; Enter goes to where it is mended.";
    LintReview "lint-review" ["C"] [Global] "Review's checks", "Lists what standing checks find in the selected review.";
    Guides "guides" ["F8"] [Global] "How-to guides", "Reads and searches guides to work that is done rarely.";
    Import "import" ["I"] [Global] "Import", "Imports an inventory from a file, with a preview first.";
    ExportPack "export-pack" ["X"] [Global] "Export pack", "Writes the pack for a governance meeting into a folder.";
    EvidenceCheck "evidence-check" [] [Global] "Check origins", "Looks for drift of evidence: hashes again the files that evidence was registered from: what is selected, or all of the review at hand, or all.";
    Profile "profile" [] [Global] "Policy profile", "Puts the workspace under another profile of the policy; shows first what that changes.";
    Present "present" ["P", "F5"] [Global] "Present meeting", "Shows the selected meeting to a room, or the one that goes on or comes next.";
    Lead "lead" [] [Global] "Lead meeting", "Follows and leads the presented meeting, with notes that the room does not see.";
    PlanMeetings "plan-meetings" [] [Global] "Plan meetings", "Plans the next meetings of every kind that has a cadence.";
    Theme "theme" ["T"] [Global] "Theme", "Chooses how the screens look.";
    Mouse "mouse" ["M"] [Global] "Mouse on or off", "Switches the mouse off, so that text can be selected, and on again.";
    Suspend "suspend" ["C-z"] [Global] "Suspend", "Stops the program and goes back to the shell; fg continues it.";
    Quit "quit" ["q", "C-q"] [Global] "Leave", "Leaves the program. Nothing is lost: what is being typed stays as a draft.";
    // Lists.
    Up "list-up" ["k", "Up"] [List, Analysis, Present] "Up", "Goes one row up.";
    Down "list-down" ["j", "Down"] [List, Analysis, Present] "Down", "Goes one row down.";
    PageUp "list-page-up" ["PgUp", "C-u"] [List, Analysis] "Page up", "Goes one page up.";
    PageDown "list-page-down" ["PgDn", "C-d"] [List, Analysis] "Page down", "Goes one page down.";
    Top "list-top" ["g", "Home"] [List, Analysis] "Top", "Goes to the first row.";
    Bottom "list-bottom" ["G", "End"] [List, Analysis] "Bottom", "Goes to the last row.";
    Open "open" ["Enter"] [List] "Open", "Opens the selected record.";
    Find "find" ["/"] [List] "Find", "Finds rows as you type.";
    Filter "filter" ["f"] [List] "Filter", "Shows only rows whose fields hold what you choose.";
    Sort "sort" ["o"] [List] "Sort", "Orders the rows by a field.";
    Mark "mark" ["Space"] [List] "Mark", "Marks the selected row for a change of several at once, or takes the mark away.";
    MarkAll "mark-all" ["*", "C-a"] [List] "Mark all", "Marks every row that the list shows.";
    MarkNone "mark-none" ["-"] [List] "Clear marks", "Takes all marks away.";
    Add "add" ["a", "Insert"] [List] "Add", "Adds a record in one line.";
    AddForm "add-form" ["A"] [List] "Add in a form", "Adds a record in the full form.";
    Edit "edit" ["e", "F2"] [List] "Edit", "Edits the selected record, or all marked ones, in a form.";
    Due "due" ["d"] [List] "Due date", "Sets when the selected or marked records are due.";
    Owner "owner" ["@", "O"] [List] "Owner", "Sets who owns the selected or marked records.";
    Status "status" [".", "x"] [List] "Status", "Sets the status of the selected or marked records.";
    Triage "triage" ["t"] [List] "Triage", "Works the selected review's packet through: what is missing, what it means.";
    TriageApply "apply-triage" ["r"] [List] "Apply triage", "Writes the proposed tier of the selected review and asks the functions that must look.";
    PacketForm "packet-form" ["p"] [List] "Packet form", "Opens the intake packet of the selected review in a form.";
    LegalForm "legal-form" ["L"] [List] "Legal class", "Opens the legal classification of the selected review in a form; makes one where there is none.";
    SuggestRisks "suggest-risks" ["i"] [List] "Suggested risks", "Lists risks of the library that the selected review's packet calls for, with the reason; Enter opens a form to make one fit.";
    Mitigations "mitigations" ["K"] [List] "Usual mitigations", "Lists what is usually done about the selected risk, if it was drawn from the library; makes actions of what you mark.";
    RenewChecklist "renew-checklist" [] [List] "Renew checklist", "Brings the checklist of the selected item to its template as it is now; shows first what comes, changes and goes.";
    Decide "decide" ["v"] [List] "Decide", "Decides about the selected review, risk or item, if you hold the right; otherwise recommends.";
    Document "document" ["w"] [List] "Work on document", "Fills, hands in, reviews, approves or renews the selected document; on a section, comments on it.";
    Sign "sign" ["S"] [List] "Sign decision", "Signs the selected decision with your SSH key, if you made it.";
    Verify "verify" ["V"] [List] "Check signature", "Checks the signature of the selected decision against a file of allowed signers.";
    Withdraw "withdraw" ["W"] [List] "Withdraw decision", "Takes the selected decision back, with a reason; what rests on it goes back to where it was." dangerous;
    Move "move" ["m", ">"] [List] "Move to stage", "Moves the selected review to another stage, with a reason.";
    CopyReference "copy-reference" ["y"] [List] "Copy reference", "Copies the reference of the selected record.";
    CopySummary "copy-summary" ["Y"] [List] "Copy summary", "Copies a summary of the selected or marked records, ready to paste.";
    Delete "delete" ["D", "Delete"] [List] "Delete", "Deletes the selected or marked records, after a question. Undo brings them back." dangerous;
    // The Desk.
    PaneNext "pane-next" ["Tab", "l", "Right"] [Desk] "Next pane", "Gives the keys to the next pane.";
    PanePrevious "pane-previous" ["S-Tab", "h", "Left"] [Desk] "Previous pane", "Gives the keys to the pane before.";
    PaneEnlarge "pane-enlarge" ["z"] [Desk] "Enlarge pane", "Gives the pane the whole screen, or its old size back.";
    ScopeNext "scope" ["s"] [Desk] "Scope", "Shows what belongs to this review, to me, or everything, in turn.";
    // A record's screen.
    TabNext "tab-next" ["Tab", "l", "Right"] [Record] "Next tab", "Goes to the next tab.";
    TabPrevious "tab-previous" ["S-Tab", "h", "Left"] [Record] "Previous tab", "Goes to the tab before.";
    // A risk.
    MatrixEdit "matrix" ["s"] [Risk] "Score on the matrix", "Gives the keys to the matrix, to set severity and likelihood.";
    // A meeting's screen.
    ItemUp "item-up" ["H", "C-Up"] [Meeting] "Item up", "Moves the selected item up on the agenda.";
    ItemDown "item-down" ["J", "C-Down"] [Meeting] "Item down", "Moves the selected item down on the agenda.";
    ItemConsent "item-consent" ["c"] [Meeting] "Consent or discussed", "Lets the selected item pass by consent, or has it discussed.";
    ItemMinutes "item-minutes" ["s"] [Meeting] "Minutes planned", "Sets how long the selected item is to take.";
    TakeProposals "take-proposals" ["+"] [Meeting] "Take all proposals", "Puts everything that is proposed on the agenda.";
    // Operations.
    PartNext "part-next" ["Tab", "l", "Right"] [Operations] "Next part", "Goes to the next part: alerts, incidents, signals, readiness, due.";
    PartPrevious "part-previous" ["S-Tab", "h", "Left"] [Operations] "Part before", "Goes to the part before.";
    AlertAck "alert-ack" ["c"] [Watch] "Acknowledge", "Says that you have taken the selected or marked alerts up; their clock stops.";
    IncidentOpen "incident-open" ["E"] [Watch] "New incident", "Opens an incident in a form: from the selected alert, or by hand.";
    IncidentNote "incident-note" ["+"] [Watch] "Timeline entry", "Types an entry of the incident's timeline in one line; it is kept as it is typed.";
    IncidentMitigate "incident-mitigate" ["s"] [Watch] "Stopgap", "Records what was put in for a while against the incident, by whom, and when it ends.";
    IncidentReport "incident-report" ["F"] [Watch] "File report", "Records that an authority was told, which stops the incident's legal clocks.";
    IncidentLearn "incident-learn" ["H"] [Watch] "What was learnt", "Writes down what was learnt from the incident; gaps, tests and items become actions.";
    IncidentDocument "incident-document" ["J"] [Watch] "Post-incident document", "Starts the document about what was learnt, filled from the incident.";
    IncidentBundle "incident-bundle" ["b"] [Watch] "Write bundle", "Writes the evidence bundle: everything known about the incident's system, with hashes, in a folder.";
    TakeLearnt "take-learnt" ["Z"] [Watch] "Take proposals in", "Takes the items that incidents propose into the checklists of the workspace's policy, by a decision; shows first what changes.";
    RouteTest "route-test" ["z"] [Watch] "Test alert route", "Records a test of the selected signal's alert route as evidence.";
    TakeIn "take-in" ["<"] [Watch] "Read from file", "Reads readings of the selected signal from a file; otherwise alerts from a CSV file.";
    // A meeting, presented.
    PresentNext "present-next" ["n", "Right", "PgDn"] [Present] "Next item", "Goes to the next open item; the first time, opens the meeting.";
    PresentPrevious "present-previous" ["p", "Left", "PgUp"] [Present] "Previous item", "Goes to the item before.";
    PresentGo "present-go" ["g"] [Present] "Go to item", "Goes to any item of the agenda.";
    PresentLook "present-look" ["Tab", "Space"] [Present] "Case, risks, evidence", "Shows the next side of the item: the case, its risks, its evidence, the decision.";
    PresentLookBack "present-look-back" ["S-Tab"] [Present] "Side before", "Shows the side of the item before.";
    PresentDecide "present-decide" ["d"] [Present] "Decide", "Decides about the item: approve, conditions, reject, defer, or no decision.";
    PresentVote "present-vote" ["v"] [Present] "Vote by name", "Puts what the item asks to the vote, by name, and records who votes how.";
    PresentCount "present-count" ["V"] [Present] "Vote by count", "Puts what the item asks to the vote and records only the numbers.";
    PresentConsent "present-consent" ["c"] [Present] "Pass by consent", "Passes all open items of the consent agenda together.";
    PresentAction "present-action" ["a"] [Present] "Action", "Adds an action under the item in one line, with owner and date.";
    PresentMinutes "present-minutes" ["m"] [Present] "Minutes", "Types the minutes of the item; they are kept as they are typed.";
    PresentRoom "present-room" ["r"] [Present] "Who is here", "Records who comes and leaves, and who is excused.";
    PresentRecuse "present-recuse" ["x"] [Present] "Recuse", "Takes somebody with a conflict of interest out of the item's quorum and vote.";
    PresentSection "present-section" ["t"] [Present] "Discuss or consent", "Takes the item out of the consent agenda, or puts it back.";
    PresentClock "present-clock" ["s"] [Present] "Clock", "Stops the item's clock, for a break, and lets it run again.";
    PresentEnd "present-end" ["E"] [Present] "Close meeting", "Closes the meeting, after a question, and makes its minutes." dangerous;
    PresentCopy "present-copy" ["y"] [Present] "Copy summary", "Copies what the meeting came to, fit for a chat message.";
    PresentNote "present-note" ["i"] [Leading] "Private note", "Types notes on the item that the room does not see.";
    // The matrix.
    MatrixUp "matrix-up" ["Up", "k"] [Matrix] "More severe", "Goes one step up in severity.";
    MatrixDown "matrix-down" ["Down", "j"] [Matrix] "Less severe", "Goes one step down in severity.";
    MatrixLeft "matrix-left" ["Left", "h"] [Matrix] "Less likely", "Goes one step down in likelihood.";
    MatrixRight "matrix-right" ["Right", "l"] [Matrix] "More likely", "Goes one step up in likelihood.";
    MatrixSwitch "matrix-switch" ["Tab"] [Matrix] "Inherent or residual", "Scores the risk after mitigation instead of before, and back.";
    MatrixSave "matrix-save" ["Enter", "C-s"] [Matrix] "Save", "Saves the scores.";
    // An analysis.
    AnalysisViewNext "analysis-view-next" ["Tab", "l", "Right"] [Analysis] "Next part", "Shows the next part: verdict, groups, crossed groups, worst slices, calibration, data.";
    AnalysisViewPrevious "analysis-view-previous" ["S-Tab", "h", "Left"] [Analysis] "Previous part", "Shows the part before.";
    AnalysisMetricNext "analysis-metric-next" ["m"] [Analysis] "Next figure", "Shows the groups by the next figure: selection rate, TPR, FPR, precision and so on.";
    AnalysisMetricPrevious "analysis-metric-previous" ["M"] [Analysis] "Previous figure", "Shows the groups by the figure before.";
    AnalysisCrossing "analysis-crossing" ["b"] [Analysis] "Crossed groups", "Shows two attributes crossed, as a heat map with its numbers; once more the next two.";
    AnalysisSupportMore "analysis-support-more" ["+"] [Analysis] "Larger slices", "Looks for the worst slices among larger ones.";
    AnalysisSupportLess "analysis-support-less" ["-"] [Analysis] "Smaller slices", "Looks for the worst slices among smaller ones too.";
    AnalysisDeeper "analysis-deeper" [">"] [Analysis] "Deeper slices", "Looks for slices of more attributes at once.";
    AnalysisShallower "analysis-shallower" ["<"] [Analysis] "Shallower slices", "Looks for slices of fewer attributes at once.";
    AnalysisRank "analysis-rank" ["s"] [Analysis] "Rank slices by", "Ranks the worst slices by the next measure: SliceLine's score, or the divergence of a rate.";
    AnalysisAttach "analysis-attach" ["a"] [Analysis] "Attach", "Keeps the analysis as a run of the review, and as evidence that somebody else accepts.";
    AnalysisRisk "analysis-risk" ["r"] [Analysis] "Propose risk", "Opens the form of a risk with n, gap and interval of what has the cursor in its statement.";
    AnalysisLimitations "analysis-limitations" ["w"] [Analysis] "Limitations", "Writes what the analysis does not show, without which nobody can accept it.";
    AnalysisExplanation "analysis-explanation" ["e"] [Analysis] "Explanation", "Writes why a launch is right although a threshold is broken or undecided.";
    AnalysisFor "analysis-for" ["v"] [Analysis] "For review", "Chooses the review that the analysis is for: its tier and answers say which thresholds apply.";
    AnalysisRecord "analysis-record" ["Enter"] [Analysis] "Record of the run", "Opens the record of the run, with its history.";
    // Insights.
    InsightsNext "insights-next" ["Tab"] [Insights] "Next part", "Shows the next part: KPIs, risks, flow, forecast, patterns, coverage, enablement.";
    InsightsPrevious "insights-previous" ["S-Tab"] [Insights] "Previous part", "Shows the part before.";
    InsightsLeft "insights-left" ["Left", "h"] [Insights] "Left", "Goes to the cell, the framework or the list at the left; where there is none, to the period before.";
    InsightsRight "insights-right" ["Right", "l"] [Insights] "Right", "Goes to the cell, the framework or the list at the right; where there is none, to the period after.";
    InsightsPeriod "insights-period" ["s"] [Insights] "Period", "Asks for the period that is told: a year, a half, a quarter, a month, or from one day to another.";
    InsightsEarlier "insights-earlier" ["C-Left", "<"] [Insights] "Period before", "Tells the period before, of the same length.";
    InsightsLater "insights-later" ["C-Right"] [Insights] "Period after", "Tells the period after, of the same length.";
    InsightsBy "insights-by" ["b"] [Insights] "Split by", "Tells figures apart by team, by tier, by product area, or not at all, in turn.";
    InsightsMissing "insights-missing" ["c"] [Insights] "Only what is missing", "Lists only the records behind a figure that do not count in it, or all of them again.";
    InsightsExport "insights-export" ["E"] [Insights] "Export figures", "Writes the figures as CSV, JSON or a page, or the readout for the lead of the programme, to a file.";
    // The quick-add line.
    QuickSave "quick-save" ["Enter", "C-s"] [Quick] "Save", "Adds the record.";
    QuickComplete "quick-complete" ["Tab"] [Quick] "Complete", "Completes a person, a category, a reference.";
    QuickForm "quick-form" ["C-e", "F2"] [Quick] "Full form", "Goes on in the full form with what was understood.";
    // The find line.
    FinderAccept "finder-accept" ["Enter"] [Finder] "Keep", "Goes back to the list and keeps what was found.";
    FinderDown "finder-down" ["Down"] [Finder] "Next", "Goes to the next row that was found.";
    FinderUp "finder-up" ["Up"] [Finder] "Previous", "Goes to the row before that was found.";
    // Forms.
    Save "save" ["C-s", "F10"] [Form, Prose] "Save", "Saves the form.";
    FieldNext "field-next" ["Tab"] [Form, Prose] "Next field", "Goes to the next field.";
    FieldPrevious "field-previous" ["S-Tab"] [Form, Prose] "Previous field", "Goes to the field before.";
    FieldDown "field-down" ["Down"] [Form] "Field below", "Goes to the field below.";
    FieldUp "field-up" ["Up"] [Form] "Field above", "Goes to the field above.";
    FieldOpen "field-open" ["Enter"] [Form] "Choose or go on", "Opens the choices of the field; in a line, goes to the next field.";
    FormPageDown "form-page-down" ["PgDn"] [Form] "Page down", "Goes one page down in the form.";
    FormPageUp "form-page-up" ["PgUp"] [Form] "Page up", "Goes one page up in the form.";
    Editor "editor" ["C-o", "F4"] [Form, Prose] "External editor", "Edits the field's text in your own editor: $VISUAL or $EDITOR.";
    // Lists to choose from.
    PickerAccept "picker-accept" ["Enter"] [Picker] "Choose", "Takes the selected choice, or all marked ones.";
    PickerMark "picker-mark" ["Tab"] [Picker] "Mark", "Marks the selected choice, where several can be taken.";
    PickerDown "picker-down" ["Down", "C-n"] [Picker, Confirm] "Down", "Goes one choice, or one line, down.";
    PickerUp "picker-up" ["Up", "C-p"] [Picker, Confirm] "Up", "Goes one choice, or one line, up.";
    PickerPageDown "picker-page-down" ["PgDn"] [Picker, Confirm] "Page down", "Goes one page down.";
    PickerPageUp "picker-page-up" ["PgUp"] [Picker, Confirm] "Page up", "Goes one page up.";
    Silence "silence" ["F6"] [Picker] "Silence", "Lets the selected finding of a standing check be, with a reason and until a day.";
    // Questions.
    Yes "confirm-yes" ["y", "F10"] [Confirm] "Yes", "Does what was asked.";
    No "confirm-no" ["n"] [Confirm] "No", "Leaves everything as it is.";
}

impl CommandId {
    /// The entry in the table.
    #[must_use]
    pub fn command(self) -> &'static Command {
        &COMMANDS[self as usize]
    }

    /// The action with this name in key files.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        COMMANDS.iter().find(|command| command.name == name).map(|command| command.id)
    }

    /// Whether it applies where the keys go.
    #[must_use]
    pub fn applies(self, place: Where) -> bool {
        self.command().scopes.iter().any(|scope| place.chain().contains(scope))
    }
}

/// Whether an action can be carried out now, and if not, why. Asked for hints, help and the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Available {
    /// It can.
    Yes,
    /// It cannot: one short sentence that says why. It stays visible, so that hands remember where it is.
    No(String),
    /// It has no place here and is not listed.
    Hidden,
}

/// The key reference, in Markdown: `docs/KEYS.md`.
#[must_use]
pub fn reference_markdown() -> String {
    let mut out = String::from(
        "<!-- Made from the table of commands in src/tui/command.rs; do not edit.\n     \
         To make it anew: PROBITY_REGENERATE=1 cargo test --lib tui::command -->\n\n\
         # Keys\n\n\
         Every action, with its keys and the name that key settings use. `C-x` is Control and x, `A-x` Alt and x, `S-Tab` Shift and \
         Tab. While you type in a field, keys that type a character do just that; the others work.\n\n\
         Keys of your own go into the settings file, and name only what differs:\n\n\
         ```toml\n[keys]\nlist-down = [\"j\", \"Down\", \"C-n\"]\nquit = \"C-q\"\n```\n\n\
         Any action can also be found by its name in the command palette (`C-p` or `:`), and the keys of where you are with `?` or `F1`.\n",
    );
    for scope in Scope::ALL {
        let _ = writeln!(
            out,
            "\n## {}\n\n| key | action | what it does | name |\n| --- | --- | --- | --- |",
            scope.title()
        );
        for command in COMMANDS.iter().filter(|command| command.scopes.contains(scope)) {
            let keys: Vec<String> = command.keys.iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(
                out,
                "| {} | {} | {} | `{}` |",
                keys.join(" "),
                command.title,
                command.description,
                command.name
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keys::Key;

    #[test]
    fn every_command_is_documented() {
        for (at, command) in COMMANDS.iter().enumerate() {
            let name = command.name;
            assert_eq!(command.id as usize, at, "{name}");
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
            assert!(!command.title.is_empty() && command.title.chars().count() <= 24, "{name}: {}", command.title);
            assert!(command.description.ends_with('.') && command.description.len() >= 8, "{name}");
            assert!(COMMANDS[..at].iter().all(|other| other.name != name), "{name} stands twice");
            assert_eq!(CommandId::named(name), Some(command.id));
        }
    }

    #[test]
    fn every_command_is_reachable() {
        for command in COMMANDS {
            assert!(Where::ALL.iter().any(|place| command.id.applies(*place)), "{} applies nowhere", command.name);
            for key in command.keys {
                let parsed: Key = key.parse().unwrap();
                assert_eq!(parsed.to_string(), *key, "{} is not written the usual way", command.name);
            }
            // While typing, a key that types a character is taken for that character.
            if Where::ALL.iter().any(|place| place.types() && command.id.applies(*place)) {
                let other = command.keys.iter().any(|key| key.parse::<Key>().unwrap().types().is_none());
                assert!(other, "{} cannot be reached while typing", command.name);
            }
        }
        for scope in Scope::ALL {
            assert!(Where::ALL.iter().any(|place| place.chain().contains(scope)), "{scope:?} is never looked through");
        }
    }

    #[test]
    fn no_key_that_layouts_lack_is_the_only_one() {
        // Brackets, braces, backslash, bar, tilde, backtick, caret and @ take AltGr or a dead key on many keyboards, and
        // some terminals keep Alt for themselves.
        let awkward = |key: &str| {
            let key: Key = key.parse().unwrap();
            key.alt || key.types().is_some_and(|c| "[]{}\\|~`^@".contains(c))
        };
        for command in COMMANDS.iter().filter(|command| !command.keys.is_empty()) {
            assert!(command.keys.iter().any(|key| !awkward(key)), "{} has only awkward keys", command.name);
        }
    }

    #[test]
    fn dangerous_commands_are_confirmed_with_another_key() {
        let yes = CommandId::Yes.command().keys;
        for command in COMMANDS.iter().filter(|command| command.dangerous) {
            assert!(command.keys.iter().all(|key| !yes.contains(key)), "{}", command.name);
        }
    }

    #[test]
    fn the_key_reference_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/KEYS.md");
        let now = reference_markdown();
        if std::env::var_os("PROBITY_REGENERATE").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == now, "run PROBITY_REGENERATE=1 cargo test --lib tui::command");
    }
}
