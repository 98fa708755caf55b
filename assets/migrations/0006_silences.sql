-- Findings of standing checks that somebody silenced, one by one, with a reason and an end.

CREATE TABLE "silence" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "rule" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "until" TEXT NOT NULL,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX silence_subject ON "silence"("subject");
CREATE INDEX silence_order ON "silence"(ifnull("until", '9999-12-31'), no);
