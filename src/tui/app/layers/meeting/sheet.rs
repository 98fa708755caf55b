//! A sheet with a line for each person: who is in the room, or how they vote. What is keyed is recorded at once, so that the
//! quorum on the screen is the quorum of now, and a kill loses nothing.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::{step, together};
use crate::meeting::{self, Cast, Held, Seat};
use crate::record::meeting::quorum::{Room, Seat as Place};
use crate::record::meeting::{ABSTAIN, AGAINST, GUEST, IN_FAVOUR, MEMBER};
use crate::record::{MEETING, MOTION, PERSON, Record, Resolve as _};
use crate::tui::app::ctx::Ctx;
use crate::tui::app::layers::choose::{Choose, TakeRecord};
use crate::tui::app::layers::prompt::{Prompt, Take as TakeText};
use crate::tui::app::message::{Effect, Message, Purpose};
use crate::tui::app::present::Presented;
use crate::tui::asked::{Answer, Asked, Wants};
use crate::tui::command::{CommandId as Id, Where};
use crate::tui::event::Input;
use crate::tui::layer::{Layer, Outcome};
use crate::tui::theme::{Glyph, Role};
use crate::tui::widgets::draw::{Align, put, put_spans, row, wrap};
use crate::tui::widgets::popup::Popup;

/// What is kept on a sheet.
enum What {
    /// Who is in the room.
    Attendance,
    /// How they vote on a motion; none while it is being put.
    Votes(Option<Record>, Vec<Record>),
}

/// A sheet.
pub struct Sheet {
    what: What,
    meeting: String,
    /// The item, for votes and for who is recused.
    item: Option<String>,
    room: Room,
    selected: usize,
    problem: Option<String>,
}

impl Sheet {
    /// Who is in the room.
    #[must_use]
    pub fn attendance(read: &Presented) -> Self {
        let at = read.board.at();
        Self {
            what: What::Attendance,
            meeting: read.board.meeting.id().to_owned(),
            item: at.map(|held| held.item.id().to_owned()),
            room: at.map_or_else(|| read.board.room.clone(), |held| held.room.clone()),
            selected: 0,
            problem: None,
        }
    }

    /// How they vote under the item.
    #[must_use]
    pub fn votes(read: &Presented, held: &Held) -> Self {
        let mut sheet = Self {
            what: What::Votes(None, Vec::new()),
            meeting: read.board.meeting.id().to_owned(),
            item: Some(held.item.id().to_owned()),
            room: held.room.clone(),
            selected: 0,
            problem: None,
        };
        sheet.take(read);
        sheet.selected = sheet.room.seats.iter().position(Place::counts).unwrap_or(0);
        sheet
    }

    /// Takes what was read anew.
    fn take(&mut self, read: &Presented) {
        let held = read.board.items.iter().find(|held| Some(held.item.id()) == self.item.as_deref());
        self.room = held.map_or_else(|| read.board.room.clone(), |held| held.room.clone());
        if let (What::Votes(motion, votes), Some(held)) = (&mut self.what, held) {
            let open = held.open_motion().cloned();
            *votes = open.as_ref().and_then(|open| held.votes.get(open.id())).cloned().unwrap_or_default();
            *motion = open;
        }
        self.selected = self.selected.min(self.room.seats.len().saturating_sub(1));
    }

    fn seat(&self) -> Option<&Place> {
        self.room.seats.get(self.selected)
    }

    fn say(effect: Effect) -> Outcome<Ctx, Message> {
        Outcome::Say(vec![Message::Ask(vec![effect])])
    }

    fn go(&mut self, rows: isize) {
        self.selected = self.selected.saturating_add_signed(rows).min(self.room.seats.len().saturating_sub(1));
    }

    fn toggle(&self, seat: &Place, ctx: &Ctx) -> Effect {
        let (meeting, person, there) = (self.meeting.clone(), seat.person.clone(), seat.present);
        step(ctx, Purpose::Other, move |workspace, at| {
            if there {
                meeting::leave(workspace, &meeting, &person, at)
            } else {
                meeting::arrive(workspace, &meeting, &person, Seat::default(), at)
            }
        })
    }

