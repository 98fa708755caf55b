-- The workspace of the Desk: records, their history, drafts, and the content of evidence.
--
-- Times are RFC 3339 in UTC with milliseconds, dates are YYYY-MM-DD, lists are JSON arrays. `no` counts the rows of a
-- table on this machine; `id` is the record's name everywhere (UUIDv7); `ref` is what people say aloud.
-- A released migration is never changed; add the next one.

CREATE TABLE meta (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The next number of each kind's references; a number is never given twice.
CREATE TABLE counter (
  kind TEXT NOT NULL PRIMARY KEY,
  next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Each row's before and after (JSON), written by triggers whatever program writes the row.
CREATE TABLE history_entry (
  no INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  record TEXT NOT NULL,
  op TEXT NOT NULL CHECK (op IN ('add', 'set', 'delete')),
  before TEXT,
  after TEXT
) STRICT;

CREATE INDEX history_entry_record ON history_entry(record);

-- A change seals the entries from first_entry to last_entry: hash is the SHA-256 over them and the previous hash.
CREATE TABLE history_change (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at TEXT NOT NULL,
  by TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('edit', 'import', 'undo', 'redo', 'outside')),
  what TEXT NOT NULL,
  why TEXT,
  target INTEGER REFERENCES history_change(no),
  first_entry INTEGER NOT NULL,
  last_entry INTEGER NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX history_change_range ON history_change(first_entry);
CREATE INDEX history_change_target ON history_change(target) WHERE target IS NOT NULL;

-- What is being typed, kept until it is saved or thrown away. Not history: it is not yet said.
CREATE TABLE draft (
  key TEXT NOT NULL PRIMARY KEY,
  by TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  saved_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Copies of evidence, by their SHA-256.
CREATE TABLE content (
  sha256 TEXT NOT NULL PRIMARY KEY,
  bytes INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

-- The layers of policy that belong to this workspace, the lowest first.
CREATE TABLE policy_layer (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL
) STRICT;

-- What was last imported for a row of an outside inventory, to tell what was edited here since.
CREATE TABLE import_row (
  no INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mapping TEXT NOT NULL,
  key TEXT NOT NULL,
  system TEXT NOT NULL,
  review TEXT NOT NULL,
  packet TEXT NOT NULL,
  source TEXT NOT NULL,
  imported TEXT NOT NULL CHECK (json_valid(imported))
) STRICT;

-- Somebody who asks for, reviews, owns, decides or attends.
CREATE TABLE "person" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "handle" TEXT NOT NULL,
  "email" TEXT,
  "function" TEXT,
  "team" TEXT,
  "roles" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("roles")),
  "active" INTEGER CHECK ("active" IN (0, 1)),
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- An AI feature, model or application that is reviewed, over its whole life.
CREATE TABLE "system" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "summary" TEXT,
  "product_area" TEXT,
  "team" TEXT,
  "business_owner" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "technical_owner" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "lifecycle" TEXT,
  "model_type" TEXT,
  "model_provider" TEXT,
  "model_name" TEXT,
  "model_version" TEXT,
  "links" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("links")),
  "source" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("lifecycle" IS NULL OR "lifecycle" NOT IN ('retired')) VIRTUAL
) STRICT;

CREATE INDEX system_business_owner ON "system"("business_owner");
CREATE INDEX system_technical_owner ON "system"("technical_owner");

-- A product release of a system, or a model version going live.
CREATE TABLE "release" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "system" TEXT NOT NULL REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "name" TEXT NOT NULL,
  "model_version" TEXT,
  "planned_on" TEXT,
  "launched_on" TEXT,
  "rolled_back_on" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX release_system ON "release"("system");

-- One passage of a system, or of one release of it, from intake to decision.
CREATE TABLE "review" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "system" TEXT NOT NULL REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "release" TEXT REFERENCES "release"(id) DEFERRABLE INITIALLY DEFERRED,
  "kind" TEXT,
  "stage" TEXT,
  "priority" TEXT,
  "reviewer" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "requester" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "submitted_at" TEXT,
  "target_on" TEXT,
  "launch_on" TEXT,
  "proposed_tier" TEXT,
  "tier" TEXT,
  "tier_reason" TEXT,
  "waiting_on" TEXT,
  "waiting_since" TEXT,
  "stage_reason" TEXT,
  "stage_since" TEXT,
  "due_on" TEXT,
  "decided_at" TEXT,
  "outcome" TEXT,
  "urgency" INTEGER,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("stage" IS NULL OR "stage" NOT IN ('rejected', 'withdrawn', 'launched', 'monitoring', 'closed')) VIRTUAL
) STRICT;

