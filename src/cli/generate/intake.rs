//! The beginning of a made-up review: a system, a review and what its team says.

use chrono::{DateTime, NaiveDate, Utc};

use super::content::{Case, Fields, add, id};
use super::names::TEAMS;
use crate::policy::{Policy, RuleError};
use crate::record::packet::{DOMAINS, MODEL_TYPES, PROVIDERS};
use crate::record::{Field, FieldKind, PACKET, REVIEW, Record, SYSTEM, Value};
use crate::workspace::{Edit, Error, Result};

impl Case {
    /// The team hands it in.
    pub(super) fn intake(&mut self, at: DateTime<Utc>, policy: &Policy) -> Result<Vec<Edit>> {
        let random = &mut self.random;
        let (system, review, packet) = (id(at, random), id(at, random), id(at, random));
        let model_type = *random.weighted(&[("classical ML", 30), ("prompted LLM", 12), ("RAG", 10), ("vision", 8)]);
        let model_type = if random.chance(35) { *random.of(MODEL_TYPES) } else { model_type };
        let provider = *random.of(PROVIDERS);
        let team = *random.of(TEAMS);
        let submitted = at.date_naive();
        self.packet = self.answers(model_type, provider);
        if self.random.chance(60) {
            self.complete(policy, submitted)?;
        }
        self.packet.set("review", review.as_str());
        self.review.clone_from(&review);
        self.system.clone_from(&system);
        let system_fields: Fields = vec![
            ("name", self.name.as_str().into()),
            ("summary", format!("{} for the team {team}.", self.name).into()),
            ("product_area", (*self.random.of(TEAMS)).into()),
            ("team", team.into()),
            ("business_owner", self.requester.as_str().into()),
            ("technical_owner", self.someone()),
            ("lifecycle", (*self.random.of(&["development", "pilot", "production"])).into()),
            ("model_type", model_type.into()),
            ("model_provider", provider.into()),
            ("model_version", format!("{}.{}", self.random.between(1, 4), self.random.between(0, 9)).into()),
        ];
        let review_fields: Fields = vec![
            ("title", self.name.as_str().into()),
            ("system", system.as_str().into()),
            ("kind", (*self.random.weighted(&[("launch", 6), ("change", 3), ("periodic", 2), ("incident", 1)])).into()),
            ("priority", (*self.random.weighted(&[("urgent", 1), ("high", 3), ("normal", 10), ("low", 3)])).into()),
            ("requester", self.requester.as_str().into()),
            ("submitted_at", submitted.into()),
            ("target_on", self.after(submitted, 20, 70)),
            ("launch_on", self.after(submitted, 60, 160)),
        ];
        let packet_fields: Fields = self
            .packet
            .fields()
            .filter(|(field, value)| field.is_editable() && !value.is_empty())
            .map(|(field, value)| (field.name, value.clone()))
            .collect();
        Ok(vec![
            add(&SYSTEM, system, system_fields),
            add(&REVIEW, review, review_fields),
            add(&PACKET, packet, packet_fields),
        ])
    }

    /// A careful team answers what is asked of it, also what is asked only because of an answer.
    fn complete(&mut self, policy: &Policy, on: NaiveDate) -> Result<()> {
        for _ in 0..2 {
            let failed = |error: RuleError| Error::Policy(error.to_string());
            let asked = policy.requirements_for(&self.packet).map_err(failed)?;
            let missing: Vec<&Field> =
                asked.iter().filter(|asked| !asked.answered).map(|asked| asked.requirement.field).collect();
            for field in missing {
                let answer = match field.kind {
                    FieldKind::Choice(choices) => (*self.random.of(choices)).into(),
                    FieldKind::Day => self.after(on, 60, 160),
                    FieldKind::Words => Value::List(vec!["none".to_owned()]),
                    FieldKind::Line | FieldKind::Prose => "As the plan of the team says.".into(),
                    // Nothing else is asked for; what is would stay open.
                    _ => continue,
                };
                self.packet.set(field.name, answer);
            }
        }
        Ok(())
    }

    /// What the team says; about a fifth of it left out.
    fn answers(&mut self, model_type: &str, provider: &str) -> Record {
        let name = self.name.clone();
        let random = &mut self.random;
        let mut packet = Record::empty(&PACKET);
        let domain = if random.chance(60) { "other" } else { *random.of(DOMAINS) };
        let said: [(&'static str, String); 19] = [
            ("use_case", format!("{name}, so that cases are handled sooner.")),
            ("intended_use", "By trained staff, on cases of this product.".to_owned()),
            ("out_of_scope_use", "Decisions without a person.".to_owned()),
            ("users", "Case workers.".to_owned()),
            ("affected_people", "Customers whose case it is.".to_owned()),
            ("decision_role", (*random.of(&["informs", "assists", "assists", "decides with review"])).to_owned()),
            ("domain", domain.to_owned()),
            (
                "declared_impact",
                (*random.of(&["neither", "neither", "rights-impacting", "safety-impacting"])).to_owned(),
            ),
            ("data_sources", "Cases of the last three years.".to_owned()),
            ("personal_data", (*random.of(&["none", "personal", "personal", "special category"])).to_owned()),
            ("training_data_provenance", "Own cases, with consent.".to_owned()),
            ("lawful_basis", "Contract.".to_owned()),
            ("retention", "Two years.".to_owned()),
            ("model_type", model_type.to_owned()),
            ("model_provider", provider.to_owned()),
            ("exposure", (*random.of(&["internal", "internal", "customers", "public"])).to_owned()),
            ("human_oversight", (*random.of(&["before action", "after action", "override"])).to_owned()),
            ("fallback", "The queue as it was before.".to_owned()),
            ("monitoring_plan", "Error rates each week, by the team.".to_owned()),
        ];
        for (field, answer) in said {
            if random.chance(82) {
                packet.set(field, answer);
            }
        }
        packet.set("geography", Value::List(vec![(*random.of(&["EU", "US", "UK", "JP"])).to_owned()]));
        packet
    }
}