    /// Everybody who belongs to the meeting and has not excused themselves comes.
    fn all_arrive(&self, ctx: &Ctx) -> Option<Effect> {
        let absent = |seat: &&Place| !seat.present && !seat.attendance.get("excused").is_set();
        let people: Vec<String> = self.room.seats.iter().filter(absent).map(|seat| seat.person.clone()).collect();
        if people.is_empty() {
            return None;
        }
        let meeting = self.meeting.clone();
        Some(step(ctx, Purpose::Other, move |workspace, at| {
            let steps: crate::workspace::Result<Vec<_>> =
                people.iter().map(|person| meeting::arrive(workspace, &meeting, person, Seat::default(), at)).collect();
            let reference = workspace.get(&MEETING, &meeting)?.reference().to_owned();
            Ok(together(format!("{reference}: {} came", people.len()), steps?))
        }))
    }

    fn attendance_key(&mut self, letter: char, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let Some(seat) = self.seat().cloned() else {
            return if letter == '+' { Self::newcomer(self.meeting.clone()) } else { Outcome::Consumed };
        };
        let (meeting, person) = (self.meeting.clone(), seat.person.clone());
        match letter {
            ' ' => Self::say(self.toggle(&seat, ctx)),
            'a' => match self.all_arrive(ctx) {
                Some(effect) => Self::say(effect),
                None => Outcome::Say(vec![Message::Say("Everybody on the list is here or excused".to_owned())]),
            },
            'x' => Self::say(step(ctx, Purpose::Other, move |workspace, at| {
                meeting::excuse(workspace, &meeting, &person, Seat::default(), at)
            })),
            'g' => {
                let to = if seat.votes { GUEST } else { MEMBER };
                Self::say(step(ctx, Purpose::Other, move |workspace, _| {
                    let there = workspace.get(seat.attendance.kind(), seat.attendance.id())?;
                    let what = format!("@{} takes part as {to}", seat.handle);
                    let edits = vec![super::edit(&there, vec![("seat", to.into())])];
                    Ok(meeting::Step { what, why: String::new(), edits })
                }))
            }
            '+' => Self::newcomer(meeting),
            _ => Outcome::Consumed,
        }
    }

    /// Somebody who is not on the list comes.
    fn newcomer(meeting: String) -> Outcome<Ctx, Message> {
        let take: TakeRecord = Box::new(move |who, ctx| {
            let (meeting, who) = (meeting.clone(), who.trim_start_matches('@').to_owned());
            vec![Message::Ask(vec![step(ctx, Purpose::Other, move |workspace, at| {
                let person =
                    workspace.resolver(None).id_of(&PERSON, &who).map_err(crate::workspace::Error::Unresolved)?;
                meeting::arrive(workspace, &meeting, &person, Seat::default(), at)
            })])]
        });
        let (layer, effects) = Choose::records("Who came?", &PERSON, take);
        Outcome::Say(vec![Message::Push(Box::new(layer)), Message::Ask(effects)])
    }

    /// Records how some vote; who has not voted yet and may, where nobody is named.
    fn cast(&self, people: Vec<String>, choice: &'static str, reason: &str, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let What::Votes(Some(motion), _) = &self.what else { return Outcome::Consumed };
        let (motion, reason) = (motion.id().to_owned(), reason.to_owned());
        Self::say(step(ctx, Purpose::Other, move |workspace, at| {
            let cast =
                |person: &String| meeting::cast(workspace, &motion, Cast { person, choice, reason: &reason }, at);
            let mut steps = people.iter().map(cast).collect::<crate::workspace::Result<Vec<_>>>()?;
            match steps.len() {
                1 => Ok(steps.remove(0)),
                count => {
                    let reference = workspace.get(&MOTION, &motion)?.reference().to_owned();
                    Ok(together(format!("{reference}: {count} {choice}"), steps))
                }
            }
        }))
    }

    fn vote_of(&self, person: &str) -> Option<&Record> {
        let What::Votes(_, votes) = &self.what else { return None };
        votes.iter().find(|vote| vote.text("person") == Some(person))
    }