CREATE INDEX review_system ON "review"("system");
CREATE INDEX review_release ON "review"("release");
CREATE INDEX review_reviewer ON "review"("reviewer");
CREATE INDEX review_requester ON "review"("requester");

-- What a team must say about a system before it can be triaged.
CREATE TABLE "packet" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "review" TEXT NOT NULL REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "use_case" TEXT,
  "intended_use" TEXT,
  "out_of_scope_use" TEXT,
  "users" TEXT,
  "affected_people" TEXT,
  "decision_role" TEXT,
  "domain" TEXT,
  "declared_impact" TEXT,
  "data_sources" TEXT,
  "personal_data" TEXT,
  "protected_attributes_available" TEXT,
  "training_data_provenance" TEXT,
  "lawful_basis" TEXT,
  "retention" TEXT,
  "model_type" TEXT,
  "model_provider" TEXT,
  "deployment_surface" TEXT,
  "exposure" TEXT,
  "geography" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("geography")),
  "languages" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("languages")),
  "scale" TEXT,
  "human_oversight" TEXT,
  "fallback" TEXT,
  "disclosure" TEXT,
  "appeal" TEXT,
  "monitoring_plan" TEXT,
  "known_risks" TEXT,
  "stakeholders" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("stakeholders")),
  "planned_launch_on" TEXT,
  "answered" INTEGER,
  "asked" INTEGER,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX packet_review ON "packet"("review");

-- An additional review that triage finds necessary: privacy, security, legal …
CREATE TABLE "route" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "review" TEXT NOT NULL REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "function" TEXT NOT NULL,
  "reason" TEXT,
  "reviewer" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "requested_at" TEXT,
  "due_on" TEXT,
  "status" TEXT,
  "outcome_note" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('cleared', 'cleared with conditions', 'not needed')) VIRTUAL
) STRICT;

CREATE INDEX route_review ON "route"("review");
CREATE INDEX route_reviewer ON "route"("reviewer");

-- What may go wrong, for whom, how bad it would be, and what is done about it.
CREATE TABLE "risk" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "category" TEXT,
  "statement" TEXT,
  "affected_groups" TEXT,
  "severity" INTEGER CHECK ("severity" BETWEEN 1 AND 5),
  "likelihood" INTEGER CHECK ("likelihood" BETWEEN 1 AND 5),
  "residual_severity" INTEGER CHECK ("residual_severity" BETWEEN 1 AND 5),
  "residual_likelihood" INTEGER CHECK ("residual_likelihood" BETWEEN 1 AND 5),
  "treatment" TEXT,
  "status" TEXT,
  "owner" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "due_on" TEXT,
  "found_phase" TEXT,
  "found_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "pattern" TEXT,
  "controls" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("controls")),
  "evidence" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("evidence")),
  "acceptance" TEXT,
  "accepted_until" TEXT,
  "inherent_level" TEXT,
  "residual_level" TEXT,
  "level" TEXT,
  "rank" INTEGER,
  "closed_on" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('mitigated', 'accepted', 'closed')) VIRTUAL
) STRICT;

CREATE INDEX risk_review ON "risk"("review");
CREATE INDEX risk_system ON "risk"("system");
CREATE INDEX risk_owner ON "risk"("owner");
CREATE INDEX risk_found_by ON "risk"("found_by");

