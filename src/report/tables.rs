//! Every table of a pack as a register, the computed ones too: what the spreadsheet and the CSV files are made of.

use std::borrow::Cow;

use super::model::{BANDS, Grid, Pack};
use super::register::{Cell, Column, Holds, Register};

impl Pack {
    /// All tables, in the order of the pack.
    #[must_use]
    pub fn tables(&self) -> Vec<Cow<'_, Register>> {
        let record = |name: &str| self.registers.get(name).map(Cow::Borrowed);
        let tables = vec![
            Some(Cow::Owned(self.about_table())),
            Some(Cow::Owned(self.figures_table())),
            Some(Cow::Owned(self.attention_table())),
            Some(Cow::Owned(self.stages_table())),
            record("queue"),
            Some(Cow::Owned(self.heat_table())),
            record("risks"),
            record("acceptances"),
            record("checklists"),
            record("items"),
            Some(Cow::Owned(self.owners_table())),
            record("actions"),
            record("evidence"),
            record("documents"),
            record("checks"),
            record("changes"),
        ];
        let programme = self.programme_tables().into_iter().map(Cow::Owned);
        tables.into_iter().flatten().chain(programme).collect()
    }

    fn about_table(&self) -> Register {
        let columns = vec![Column::new("name", "Name", Holds::Line), Column::new("value", "Value", Holds::Prose)];
        let mut table = Register::new("about", "About", "Of what, when and by whom this pack was made.", columns);
        let about = &self.about;
        let mut line = |name: &str, value: Cell| table.push(vec![Cell::text(name), value]);
        line("workspace", Cell::text(&about.workspace));
        line("made_at", Cell::text(&about.made_at.to_rfc3339()));
        line("today", Cell::Day(about.today));
        line("made_by", Cell::text(&about.made_by));
        line("program", Cell::text(about.program));
        line("history_head", Cell::text(&about.history_head));
        line("history_changes", Cell::count(about.history_changes));
        line("policy", about.policy.as_deref().map_or(Cell::Empty, Cell::text));
        line("since", Cell::day(about.since));
        for notice in &about.notices {
            line("notice", Cell::text(notice));
        }
        table
    }

    fn figures_table(&self) -> Register {
        let columns = vec![
            Column::new("name", "Name", Holds::Line),
            Column::new("label", "Figure", Holds::Line),
            Column::new("value", "Count", Holds::Number),
        ];
        let mut table = Register::new("figures", "Figures", "Every count of the pack.", columns);
        let changes = self.changes.iter().flat_map(|period| &period.counts.0);
        for figure in self.figures.0.iter().chain(changes) {
            table.push(vec![Cell::text(&figure.name), Cell::text(&figure.label), Cell::count(figure.value)]);
        }
        table
    }

    fn attention_table(&self) -> Register {
        let columns = vec![
            Column::new("asked", "Asked of the board", Holds::Line),
            Column::new("ref", "Reference", Holds::Reference),
            Column::new("title", "What", Holds::Line),
            Column::new("reason", "Why", Holds::Prose),
            Column::new("who", "Who", Holds::Line),
            Column::new("by", "Date", Holds::Day),
        ];
        let help = "What needs the board's attention, the most pressing first.";
        let mut table = Register::new("attention", "Attention", help, columns);
        for attention in &self.attention {
            table.push(vec![
                Cell::text(attention.asked.label()),
                Cell::text(&attention.reference),
                Cell::text(&attention.title),
                Cell::text(&attention.reason),
                attention.who.as_deref().map_or(Cell::Empty, Cell::text),
                Cell::day(attention.by),
            ]);
        }
        table
    }

    fn stages_table(&self) -> Register {
        let mut columns = vec![
            Column::new("stage", "Stage", Holds::Line),
            Column::new("reviews", "Reviews", Holds::Number),
            Column::new("overdue", "Stage overdue", Holds::Number),
        ];
        let names = ["age_7", "age_14", "age_30", "age_60", "age_more"];
        columns.extend(names.iter().zip(BANDS).map(|(name, (_, label))| Column::new(name, label, Holds::Number)));
        let help = "Reviews by stage, and by days in the stage where it still needs work.";
        let mut table = Register::new("stages", "Stages", help, columns);
        for line in &self.stages {
            let ages = line.ages.iter().map(|count| if line.ended { Cell::Empty } else { Cell::count(*count) });
            let first = [Cell::text(&line.stage), Cell::count(line.reviews), Cell::count(line.overdue)];
            table.push(first.into_iter().chain(ages).collect());
        }
        table
    }

    fn heat_table(&self) -> Register {
        let columns = vec![
            Column::new("matrix", "Matrix", Holds::Line),
            Column::new("severity", "Severity", Holds::Number),
            Column::new("severity_name", "Severity, named", Holds::Line),
            Column::new("likelihood", "Likelihood", Holds::Number),
            Column::new("likelihood_name", "Likelihood, named", Holds::Line),
            Column::new("level", "Level", Holds::Line),
            Column::new("count", "Open risks", Holds::Number),
            Column::new("risks", "Which", Holds::List),
        ];
        let help = "Open risks by severity and likelihood, before mitigation (inherent) and with it (residual).";
        let mut table = Register::new("heatmap", "Heat map", help, columns);
        for (name, grid) in [("inherent", &self.heat.inherent), ("residual", &self.heat.residual)] {
            self.add_grid(&mut table, name, grid);
        }
        table
    }

    fn add_grid(&self, table: &mut Register, matrix: &str, grid: &Grid) {
        let named = |names: &[std::sync::Arc<str>], step: i64| {
            usize::try_from(step - 1).ok().and_then(|at| names.get(at)).map_or(Cell::Empty, |name| Cell::text(name))
        };
        for cell in &grid.cells {
            table.push(vec![
                Cell::text(matrix),
                Cell::Number(cell.severity),
                named(&self.heat.severities, cell.severity),
                Cell::Number(cell.likelihood),
                named(&self.heat.likelihoods, cell.likelihood),
                cell.level.as_deref().map_or(Cell::Empty, Cell::text),
                Cell::count(cell.count),
                Cell::List(cell.risks.iter().cloned().collect()),
            ]);
        }
    }

    fn owners_table(&self) -> Register {
        let columns = vec![
            Column::new("owner", "Owner", Holds::Line),
            Column::new("open", "Open", Holds::Number),
            Column::new("overdue", "Overdue", Holds::Number),
            Column::new("overdue_since", "Overdue since", Holds::Day),
            Column::new("due_soon", "Due soon", Holds::Number),
            Column::new("blocked", "Blocked", Holds::Number),
            Column::new("launch_blocking", "A launch waits", Holds::Number),
        ];
        let help = "Open actions by owner, those who are most late first.";
        let mut table = Register::new("owners", "Actions by owner", help, columns);
        for line in &self.owners {
            table.push(vec![
                line.owner.as_deref().map_or(Cell::Empty, Cell::text),
                Cell::count(line.open),
                Cell::count(line.overdue),
                Cell::day(line.overdue_since),
                Cell::count(line.due_soon),
                Cell::count(line.blocked),
                Cell::count(line.launch_blocking),
            ]);
        }
        table
    }
}
