//! Cutting a Markdown card into the sections of a template, by its headings. Nothing is lost: what fits no section is kept
//! in a section of its own, under the headings that it had.

use super::front;
use crate::review::document::template::{OTHER, Template};
use crate::review::document::{Text, template};

/// The largest card that is taken in, in bytes.
pub const MOST_BYTES: u64 = 4 << 20;

/// What stands over the section of what fits no other.
pub const OTHER_HEADING: &str = "Other";

/// A card as it is read from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The front matter between its lines of dashes, where it can be read.
    pub front: Option<String>,
    /// What is wrong with the front matter, where it cannot be.
    pub fault: Option<String>,
    blocks: Vec<Block>,
}

/// A heading with what stands under it, up to the next heading.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Block {
    /// 1 to 6; 0 for what stands before all headings.
    level: usize,
    /// The heading without its marks.
    heading: String,
    /// The heading as it stands.
    raw: String,
    text: String,
}

/// A card in the sections of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placed {
    /// What the card calls itself, where it does.
    pub title: Option<String>,
    /// The texts of sections.
    pub texts: Vec<Text>,
    /// Headings that fit no section.
    pub unplaced: Vec<String>,
}

impl Card {
    /// Reads a card.
    #[must_use]
    pub fn read(source: &str) -> Self {
        let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let (front, fault, body) = match split_front(&source) {
            Split::None => (None, None, source.as_str()),
            Split::Unended => {
                let fault = "the front matter begins on line 1 and has no line --- that ends it";
                (None, Some(fault.to_owned()), source.as_str())
            }
            Split::Some(found, body) => match front::read(found) {
                Ok(_) => (Some(found.to_owned()), None, body),
                Err(fault) => (None, Some(fault), body),
            },
        };
        let mut blocks = blocks(body);
        // Front matter that cannot be read is text like any other.
        if let (Some(_), Split::Some(found, _)) = (&fault, split_front(&source)) {
            let text = format!("```yaml\n{found}\n```");
            blocks.insert(0, Block { level: 0, heading: String::new(), raw: String::new(), text });
        }
        Self { front, fault, blocks }
    }
}

enum Split<'s> {
    None,
    Unended,
    Some(&'s str, &'s str),
}

/// The front matter and what follows it.
fn split_front(source: &str) -> Split<'_> {
    let Some(rest) = source.strip_prefix("---\n") else { return Split::None };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Split::Some(rest[..at].trim_end_matches('\n'), &rest[at + line.len()..]);
        }
        at += line.len();
    }
    Split::Unended
}

/// Cuts Markdown at its headings; what stands in fenced code is no heading.
fn blocks(body: &str) -> Vec<Block> {
    let mut blocks = vec![Block { level: 0, heading: String::new(), raw: String::new(), text: String::new() }];
    let mut fence: Option<(char, usize)> = None;
    let lines: Vec<&str> = body.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        let marks = fence_of(line);
        match (fence, marks) {
            (None, Some(opened)) => fence = Some(opened),
            (Some((mark, long)), Some((other, length))) if mark == other && length >= long => fence = None,
            _ => {}
        }
        let heading = if fence.is_none() && marks.is_none() { heading(line, lines.get(at + 1).copied()) } else { None };
        if let Some((level, text, taken)) = heading {
            let raw = lines[at..at + taken].join("\n");
            blocks.push(Block { level, heading: text, raw, text: String::new() });
            at += taken;
            continue;
        }
        if let Some(last) = blocks.last_mut() {
            last.text.push_str(line);
            last.text.push('\n');
        }
        at += 1;
    }
    blocks.retain(|block| block.level > 0 || !block.text.trim().is_empty());
    blocks
}

/// The mark and the length of a line that opens or closes fenced code.
fn fence_of(line: &str) -> Option<(char, usize)> {
    let start = line.trim_start_matches(' ');
    if line.len() - start.len() > 3 {
        return None;
    }
    let mark = start.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let long = start.chars().take_while(|c| *c == mark).count();
    (long >= 3).then_some((mark, long))
}

