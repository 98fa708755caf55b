//! Checks a condition before it is ever asked: that every name in it is known, that types fit (CEL itself would let
//! `packet.exposure == 3` be silently false), that a field of choices is compared only with its choices (a misspelt
//! choice too would be silently false), and that its cost is bounded.
//!
//! Cost: a condition only tests; it builds no lists. Its list tests (`all`, `exists`) nest at most two deep, and of two
//! nested ones at most one runs over a list of the packet, so the work grows no faster than the packet.

use cel::Program;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

use super::condition::{ConditionProblem, Subjects, is_told};
use super::source::unknown;
use crate::record::{Field, FieldKind, Kind};

/// How deep a condition may nest.
const DEEPEST: usize = 60;

/// What a part of a condition is.
#[derive(Debug, Clone, PartialEq)]
enum Type {
    Flag,
    Whole,
    Number,
    Text,
    /// A text that is one of the choices of a field, or empty.
    Choice(&'static str, &'static [&'static str]),
    List(Box<Type>),
    /// Already complained of.
    Unknown,
}

impl Type {
    fn name(&self) -> String {
        match self {
            Self::Flag => "true or false".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Text | Self::Choice(..) => "a text".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unknown, _)
            | (_, Self::Unknown)
            | (Self::Text | Self::Choice(..), Self::Text | Self::Choice(..)) => true,
            (Self::List(one), Self::List(two)) => one.fits(two),
            (one, two) => one == two,
        }
    }

    fn of(field: &'static Field) -> Self {
        match field.kind {
            FieldKind::Choice(choices) => Self::Choice(field.name, choices),
            FieldKind::Choices(choices) => Self::List(Box::new(Self::Choice(field.name, choices))),
            FieldKind::NamedMany(_) | FieldKind::Words | FieldKind::Links(_) => Self::List(Box::new(Self::Text)),
            FieldKind::Step(_) | FieldKind::Number(..) => Self::Whole,
            FieldKind::Flag => Self::Flag,
            _ => Self::Text,
        }
    }
}

/// What a condition names: the subject, and the field of it.
pub(super) type Named = (&'static str, &'static Field);

/// The fields that a parsed condition on these subjects names.
///
/// # Errors
/// Everything wrong with it.
pub(super) fn check(program: &Program, subjects: Subjects) -> Result<Vec<Named>, Vec<ConditionProblem>> {
    let mut checker = Checker {
        program,
        subjects,
        scope: Vec::new(),
        depth: 0,
        open: Vec::new(),
        named: Vec::new(),
        problems: Vec::new(),
    };
    let root = program.expression();
    let result = checker.part(root);
    if !result.fits(&Type::Flag) {
        checker.problem(root, format!("a condition must come out as true or false, not as {}.", result.name()));
    }
    let Checker { named, mut problems, .. } = checker;
    if problems.is_empty() {
        return Ok(named);
    }
    problems.sort_by_key(|problem| problem.offset);
    problems.dedup();
    Err(problems)
}

struct Checker<'p> {
    program: &'p Program,
    subjects: Subjects,
    /// The names that list tests bind, the innermost last.
    scope: Vec<(String, Type)>,
    depth: usize,
    /// For each list test around this part: whether it runs over a list of the packet.
    open: Vec<bool>,
    /// The fields that it names, each once.
    named: Vec<Named>,
    problems: Vec<ConditionProblem>,
}

