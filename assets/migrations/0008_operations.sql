-- After the launch: signals and their readings, alerts, incidents with their timelines and temporary mitigations; and what
-- the programme does for people: enablement sessions and survey responses.

-- What is watched after a launch.
CREATE TABLE "signal" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "name" TEXT NOT NULL,
  "system" TEXT NOT NULL REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "kind" TEXT,
  "definition" TEXT,
  "bad_when" TEXT,
  "threshold" TEXT,
  "unit" TEXT,
  "every_hours" INTEGER,
  "owner" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "alert_route" TEXT,
  "runbook" TEXT,
  "status" TEXT,
  "route_test" TEXT REFERENCES "evidence"(id) DEFERRABLE INITIALLY DEFERRED,
  "route_tested_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('retired')) VIRTUAL
) STRICT;

CREATE INDEX signal_system ON "signal"("system");
CREATE INDEX signal_owner ON "signal"("owner");
CREATE INDEX signal_route_test ON "signal"("route_test");
CREATE INDEX signal_list ON "signal"(is_open, ifnull("name", '􏿽'), no);

-- Readings of a signal, a batch at a time; the readings themselves are content, by their SHA-256.
CREATE TABLE "series" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT,
  "signal" TEXT NOT NULL REFERENCES "signal"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "source" TEXT,
  "first_at" TEXT,
  "last_at" TEXT,
  "points" INTEGER,
  "left_out" INTEGER,
  "left_out_note" TEXT,
  "lowest" TEXT,
  "highest" TEXT,
  "sha256" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX series_signal ON "series"("signal");
CREATE INDEX series_system ON "series"("system");

-- What went wrong with a system in use.
CREATE TABLE "incident" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "system" TEXT NOT NULL REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "release" TEXT REFERENCES "release"(id) DEFERRABLE INITIALLY DEFERRED,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "severity" TEXT,
  "detected_at" TEXT NOT NULL,
  "aware_at" TEXT,
  "detected_by" TEXT,
  "harm" TEXT,
  "people_affected" INTEGER,
  "status" TEXT,
  "commander" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "clocks" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("clocks")),
  "clock_note" TEXT,
  "report_due_on" TEXT,
  "root_cause" TEXT,
  "control_gaps" TEXT,
  "learnings" TEXT,
  "risks" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("risks")),
  "contained_at" TEXT,
  "resolved_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('resolved', 'reviewed')) VIRTUAL
) STRICT;

CREATE INDEX incident_system ON "incident"("system");
CREATE INDEX incident_release ON "incident"("release");
CREATE INDEX incident_review ON "incident"("review");
CREATE INDEX incident_commander ON "incident"("commander");
CREATE INDEX incident_list ON "incident"(is_open, ifnull("detected_at", '') DESC, no);

-- An incident's timeline.
CREATE TABLE "incident_entry" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "incident" TEXT NOT NULL REFERENCES "incident"(id) DEFERRABLE INITIALLY DEFERRED,
  "at" TEXT,
  "kind" TEXT,
  "text" TEXT NOT NULL,
  "clock" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX incident_entry_incident ON "incident_entry"("incident");
CREATE INDEX incident_entry_list ON "incident_entry"(ifnull("at", '9999-12-31'), no);

-- What was put in for a while.
CREATE TABLE "incident_mitigation" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "incident" TEXT NOT NULL REFERENCES "incident"(id) DEFERRABLE INITIALLY DEFERRED,
  "kind" TEXT,
  "put_in_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "put_in_at" TEXT,
  "ends_on" TEXT NOT NULL,
  "ended_at" TEXT,
  "end_note" TEXT,
  "status" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('ended')) VIRTUAL
) STRICT;

CREATE INDEX incident_mitigation_incident ON "incident_mitigation"("incident");
CREATE INDEX incident_mitigation_put_in_by ON "incident_mitigation"("put_in_by");
CREATE INDEX incident_mitigation_list ON "incident_mitigation"(is_open, ifnull("ends_on", '9999-12-31'), no);

-- Calls of signals.
CREATE TABLE "alert" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT,
  "signal" TEXT NOT NULL REFERENCES "signal"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "raised_at" TEXT NOT NULL,
  "value" TEXT,
  "key" TEXT,
  "detail" TEXT,
  "status" TEXT,
  "acknowledged_at" TEXT,
  "acknowledged_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "routed_to" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "disposition" TEXT,
  "disposition_note" TEXT,
  "incident" TEXT REFERENCES "incident"(id) DEFERRABLE INITIALLY DEFERRED,
  "closed_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('closed')) VIRTUAL
) STRICT;

CREATE INDEX alert_signal ON "alert"("signal");
CREATE INDEX alert_system ON "alert"("system");
CREATE INDEX alert_acknowledged_by ON "alert"("acknowledged_by");
CREATE INDEX alert_routed_to ON "alert"("routed_to");
CREATE INDEX alert_incident ON "alert"("incident");
CREATE INDEX alert_list ON "alert"(is_open, ifnull("raised_at", '') DESC, no);
-- One alert for each key that a pipeline gives.
CREATE UNIQUE INDEX alert_key ON "alert"("signal", "key") WHERE "key" IS NOT NULL;
CREATE INDEX alert_raised ON "alert"("raised_at");

-- What was taught.
CREATE TABLE "enablement" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "held_on" TEXT NOT NULL,
  "kind" TEXT,
  "attendees" INTEGER,
  "team" TEXT,
  "product_area" TEXT,
  "held_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX enablement_held_by ON "enablement"("held_by");
CREATE INDEX enablement_list ON "enablement"(ifnull("held_on", '') DESC, no);

-- What teams thought of reviews.
CREATE TABLE "survey" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT,
  "review" TEXT NOT NULL REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "given_on" TEXT,
  "score" INTEGER NOT NULL,
  "comment" TEXT,
  "respondent" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX survey_review ON "survey"("review");
CREATE INDEX survey_list ON "survey"(ifnull("given_on", '') DESC, no);

-- Figures over a period ask for what happened in it.
CREATE INDEX release_launched ON "release"("launched_on") WHERE "launched_on" IS NOT NULL;
CREATE INDEX risk_category ON "risk"("category");
