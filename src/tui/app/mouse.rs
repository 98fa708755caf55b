//! The mouse on the screens under the popups: a click selects, a double click opens, the wheel moves.

use ratatui::layout::Rect;

use super::message::Effect;
use super::state::{Base, State};
use super::view::{self, Parts};
use crate::tui::command::CommandId as Id;
use crate::tui::event::{Mouse, MouseKind};
use crate::tui::widgets::frame::Pane;
use crate::tui::widgets::list::List;

impl State {
    /// Takes what the mouse did.
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        // A room sees no list to click on, and a stray click must not end the presentation.
        if self.presenting.is_some() {
            return match mouse.kind {
                MouseKind::WheelDown => self.run(Id::Down),
                MouseKind::WheelUp => self.run(Id::Up),
                _ => Vec::new(),
            };
        }
        let content = Parts::of(Rect::new(0, 0, self.size.width, self.size.height)).content;
        match mouse.kind {
            MouseKind::WheelDown | MouseKind::WheelUp => {
                if self.screens.is_empty()
                    && matches!(self.base, Base::Desk)
                    && let Some((pane, _)) = view::desk::pane_at(&self.desk, content, mouse.at)
                {
                    self.desk.focus = pane;
                }
                let id = if mouse.kind == MouseKind::WheelDown { Id::Down } else { Id::Up };
                (0..3).flat_map(|_| self.run(id)).collect()
            }
            MouseKind::Click => self.click(mouse, content),
            MouseKind::DoubleClick => {
                let mut effects = self.click(mouse, content);
                effects.extend(self.run(Id::Open));
                effects
            }
            MouseKind::RightClick => self.run(Id::Back),
            _ => Vec::new(),
        }
    }

    fn click(&mut self, mouse: Mouse, content: Rect) -> Vec<Effect> {
        if !self.screens.is_empty() {
            return Vec::new();
        }
        let (area, header) = match &self.base {
            Base::Desk => match view::desk::pane_at(&self.desk, content, mouse.at) {
                Some((pane, area)) => {
                    self.desk.focus = pane;
                    (area, self.desk.enlarged)
                }
                None => return Vec::new(),
            },
            Base::List(_) => (content, true),
            Base::Insights(_) => {
                if let (Some(part), Base::Insights(place)) =
                    (super::insights::view::part_at(content, mouse.at), &mut self.base)
                {
                    return place.show(part, &self.ctx);
                }
                return Vec::new();
            }
            Base::Operations(place) => {
                let room = super::operations::has_room(self.size);
                let area = view::operations::list_area(content, place.part, room);
                // What is around the list of any other place is the frame of its pane.
                (
                    Rect {
                        x: area.x.saturating_sub(1),
                        y: area.y.saturating_sub(1),
                        width: area.width + 2,
                        height: area.height + 2,
                    },
                    true,
                )
            }
            Base::History(place) => {
                let (changes, _) = view::history::areas(content);
                let at = List::hit(Pane::inner(changes), true, mouse.at);
                let rows = at.map(|at| at.cast_signed() - view::history::selected_row(place, changes).cast_signed());
                return rows.map(|rows| self.run_moves(rows)).unwrap_or_default();
            }
        };
        let inner = Pane::inner(area);
        let Some(row) = List::hit(inner, header, mouse.at) else { return Vec::new() };
        let Some(listing) = self.listing_mut() else { return Vec::new() };
        let visible = listing.list.visible(List::room(inner.height, header));
        let want = listing.list.select(visible.start + row);
        if mouse.extend {
            listing.list.mark();
        }
        self.wanted(want)
    }

    fn run_moves(&mut self, rows: isize) -> Vec<Effect> {
        match &mut self.base {
            Base::History(place) => place.move_by(rows),
            _ => Vec::new(),
        }
    }
}
