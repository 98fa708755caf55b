-- Decisions with what they were about, delegations of the right to decide, and conflicts of interest.
-- `decision.snapshot` is canonical JSON; `digest` is its SHA-256; `signature` is an SSH signature (PEM), where there is one.

CREATE TABLE "decision" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT,
  "kind" TEXT,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "subject" TEXT,
  "outcome" TEXT,
  "status" TEXT,
  "rationale" TEXT,
  "conditions" TEXT,
  "compensating_control" TEXT,
  "dissent" TEXT,
  "expires_on" TEXT,
  "decided_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "role" TEXT,
  "rule" TEXT,
  "on_behalf_of" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "delegation" TEXT,
  "decided_at" TEXT,
  "meeting" TEXT,
  "digest" TEXT,
  "snapshot" TEXT,
  "withdrawn_reason" TEXT,
  "signature" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('superseded', 'withdrawn')) VIRTUAL
) STRICT;

CREATE INDEX decision_review ON "decision"("review");
CREATE INDEX decision_subject ON "decision"("subject");
CREATE INDEX decision_decided_by ON "decision"("decided_by");
CREATE INDEX decision_on_behalf_of ON "decision"("on_behalf_of");

CREATE TABLE "delegation" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "delegator" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "delegate" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "kinds" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("kinds")),
  "starts_on" TEXT NOT NULL,
  "ends_on" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX delegation_delegator ON "delegation"("delegator");
CREATE INDEX delegation_delegate ON "delegation"("delegate");

CREATE TABLE "recusal" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "person" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "reason" TEXT NOT NULL,
  "declared_at" TEXT,
  "ended_on" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX recusal_person ON "recusal"("person");
CREATE INDEX recusal_review ON "recusal"("review");
CREATE INDEX recusal_system ON "recusal"("system");

-- The decisions by which an item is waived and a risk accepted; both end.
ALTER TABLE "checklist_item" ADD COLUMN "waived_until" TEXT;
ALTER TABLE "checklist_item" ADD COLUMN "waiver" TEXT REFERENCES "decision"(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "risk" ADD COLUMN "acceptance_decision" TEXT REFERENCES "decision"(id) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX checklist_item_waiver ON "checklist_item"("waiver") WHERE "waiver" IS NOT NULL;
CREATE INDEX risk_acceptance_decision ON "risk"("acceptance_decision") WHERE "acceptance_decision" IS NOT NULL;
-- What has run out is counted on every screen.
CREATE INDEX checklist_item_waived ON "checklist_item"("waived_until") WHERE "status" = 'waived';
CREATE INDEX risk_accepted ON "risk"("accepted_until") WHERE "status" = 'accepted';

-- The decision of which an action is a condition.
ALTER TABLE "action" ADD COLUMN "decision" TEXT REFERENCES "decision"(id) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX action_decision ON "action"("decision") WHERE "decision" IS NOT NULL;