    fn votes_key(&mut self, letter: char, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let What::Votes(Some(motion), _) = &self.what else { return Outcome::Consumed };
        let motion = motion.id().to_owned();
        if letter == 'w' {
            return Self::closing(step(ctx, Purpose::Other, move |workspace, _| meeting::withdraw(workspace, &motion)));
        }
        if letter == 'a' {
            let waits = |seat: &&Place| seat.counts() && self.vote_of(&seat.person).is_none();
            let people: Vec<String> = self.room.seats.iter().filter(waits).map(|seat| seat.person.clone()).collect();
            return if people.is_empty() { Outcome::Consumed } else { self.cast(people, IN_FAVOUR, "", ctx) };
        }
        let choice = match letter {
            'f' => IN_FAVOUR,
            'n' | 'r' => AGAINST,
            'b' => ABSTAIN,
            _ => return Outcome::Consumed,
        };
        let Some(seat) = self.seat().cloned() else { return Outcome::Consumed };
        if let Some(why) = self.room.why_no_vote(&seat.person) {
            self.problem = Some(why);
            return Outcome::Consumed;
        }
        if letter == 'r' {
            return self.dissent(&seat, motion);
        }
        let outcome = self.cast(vec![seat.person], choice, "", ctx);
        self.next_voter();
        outcome
    }

    /// The cursor goes on to the next one who may vote.
    fn next_voter(&mut self) {
        let from = self.selected + 1;
        if let Some(step) = self.room.seats.iter().skip(from).position(Place::counts) {
            self.selected = from + step;
        }
    }

    /// Asks why somebody votes against.
    fn dissent(&self, seat: &Place, motion: String) -> Outcome<Ctx, Message> {
        let person = seat.person.clone();
        let vote = self.vote_of(&seat.person).cloned();
        let said = vote.as_ref().and_then(|vote| vote.text("reason")).unwrap_or_default().to_owned();
        let take: TakeText = Box::new(move |reason, ctx| {
            let (motion, person, reason) = (motion.clone(), person.clone(), reason.to_owned());
            Ok(vec![Message::Ask(vec![step(ctx, Purpose::Other, move |workspace, at| {
                meeting::cast(workspace, &motion, Cast { person: &person, choice: AGAINST, reason: &reason }, at)
            })])])
        });
        let title = format!("Why does {} vote against?", seat.name());
        let help = "The dissent, with its reason; it stands in the decision and in the minutes.";
        Outcome::Open(Box::new(Prompt::new(&title, help, take).starting(&said)))
    }

    fn closing(effect: Effect) -> Outcome<Ctx, Message> {
        Outcome::Close(vec![Message::Ask(vec![effect])])
    }

    /// Closes the vote, or the sheet.
    fn enter(&self, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match &self.what {
            What::Attendance => Outcome::Close(Vec::new()),
            What::Votes(None, _) => Outcome::Consumed,
            What::Votes(Some(motion), _) => {
                let motion = motion.id().to_owned();
                Self::say(step(ctx, Purpose::Vote, move |workspace, _| meeting::close(workspace, &motion, None)))
            }
        }
    }

    fn title(&self) -> String {
        match &self.what {
            What::Attendance => "Who is in the room".to_owned(),
            What::Votes(Some(motion), _) => format!("Vote by name: {}", motion.title()),
            What::Votes(None, _) => "Vote by name".to_owned(),
        }
    }

    const fn hint(&self) -> &'static str {
        match self.what {
            What::Attendance => "Space comes or leaves · a all come · x excused · g guest · + somebody else · Esc",
            What::Votes(..) => {
                "f for · n against · r with reason · b abstains · a the rest for · Enter closes the vote"
            }
        }
    }

    fn count(&self) -> String {
        let What::Votes(_, votes) = &self.what else { return String::new() };
        let of = |choice: &str| votes.iter().filter(|vote| vote.text("choice") == Some(choice)).count();
        format!("{} for · {} against · {} abstain", of(IN_FAVOUR), of(AGAINST), of(ABSTAIN))
    }

    /// How somebody stands, in words, with its look.
    fn state(&self, seat: &Place) -> (String, Glyph, Role) {
        if let Some(why) = &seat.recused {
            return (format!("recused: {}", crate::text::line(why)), Glyph::NotApplicable, Role::Warn);
        }
        if let What::Votes(..) = self.what {
            return match (self.vote_of(&seat.person), self.room.why_no_vote(&seat.person)) {
                (Some(vote), _) => {
                    let reason =
                        vote.text("reason").map(|why| format!(": {}", crate::text::line(why))).unwrap_or_default();
                    let (word, glyph, role) = match vote.text("choice") {
                        Some(IN_FAVOUR) => ("for", Glyph::Check, Role::Good),
                        Some(AGAINST) => ("against", Glyph::Cross, Role::Bad),
                        _ => ("abstains", Glyph::Open, Role::Warn),
                    };
                    (format!("{word}{reason}"), glyph, role)
                }
                (None, Some(_)) if !seat.votes => ("guest".to_owned(), Glyph::NotApplicable, Role::Dim),
                (None, Some(_)) => ("not in the room".to_owned(), Glyph::NotApplicable, Role::Dim),
                (None, None) => (String::new(), Glyph::Open, Role::Text),
            };
        }
        let role =
            seat.attendance.text("role").map(|role| format!(", {}", crate::text::line(role))).unwrap_or_default();
        let place = seat.attendance.text("seat").unwrap_or(MEMBER);
        match (seat.present, seat.attendance.get("excused").is_set()) {
            (true, _) => (format!("here, {place}{role}"), Glyph::Check, Role::Good),
            (false, true) => (format!("excused, {place}{role}"), Glyph::NotApplicable, Role::Dim),
            (false, false) => (format!("not here, {place}{role}"), Glyph::Open, Role::Dim),
        }
    }
}

