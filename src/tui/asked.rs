//! What a popup asks, in words, and what can be answered: for front ends that do not draw, such as the plain one for
//! screen readers and braille lines.

use super::widgets::picker::Choice;

/// A question in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What it is all about: `Add risk`. Said once, when the popup opens.
    pub title: String,
    /// What is asked now, where the title does not say it: a form's field.
    pub topic: String,
    /// What helps to answer, a line each.
    pub help: Vec<String>,
    /// What happened that the person should know, such as a draft that came back. Said once.
    pub notice: Option<String>,
    /// What is wrong with the last answer.
    pub problem: Option<String>,
    /// What is there, and stays when nothing is answered; empty where nothing is there.
    pub now: String,
    /// What kind of answer is wanted.
    pub wants: Wants,
    /// Whether it is one of several that are saved together: it can be left for another one, and the rest need not be asked.
    pub fields: bool,
    /// Whether what was answered so far is kept as a draft.
    pub kept: bool,
    /// All of it, for those who ask: every field with what stands in it, every row of a preview.
    pub overview: Vec<String>,
}

/// What kind of answer a question wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// A yes or a no.
    YesOrNo {
        /// Whether nothing at all means yes. Never where a yes destroys something.
        enter: bool,
        /// Whether another text is taken too, in place of the one that was understood.
        text: bool,
    },
    /// One line of text.
    Line,
    /// A text of any length.
    Text,
    /// One of these, or several.
    Choice {
        /// What there is to choose.
        choices: Vec<Choice>,
        /// Whether several can be taken.
        many: bool,
        /// The choice that is taken when nothing is answered.
        at: Option<usize>,
        /// Whether other text can be answered too: words that narrow the list, or a value of its own.
        typed: bool,
    },
}

impl Asked {
    /// A question with nothing but its title.
    #[must_use]
    pub fn new(title: impl Into<String>, wants: Wants) -> Self {
        Self {
            title: title.into(),
            topic: String::new(),
            help: Vec::new(),
            notice: None,
            problem: None,
            now: String::new(),
            wants,
            fields: false,
            kept: false,
            overview: Vec::new(),
        }
    }

    /// The same with a line that helps.
    #[must_use]
    pub fn helped(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// A text.
    Text(String),
    /// What there is so far of a text that is still being typed, to be kept as a draft.
    SoFar(String),
    /// These of the choices, by their place.
    Chosen(Vec<usize>),
    /// Nothing: what is there stays, what is offered is taken.
    Keep,
    /// What is there goes.
    Empty,
    /// The rest need not be asked: save.
    Finish,
    /// The field before.
    Previous,
    /// The field whose name or label starts so.
    Field(String),
    /// The question is left.
    Leave,
}
