-- A document about an incident names it; until now its tags did.
ALTER TABLE "document" ADD COLUMN "incident" TEXT REFERENCES "incident"(id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX document_incident ON "document"("incident") WHERE "incident" IS NOT NULL;
UPDATE "document" SET "incident" = (
  SELECT i.id FROM "incident" i, json_each("document"."tags") t WHERE t.value = i.ref LIMIT 1
) WHERE "template" = 'post-incident-learnings';

-- The figure of complete evidence counts what checklist items ask for, of all reviews at once: from this index alone.
CREATE INDEX checklist_item_asked
  ON "checklist_item"("review", "status", "created_at", "assessed_at", "waived_until", "evidence")
  WHERE "required_evidence" <> '[]';
