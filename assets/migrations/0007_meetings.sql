-- Meetings: who belongs to them and when they were in the room, the agenda with its clock, motions and votes. Decisions,
-- recusals and documents say to which meeting they belong.

CREATE TABLE "meeting" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "status" TEXT,
  "starts_at" TEXT NOT NULL,
  "planned" INTEGER,
  "facilitator" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "place" TEXT,
  "quorum" INTEGER,
  "quorum_roles" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("quorum_roles")),
  "remarks" TEXT,
  "current" TEXT,
  "began_at" TEXT,
  "ended_at" TEXT,
  "minutes_status" TEXT,
  "minutes" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('ended', 'cancelled')) VIRTUAL
) STRICT;

CREATE INDEX meeting_facilitator ON "meeting"("facilitator");
CREATE INDEX meeting_kind ON "meeting"("kind");
CREATE INDEX meeting_order ON "meeting"(ifnull("starts_at", ''), no);

CREATE TABLE "agenda" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "meeting" TEXT NOT NULL REFERENCES "meeting"(id) DEFERRABLE INITIALLY DEFERRED,
  "position" INTEGER,
  "section" TEXT,
  "subject" TEXT,
  "asks" TEXT,
  "proposed" TEXT,
  "proposal" TEXT,
  "control" TEXT,
  "until" TEXT,
  "questions" TEXT,
  "planned" INTEGER,
  "presenter" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "reason" TEXT,
  "carried_from" TEXT REFERENCES "agenda"(id) DEFERRABLE INITIALLY DEFERRED,
  "minutes" TEXT,
  "outcome" TEXT,
  "outcome_note" TEXT,
  "quorum_then" TEXT,
  "seconds" INTEGER,
  "running_since" TEXT,
  "closed_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("outcome" IS NULL OR "outcome" NOT IN ('decided', 'recommended', 'noted', 'discussed', 'carried over', 'not reached', 'withdrawn')) VIRTUAL
) STRICT;

CREATE INDEX agenda_meeting ON "agenda"("meeting");
CREATE INDEX agenda_subject ON "agenda"("subject");
CREATE INDEX agenda_presenter ON "agenda"("presenter");
CREATE INDEX agenda_carried_from ON "agenda"("carried_from") WHERE "carried_from" IS NOT NULL;
-- What waits for the next meeting.
CREATE INDEX agenda_carried_over ON "agenda"("outcome", no) WHERE "outcome" IN ('carried over', 'not reached');

CREATE TABLE "attendance" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "name" TEXT,
  "meeting" TEXT NOT NULL REFERENCES "meeting"(id) DEFERRABLE INITIALLY DEFERRED,
  "person" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "seat" TEXT,
  "role" TEXT,
  "excused" INTEGER CHECK ("excused" IN (0, 1)),
  "present" INTEGER CHECK ("present" IN (0, 1)),
  "spans" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("spans")),
  "arrived_at" TEXT,
  "left_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE UNIQUE INDEX attendance_once ON "attendance"("meeting", "person");
CREATE INDEX attendance_person ON "attendance"("person");

CREATE TABLE "motion" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "title" TEXT NOT NULL,
  "agenda_item" TEXT NOT NULL REFERENCES "agenda"(id) DEFERRABLE INITIALLY DEFERRED,
  "meeting" TEXT REFERENCES "meeting"(id) DEFERRABLE INITIALLY DEFERRED,
  "proposes" TEXT,
  "method" TEXT,
  "status" TEXT,
  "in_favour" INTEGER,
  "against" INTEGER,
  "abstained" INTEGER,
  "eligible" INTEGER,
  "quorum_then" TEXT,
  "moved_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "moved_at" TEXT,
  "closed_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  is_open INTEGER GENERATED ALWAYS AS ("status" IS NULL OR "status" NOT IN ('carried', 'lost', 'tied', 'no quorum', 'withdrawn')) VIRTUAL
) STRICT;

CREATE INDEX motion_agenda_item ON "motion"("agenda_item");
CREATE INDEX motion_meeting ON "motion"("meeting");
CREATE INDEX motion_moved_by ON "motion"("moved_by");

CREATE TABLE "vote" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "name" TEXT,
  "motion" TEXT NOT NULL REFERENCES "motion"(id) DEFERRABLE INITIALLY DEFERRED,
  "person" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "choice" TEXT NOT NULL,
  "reason" TEXT,
  "cast_at" TEXT,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE UNIQUE INDEX vote_once ON "vote"("motion", "person");
CREATE INDEX vote_person ON "vote"("person");

-- A decision that was made in a meeting names the item; what the room was and how it voted is part of it.
ALTER TABLE "decision" ADD COLUMN "agenda_item" TEXT REFERENCES "agenda"(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "decision" ADD COLUMN "quorum" TEXT;
ALTER TABLE "decision" ADD COLUMN "votes" TEXT;

CREATE INDEX decision_meeting ON "decision"("meeting") WHERE "meeting" IS NOT NULL;
CREATE INDEX decision_agenda_item ON "decision"("agenda_item") WHERE "agenda_item" IS NOT NULL;

-- A recusal may be for one item of one meeting.
ALTER TABLE "recusal" ADD COLUMN "agenda_item" TEXT REFERENCES "agenda"(id) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX recusal_agenda_item ON "recusal"("agenda_item") WHERE "agenda_item" IS NOT NULL;

-- The meeting whose minutes a document is.
ALTER TABLE "document" ADD COLUMN "meeting" TEXT REFERENCES "meeting"(id) DEFERRABLE INITIALLY DEFERRED;

CREATE INDEX document_meeting ON "document"("meeting") WHERE "meeting" IS NOT NULL;