impl Checker<'_> {
    fn problem(&mut self, part: &IdedExpr, message: impl Into<String>) {
        let offset = self.program.source_info().offset_for(part.id).map_or(0, |(start, _)| start as usize);
        self.problems.push(ConditionProblem::new(offset, message));
    }

    fn part(&mut self, part: &IdedExpr) -> Type {
        if self.depth >= DEEPEST {
            self.problem(part, "this condition is nested too deep; write it flatter.");
            return Type::Unknown;
        }
        self.depth += 1;
        let found = match &part.expr {
            Expr::Literal(literal) => self.literal(part, literal),
            Expr::Ident(name) => self.name(part, name),
            Expr::Select(select) => self.field(part, &select.operand, &select.field, select.test),
            Expr::List(list) => self.list(part, &list.elements),
            Expr::Call(call) => self.call(part, call),
            Expr::Comprehension(test) => self.list_test(part, test),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                self.problem(part, "conditions have no maps and no structures; compare fields and lists.");
                Type::Unknown
            }
        };
        self.depth -= 1;
        found
    }

    fn literal(&mut self, part: &IdedExpr, literal: &LiteralValue) -> Type {
        match literal {
            LiteralValue::Boolean(_) => Type::Flag,
            LiteralValue::Int(_) => Type::Whole,
            LiteralValue::Double(_) => Type::Number,
            LiteralValue::String(_) => Type::Text,
            LiteralValue::Null => {
                self.problem(part, "nothing is null here: what was not said is empty; ask answered(…).");
                Type::Unknown
            }
            LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                self.problem(part, "conditions know texts, whole numbers, numbers, true and false only.");
                Type::Unknown
            }
        }
    }

    fn name(&mut self, part: &IdedExpr, name: &str) -> Type {
        if let Some((_, found)) = self.scope.iter().rev().find(|(known, _)| known == name) {
            return found.clone();
        }
        if self.subject(name).is_some() {
            self.problem(part, format!("name a field of the {name}, as in {name}.exposure."));
        } else {
            self.problem(part, format!("“{name}” is not a name; a condition speaks of packet.exposure and the like, and texts stand in quotes."));
        }
        Type::Unknown
    }

    fn field(&mut self, part: &IdedExpr, of: &IdedExpr, name: &str, is_test: bool) -> Type {
        let subject = match &of.expr {
            Expr::Ident(of) if !self.scope.iter().any(|(known, _)| known == of) => self.subject(of),
            _ => None,
        };
        let Some((subject, kind)) = subject else {
            let inner = self.part(of);
            if inner != Type::Unknown {
                self.problem(part, format!("{} has no field “{name}”; only the packet has fields.", inner.name()));
            }
            return Type::Unknown;
        };
        if is_test {
            self.problem(of, format!("has() is always true here; ask answered({subject}.{name})."));
            return Type::Flag;
        }
        let known: Vec<&str> = kind.columns().filter(|field| is_told(field)).map(|field| field.name).collect();
        let field = kind.field(name).filter(|field| is_told(field));
        if field.is_none() {
            self.problem(of, unknown(name, &format!("a field of the {}", kind.name), &known));
        }
        if let Some(field) = field
            && !self.named.iter().any(|(of, known)| *of == subject && known.name == field.name)
        {
            self.named.push((subject, field));
        }
        field.map_or(Type::Unknown, Type::of)
    }

    /// The name and the kind of record that a word stands for.
    fn subject(&self, word: &str) -> Option<(&'static str, Kind)> {
        self.subjects.iter().find(|(known, _)| *known == word).copied()
    }

    fn list(&mut self, part: &IdedExpr, items: &[IdedExpr]) -> Type {
        let mut of = Type::Unknown;
        for item in items {
            let found = self.part(item);
            if !found.fits(&of) {
                self.problem(item, format!("a list holds things of one kind; this is {}.", found.name()));
            } else if of == Type::Unknown {
                of = found;
            }
        }
        if items.is_empty() {
            self.problem(part, "an empty list tests nothing; ask answered(…) or size(…) == 0.");
        }
        Type::List(Box::new(of))
    }

    fn call(&mut self, part: &IdedExpr, call: &CallExpr) -> Type {
        let target = call.target.as_deref();
        match (call.func_name.as_str(), target, call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, None, args) => {
                for arg in args {
                    self.expect(arg, &Type::Flag);
                }
                Type::Flag
            }
            (operators::LOGICAL_NOT, None, [arg]) => {
                self.expect(arg, &Type::Flag);
                Type::Flag
            }
            (operators::CONDITIONAL, None, [asked, yes, no]) => {
                self.expect(asked, &Type::Flag);
                let found = self.part(yes);
                self.expect(no, &found);
                found
            }
            (operators::EQUALS | operators::NOT_EQUALS, None, [left, right]) => {
                self.compare(left, right);
                Type::Flag
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                None,
                [left, right],
            ) => {
                let found = self.part(left);
                if !matches!(found, Type::Whole | Type::Number | Type::Text | Type::Unknown) {
                    self.problem(left, format!("{} has no order; compare numbers or dates.", found.name()));
                }
                self.expect(right, &found);
                Type::Flag
            }
            (operators::IN, None, [item, list]) => self.is_in(item, list),
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                None,
                [left, right],
            ) => self.arithmetic(left, right),
            (operators::NEGATE, None, [arg]) => self.numeric(arg),
            (operators::INDEX, None, [list, index]) => self.index(list, index),
            _ => self.function(part, call),
        }
    }

    fn function(&mut self, part: &IdedExpr, call: &CallExpr) -> Type {
        let name = call.func_name.as_str();
        match (name, call.target.as_deref(), call.args.as_slice()) {
            ("answered", None, [asked]) => {
                self.part(asked);
                Type::Flag
            }
            ("mentions", None, [text, words]) => {
                for arg in [text, words] {
                    let found = self.part(arg);
                    let texts = Type::List(Box::new(Type::Text));
                    if !found.fits(&Type::Text) && !found.fits(&texts) {
                        self.problem(arg, "mentions(…) looks for words in texts.");
                    }
                }
                Type::Flag
            }
            ("size", None, [of]) | ("size", Some(of), []) => {
                let found = self.part(of);
                if !matches!(found, Type::Text | Type::Choice(..) | Type::List(_) | Type::Unknown) {
                    self.problem(of, format!("{} has no size.", found.name()));
                }
                Type::Whole
            }
            ("contains" | "startsWith" | "endsWith", Some(target), [arg]) => {
                let found = self.part(target);
                if matches!(found, Type::List(_)) {
                    self.problem(target, format!("{name}(…) looks into a text; of a list, ask: 'x' in list."));
                } else if !found.fits(&Type::Text) {
                    self.problem(target, format!("{name}(…) looks into a text, not {}.", found.name()));
                }
                self.expect(arg, &Type::Text);
                Type::Flag
            }
            ("all" | "exists", _, _) => {
                self.problem(part, format!("write list.{name}(x, condition on x)."));
                Type::Flag
            }
            ("answered" | "mentions" | "size" | "contains" | "startsWith" | "endsWith", ..) => {
                let form = match name {
                    "answered" => "answered(packet.field)",
                    "mentions" => "mentions(packet.field, ['one', 'other'])",
                    "size" => "size(packet.field)",
                    _ => "packet.field.contains('text')",
                };
                self.problem(part, format!("{name} is written otherwise: {form}."));
                Type::Unknown
            }
            _ => {
                let known = ["answered", "mentions", "size", "contains", "startsWith", "endsWith", "all", "exists"];
                self.problem(part, unknown(name, "a function that conditions have", &known));
                Type::Unknown
            }
        }
    }

    fn list_test(&mut self, part: &IdedExpr, test: &ComprehensionExpr) -> Type {
        // `all` starts from true and `exists` from false; the other macros count or build lists.
        if !matches!(test.accu_init.expr, Expr::Literal(LiteralValue::Boolean(_))) {
            self.problem(part, "of a list, conditions ask all(…) or exists(…) only.");
            return Type::Unknown;
        }
        let of = match self.part(&test.iter_range) {
            Type::List(of) => *of,
            Type::Unknown => Type::Unknown,
            other => {
                self.problem(&test.iter_range, format!("all(…) and exists(…) look into lists, not {}.", other.name()));
                Type::Unknown
            }
        };
        let is_open = !matches!(test.iter_range.expr, Expr::List(_));
        self.open.push(is_open);
        if self.open.len() > 2 || self.open.iter().filter(|open| **open).count() > 1 {
            self.problem(
                part,
                "list tests nest at most two deep, and only one of them over a list of the packet; ask with “in”.",
            );
        }
        self.scope.push((test.iter_var.clone(), of));
        self.scope.push((test.accu_var.clone(), Type::Flag));
        self.expect(&test.loop_step, &Type::Flag);
        self.scope.truncate(self.scope.len() - 2);
        self.open.pop();
        Type::Flag
    }

    fn expect(&mut self, part: &IdedExpr, wanted: &Type) {
        let found = self.part(part);
        if !found.fits(wanted) {
            self.problem(part, format!("expected {} here; this is {}.", wanted.name(), found.name()));
        }
    }

    fn compare(&mut self, left: &IdedExpr, right: &IdedExpr) {
        let (one, two) = (self.part(left), self.part(right));
        if !one.fits(&two) {
            self.problem(right, format!("{} never equals {}.", one.name(), two.name()));
        }
        self.choice(&one, right);
        self.choice(&two, left);
    }

    fn is_in(&mut self, item: &IdedExpr, list: &IdedExpr) -> Type {
        let (one, many) = (self.part(item), self.part(list));
        match &many {
            Type::List(of) => {
                if !one.fits(of) {
                    self.problem(item, format!("{} is never in a list of such things.", one.name()));
                }
                self.choice(of, item);
            }
            Type::Unknown => {}
            other => self.problem(list, format!("“in” looks into a list, not {}.", other.name())),
        }
        if let Expr::List(items) = &list.expr {
            items.elements.iter().for_each(|item| self.choice(&one, item));
        }
        Type::Flag
    }

    /// Complains where a text that is no choice is compared with a field of choices.
    fn choice(&mut self, field: &Type, text: &IdedExpr) {
        if let Type::Choice(name, choices) = field
            && let Expr::Literal(LiteralValue::String(said)) = &text.expr
            && !said.inner().is_empty()
            && !choices.contains(&said.inner())
        {
            self.problem(text, unknown(said.inner(), &format!("a choice of {name}"), choices));
        }
    }

    fn arithmetic(&mut self, left: &IdedExpr, right: &IdedExpr) -> Type {
        let found = self.numeric(left);
        self.expect(right, &found);
        found
    }

    fn numeric(&mut self, part: &IdedExpr) -> Type {
        let found = self.part(part);
        if !matches!(found, Type::Whole | Type::Number | Type::Unknown) {
            self.problem(part, format!("conditions reckon with numbers only; this is {}.", found.name()));
            return Type::Unknown;
        }
        found
    }

    fn index(&mut self, list: &IdedExpr, index: &IdedExpr) -> Type {
        if let (Expr::Ident(name), Expr::Literal(LiteralValue::String(field))) = (&list.expr, &index.expr)
            && self.subject(name).is_some()
        {
            self.problem(list, format!("write {name}.{}.", field.inner()));
            return Type::Unknown;
        }
        self.expect(index, &Type::Whole);
        match self.part(list) {
            Type::List(of) => *of,
            Type::Unknown => Type::Unknown,
            other => {
                self.problem(list, format!("only lists have items; this is {}.", other.name()));
                Type::Unknown
            }
        }
    }
}