impl Layer<Ctx, Message> for Sheet {
    fn handle(&mut self, input: &Input, ctx: &Ctx) -> Outcome<Ctx, Message> {
        let Input::Key(key) = input else { return Outcome::Consumed };
        self.problem = None;
        match ctx.keymap.lookup(Where::Picker, *key) {
            Some(Id::PickerUp) => self.go(-1),
            Some(Id::PickerDown) => self.go(1),
            Some(Id::PickerPageUp) => self.go(-10),
            Some(Id::PickerPageDown) => self.go(10),
            Some(Id::PickerAccept) => return self.enter(ctx),
            Some(Id::Back | Id::Cancel) => return Outcome::Close(Vec::new()),
            _ => match key.types() {
                Some('k') => self.go(-1),
                Some('j') => self.go(1),
                Some(letter) if matches!(self.what, What::Attendance) => return self.attendance_key(letter, ctx),
                Some(letter) => return self.votes_key(letter, ctx),
                None => {}
            },
        }
        Outcome::Consumed
    }

    fn hear(&mut self, message: &Message, _: &Ctx) -> Outcome<Ctx, Message> {
        match message {
            Message::Presented(id, read) if *id == self.meeting => {
                if let Ok(read) = read.as_ref() {
                    self.take(read);
                }
                Outcome::Ignored
            }
            // What follows from it, the screen under this one sees to.
            Message::Wrote { purpose: Purpose::Vote, result: Ok(_) } => Outcome::Close(Vec::new()),
            Message::Wrote { purpose: Purpose::Vote, result: Err(error) } => {
                self.problem = Some(error.to_string());
                Outcome::Consumed
            }
            _ => Outcome::Ignored,
        }
    }

    fn draw(&self, frame: &mut Frame<'_>, area: Rect, ctx: &Ctx) {
        let theme = &ctx.theme;
        let (title, count) = (self.title(), self.count());
        let seats = u16::try_from(self.room.seats.len()).unwrap_or(u16::MAX);
        // Everybody stands on it, with what can be done on as many lines as that takes.
        let told = self.problem.as_deref().unwrap_or_else(|| self.hint());
        let foot = wrap(told, area.width.min(100).saturating_sub(2));
        let height = seats.saturating_add(u16::try_from(foot.len()).unwrap_or(1)).saturating_add(5).max(8);
        let popup = Popup { theme, title: &title, count: &count, hint: "", width: 100, height };
        let inner = popup.draw(area, frame.buffer_mut());
        let buffer = frame.buffer_mut();
        let quorum = self.room.quorum();
        let (glyph, role) = if quorum.is_met() { (Glyph::Check, Role::Good) } else { (Glyph::Cross, Role::Bad) };
        let line = format!("{} {quorum}", theme.glyph(glyph));
        put(buffer, row(inner, 0), &line, theme.style(role), theme);
        let told = u16::try_from(foot.len()).unwrap_or(1).min(inner.height / 3);
        let room = usize::from(inner.height.saturating_sub(3 + told));
        let first = (self.selected + 1).saturating_sub(room.max(1));
        let mut cursor = None;
        for (y, (at, seat)) in (2..).zip(self.room.seats.iter().enumerate().skip(first).take(room)) {
            let here = at == self.selected;
            let (state, glyph, role) = self.state(seat);
            let marker = if here { theme.glyph(Glyph::Marker) } else { " " };
            let name = crate::text::fit(&crate::text::line(seat.name()), 26).into_owned();
            let spans = [
                Span::styled(format!("{marker} "), theme.style(Role::Accent)),
                Span::styled(format!("{} ", theme.glyph(glyph)), theme.style(role)),
                Span::styled(format!("{name:<28}"), theme.style(Role::Text)),
                Span::styled(state, theme.style(role)),
            ];
            put_spans(buffer, row(inner, y), &spans, Align::Left, theme);
            if here {
                cursor = Some(row(inner, y).as_position());
            }
        }
        let role = if self.problem.is_some() { Role::Error } else { Role::Dim };
        for (y, text) in (inner.height.saturating_sub(told)..inner.height).zip(&foot) {
            put(buffer, row(inner, y), text, theme.style(role), theme);
        }
        if let Some(cursor) = cursor {
            frame.set_cursor_position(cursor);
        }
    }

