-- Documents: what is written from templates, in versions, by section; rounds of peer review with comments.
-- Each version is a document of its own that names the one it takes the place of.

CREATE TABLE "document" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "template" TEXT NOT NULL,
  "status" TEXT,
  "number" INTEGER,
  "review" TEXT REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "system" TEXT REFERENCES "system"(id) DEFERRABLE INITIALLY DEFERRED,
  "release" TEXT REFERENCES "release"(id) DEFERRABLE INITIALLY DEFERRED,
  "model_version" TEXT,
  "author" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "reviewer" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "kind" TEXT,
  "template_version" INTEGER,
  "written" INTEGER,
  "sections" INTEGER,
  "rounds" INTEGER,
  "rework" TEXT,
  "submitted_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "submitted_at" TEXT,
  "approved_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "approved_at" TEXT,
  "digest" TEXT,
  "supersedes" TEXT REFERENCES "document"(id) DEFERRABLE INITIALLY DEFERRED,
  "origin" TEXT,
  "front_matter" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('approved', 'superseded')) VIRTUAL
) STRICT;

CREATE INDEX document_review ON "document"("review");
CREATE INDEX document_system ON "document"("system");
CREATE INDEX document_release ON "document"("release");
CREATE INDEX document_author ON "document"("author");
CREATE INDEX document_reviewer ON "document"("reviewer");
CREATE INDEX document_submitted_by ON "document"("submitted_by");
CREATE INDEX document_approved_by ON "document"("approved_by");
CREATE INDEX document_status ON "document"("status");
-- One version follows another: a second successor of the same one is refused.
CREATE UNIQUE INDEX document_supersedes ON "document"("supersedes") WHERE "supersedes" IS NOT NULL;

CREATE TABLE "document_section" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "heading" TEXT NOT NULL,
  "code" TEXT NOT NULL,
  "document" TEXT NOT NULL REFERENCES "document"(id) DEFERRABLE INITIALLY DEFERRED,
  "text" TEXT,
  "guidance" TEXT,
  "origin" TEXT,
  "source" TEXT,
  "taken_at" TEXT,
  "required" INTEGER CHECK ("required" IN (0, 1)),
  "written_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "position" INTEGER,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE UNIQUE INDEX document_section_once ON "document_section"("document", "code");
CREATE INDEX document_section_written_by ON "document_section"("written_by");
-- A section copied from another system is looked for among those with the same code.
CREATE INDEX document_section_code ON "document_section"("code");

CREATE TABLE "document_round" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT,
  "document" TEXT NOT NULL REFERENCES "document"(id) DEFERRABLE INITIALLY DEFERRED,
  "number" INTEGER,
  "reviewer" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "rework" TEXT,
  "summary" TEXT,
  "asked_at" TEXT,
  "given_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "given_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("rework" IS NULL OR "rework" NOT IN ('none', 'minor', 'major')) VIRTUAL
) STRICT;

CREATE INDEX document_round_document ON "document_round"("document");
CREATE INDEX document_round_reviewer ON "document_round"("reviewer");
CREATE INDEX document_round_given_by ON "document_round"("given_by");
-- What waits for a reviewer.
CREATE INDEX document_round_open ON "document_round"("reviewer", no) WHERE "rework" IS NULL;

CREATE TABLE "document_comment" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "text" TEXT NOT NULL,
  "round" TEXT NOT NULL REFERENCES "document_round"(id) DEFERRABLE INITIALLY DEFERRED,
  "document" TEXT REFERENCES "document"(id) DEFERRABLE INITIALLY DEFERRED,
  "section" TEXT,
  "status" TEXT,
  "answer" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('resolved')) VIRTUAL
) STRICT;

CREATE INDEX document_comment_round ON "document_comment"("round");
CREATE INDEX document_comment_document ON "document_comment"("document");
