-- Analysis runs: what was measured of a model, on which data, and what it comes to against the thresholds of policy.
-- Results are kept in "content" by their SHA-256, as the content of evidence is, so that no list has to read them.

CREATE TABLE "analysis" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "kind" TEXT,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "release" TEXT REFERENCES "release"(id) DEFERRABLE INITIALLY DEFERRED,
  "model_version" TEXT,
  "verdict" TEXT,
  "limitations" TEXT,
  "explanation" TEXT,
  "reasons" TEXT,
  "status" TEXT,
  "tool" TEXT,
  "tool_version" TEXT,
  "dataset" TEXT,
  "sha256" TEXT,
  "n" INTEGER,
  "metrics" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("metrics")),
  "sliced_by" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("sliced_by")),
  "produced_on" TEXT,
  "evidence" TEXT REFERENCES "evidence"(id) DEFERRABLE INITIALLY DEFERRED,
  "parameters" TEXT CHECK ("parameters" IS NULL OR json_valid("parameters")),
  "results" TEXT,
  "supersedes" TEXT REFERENCES "analysis"(id) DEFERRABLE INITIALLY DEFERRED,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('stale', 'withdrawn')) VIRTUAL
) STRICT;

CREATE INDEX analysis_review ON "analysis"("review");
CREATE INDEX analysis_system ON "analysis"("system");
CREATE INDEX analysis_release ON "analysis"("release");
CREATE INDEX analysis_evidence ON "analysis"("evidence");
CREATE INDEX analysis_status ON "analysis"("status");
-- One run follows another: a second successor of the same one is refused.
CREATE UNIQUE INDEX analysis_supersedes ON "analysis"("supersedes") WHERE "supersedes" IS NOT NULL;