    fn asked(&self, _: &Ctx) -> Option<Asked> {
        let line = |seat: &Place| format!("@{} {}: {}", seat.handle, seat.name(), self.state(seat).0);
        let people: Vec<String> = self.room.seats.iter().map(line).collect();
        let help = match self.what {
            What::Attendance => "A handle comes or leaves: ana. Or: all; ana excused; ana guest. An empty line ends.",
            What::Votes(..) => {
                "A handle and a vote: ana for; ben against The figures are old; eve abstain. Or: all, those who have not \
                 voted are for; withdraw. An empty line closes the vote."
            }
        };
        let mut asked = Asked::new(self.title(), Wants::Line).helped(self.room.quorum().to_string());
        asked.help.extend(people);
        Some(Asked { problem: self.problem.clone(), ..asked.helped(help) })
    }

    fn answer(&mut self, answer: &Answer, ctx: &Ctx) -> Outcome<Ctx, Message> {
        match answer {
            Answer::Text(text) => self.told(text, ctx),
            Answer::Keep | Answer::Empty | Answer::Finish => self.enter(ctx),
            Answer::Leave => Outcome::Close(Vec::new()),
            _ => Outcome::Ignored,
        }
    }

    fn place(&self) -> Where {
        Where::Picker
    }
}

impl Sheet {
    /// Takes a line that names who, and what of them.
    fn told(&mut self, text: &str, ctx: &Ctx) -> Outcome<Ctx, Message> {
        self.problem = None;
        let votes = matches!(self.what, What::Votes(..));
        let (who, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let who = who.trim_start_matches('@');
        let letter = |sheet: &mut Self, letter| {
            if votes { sheet.votes_key(letter, ctx) } else { sheet.attendance_key(letter, ctx) }
        };
        match who {
            "all" => return letter(self, 'a'),
            "withdraw" if votes => return letter(self, 'w'),
            _ => {}
        }
        let Some(at) = self.room.seats.iter().position(|seat| seat.handle.eq_ignore_ascii_case(who)) else {
            let problem = format!("@{} is not on the list.", crate::text::line(who));
            self.problem = Some(problem);
            return Outcome::Consumed;
        };
        self.selected = at;
        let (word, reason) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        if votes {
            let choice = match word {
                "for" => IN_FAVOUR,
                "against" => AGAINST,
                "abstain" | "abstains" => ABSTAIN,
                _ => {
                    self.problem = Some("Say how: for, against or abstain.".to_owned());
                    return Outcome::Consumed;
                }
            };
            let person = self.room.seats.get(at).map(|seat| seat.person.clone()).unwrap_or_default();
            if let Some(why) = self.room.why_no_vote(&person) {
                self.problem = Some(why);
                return Outcome::Consumed;
            }
            return self.cast(vec![person], choice, reason, ctx);
        }
        match word {
            "" | "comes" | "leaves" => letter(self, ' '),
            "excused" => letter(self, 'x'),
            "guest" | "member" => letter(self, 'g'),
            _ => {
                self.problem = Some("Say nothing more, or: excused, guest.".to_owned());
                Outcome::Consumed
            }
        }
    }
}