/// The level, the text and the number of lines of a heading that begins on this line.
fn heading(line: &str, next: Option<&str>) -> Option<(usize, String, usize)> {
    let start = line.trim_start_matches(' ');
    if line.len() - start.len() > 3 {
        return None;
    }
    let level = start.chars().take_while(|c| *c == '#').count();
    if (1..=6).contains(&level) && start[level..].chars().next().is_none_or(char::is_whitespace) {
        return Some((level, start[level..].trim().trim_end_matches('#').trim().to_owned(), 1));
    }
    let under = next.map(str::trim_end).filter(|under| !under.is_empty())?;
    let is_text = !start.trim().is_empty() && !start.starts_with(['-', '>', '*', '|', '=', '<', '+']);
    let level = if under.chars().all(|c| c == '=') {
        1
    } else if under.chars().all(|c| c == '-') && !start.contains('|') {
        2
    } else {
        return None;
    };
    is_text.then(|| (level, start.trim().to_owned(), 2))
}

/// Puts a card's text into the sections of a template.
#[must_use]
pub fn place(card: &Card, template: &Template) -> Placed {
    let mut placed = Placed::default();
    // Where the last heading put its text, and its level.
    let mut owner: Option<(&str, usize)> = None;
    let first = template.sections.first().map_or(OTHER, |section| section.code.as_str());
    for block in &card.blocks {
        let section = section_of(template, &block.heading);
        let is_title = block.level == 1 && section.is_none() && placed.title.is_none();
        if is_title {
            let title = plain(&block.heading);
            // A heading with more than words in it is kept as it stands as well.
            let kept = if title == block.heading { "" } else { block.raw.as_str() };
            placed.add(template, OTHER, kept, "");
            placed.title = Some(title);
            placed.add(template, first, "", &block.text);
            owner = None;
        } else if let Some(section) = section {
            let is_its_own = normal(&section.heading) == normal(&block.heading);
            placed.add(template, &section.code, if is_its_own { "" } else { &block.raw }, &block.text);
            owner = Some((&section.code, block.level));
        } else {
            let under = owner.filter(|(_, level)| block.level > *level);
            let code = under.map_or(OTHER, |(code, _)| code);
            if code == OTHER {
                let named = if block.heading.is_empty() { "text before the first heading" } else { &block.heading };
                placed.unplaced.push(plain(named));
            }
            placed.add(template, code, &block.raw, &block.text);
            owner = under.or((block.level > 0).then_some((OTHER, block.level)));
        }
    }
    placed.texts.retain(|text| !text.text.trim().is_empty());
    for text in &mut placed.texts {
        text.text = text.text.trim().to_owned();
    }
    placed
}

impl Placed {
    fn add(&mut self, template: &Template, code: &str, raw: &str, text: &str) {
        let at = self.texts.iter().position(|known| known.code == code).unwrap_or_else(|| {
            let heading = template.section(code).map_or(OTHER_HEADING, |section| &section.heading);
            self.texts.push(Text { code: code.to_owned(), heading: heading.to_owned(), text: String::new() });
            self.texts.len() - 1
        });
        let whole = &mut self.texts[at].text;
        for part in [raw.trim_matches('\n'), text.trim_matches('\n')] {
            if !part.trim().is_empty() {
                if !whole.is_empty() {
                    whole.push_str("\n\n");
                }
                whole.push_str(part);
            }
        }
    }
}

/// The section that a heading means: by its own heading, its code or one of its other names.
fn section_of<'t>(template: &'t Template, heading: &str) -> Option<&'t template::Section> {
    let wanted = normal(&plain(heading));
    if wanted.is_empty() {
        return None;
    }
    let names = |section: &&template::Section| {
        let own = [section.heading.as_str(), section.code.as_str()];
        own.into_iter().chain(section.aliases.iter().map(String::as_str)).any(|name| normal(name) == wanted)
    };
    template.sections.iter().find(names)
}

/// A heading without tags and marks of emphasis.
fn plain(heading: &str) -> String {
    let mut out = String::new();
    let mut in_tag = false;
    for c in heading.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            '*' | '`' => {}
            c if !in_tag => out.push(c),
            _ => {}
        }
    }
    crate::text::fit(crate::text::line(&out).trim(), 200).into_owned()
}

/// Words in lower case, without marks.
pub(super) fn normal(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}
