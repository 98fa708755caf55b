-- The legal classification of a review: the answers from which the class under the EU AI Act follows, and the outcome.

CREATE TABLE "legal" (
  no INTEGER PRIMARY KEY,
  "id" TEXT NOT NULL UNIQUE,
  "ref" TEXT NOT NULL UNIQUE,
  "version" INTEGER NOT NULL,
  "review" TEXT NOT NULL REFERENCES "review"(id) DEFERRABLE INITIALLY DEFERRED,
  "law" TEXT,
  "scope" TEXT,
  "scope_reason" TEXT,
  "role" TEXT,
  "public_body" TEXT,
  "art_5_a" TEXT,
  "art_5_b" TEXT,
  "art_5_c" TEXT,
  "art_5_d" TEXT,
  "art_5_e" TEXT,
  "art_5_f" TEXT,
  "art_5_g" TEXT,
  "art_5_h" TEXT,
  "art_5_new" TEXT,
  "art_5_reason" TEXT,
  "annex_i" TEXT,
  "annex_i_act" TEXT,
  "third_party_assessment" TEXT,
  "annex_iii" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("annex_iii")),
  "annex_iii_reason" TEXT,
  "profiling" TEXT,
  "art_6_3" TEXT,
  "art_6_3_reason" TEXT,
  "art_50" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("art_50")),
  "gpai" TEXT,
  "on_market_on" TEXT,
  "assessed_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "assessed_on" TEXT,
  "outcome" TEXT,
  "missing" INTEGER,
  "tags" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("tags")),
  "notes" TEXT,
  "created_at" TEXT NOT NULL,
  "created_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED,
  "updated_at" TEXT NOT NULL,
  "updated_by" TEXT NOT NULL REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- A review has one classification, as it has one packet.
CREATE UNIQUE INDEX legal_once ON "legal"("review");
CREATE INDEX legal_assessed_by ON "legal"("assessed_by");