-- A file, a link, a log or a report that proves something, with its SHA-256.
CREATE TABLE "evidence" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "kind" TEXT,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "number" INTEGER,
  "status" TEXT,
  "origin" TEXT,
  "sha256" TEXT,
  "bytes" INTEGER,
  "media_type" TEXT,
  "stored" INTEGER CHECK ("stored" IN (0, 1)),
  "model_version" TEXT,
  "release" TEXT REFERENCES "release"(id) DEFERRABLE INITIALLY DEFERRED,
  "produced_on" TEXT,
  "produced_by" TEXT,
  "method" TEXT,
  "verdict_reason" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('rejected', 'superseded')) VIRTUAL
) STRICT;

CREATE INDEX evidence_review ON "evidence"("review");
CREATE INDEX evidence_system ON "evidence"("system");
CREATE INDEX evidence_release ON "evidence"("release");

-- A piece of work with an owner and a due date: a mitigation, a follow-up, a request.
CREATE TABLE "action" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "kind" TEXT,
  "source" TEXT,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "severity" INTEGER CHECK ("severity" BETWEEN 1 AND 5),
  "repro_steps" TEXT,
  "acceptance_criteria" TEXT,
  "owner" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "due_on" TEXT,
  "status" TEXT,
  "launch_blocking" INTEGER CHECK ("launch_blocking" IN (0, 1)),
  "closing_evidence" TEXT REFERENCES "evidence"(id) DEFERRABLE INITIALLY DEFERRED,
  "ticket" TEXT,
  "ticket_url" TEXT,
  "closing_note" TEXT,
  "closed_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('done', 'cancelled')) VIRTUAL
) STRICT;

CREATE INDEX action_source ON "action"("source");
CREATE INDEX action_review ON "action"("review");
CREATE INDEX action_owner ON "action"("owner");
CREATE INDEX action_closing_evidence ON "action"("closing_evidence");

-- One use of a versioned checklist template in one review.
CREATE TABLE "checklist" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "review" TEXT NOT NULL REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "template" TEXT NOT NULL,
  "template_version" INTEGER NOT NULL,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX checklist_review ON "checklist"("review");

-- One thing to check, what it must be shown with, and what was found.
CREATE TABLE "checklist_item" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "code" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "status" TEXT,
  "checklist" TEXT NOT NULL REFERENCES "checklist"(id) DEFERRABLE INITIALLY DEFERRED,
  "review" TEXT NOT NULL REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "guidance" TEXT,
  "controls" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("controls")),
  "required_evidence" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("required_evidence")),
  "reason" TEXT,
  "evidence" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("evidence")),
  "assessed_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "assessed_at" TEXT,
  "position" INTEGER,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('pass', 'not applicable', 'waived')) VIRTUAL
) STRICT;

CREATE INDEX checklist_item_checklist ON "checklist_item"("checklist");
CREATE INDEX checklist_item_review ON "checklist_item"("review");
CREATE INDEX checklist_item_assessed_by ON "checklist_item"("assessed_by");

CREATE UNIQUE INDEX person_handle_once ON "person"("handle" COLLATE NOCASE);
CREATE UNIQUE INDEX packet_once ON "packet"("review");

-- The orders of the Desk's panes: each list reads its page from one of these and nothing else.
CREATE INDEX review_queue ON "review"(is_open, ifnull("urgency", 9223372036854775807), ifnull("due_on", '9999-12-31'), no);
CREATE INDEX risk_register ON "risk"(is_open, ifnull("rank", -1) DESC, ifnull("due_on", '9999-12-31'), no);
CREATE INDEX action_list ON "action"(is_open, ifnull("due_on", '9999-12-31'), no);
CREATE INDEX checklist_item_list ON "checklist_item"(is_open, ifnull("review", '') DESC, ifnull("position", 9223372036854775807), no);
CREATE INDEX review_stage ON "review"("stage", "tier");
