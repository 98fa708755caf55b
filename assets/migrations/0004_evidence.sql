-- Evidence: versions in a series, who judged it, what it rests on, and what the last look at its origin found.

ALTER TABLE "evidence" ADD COLUMN "supersedes" TEXT REFERENCES "evidence"(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "evidence" ADD COLUMN "evidence" TEXT NOT NULL DEFAULT '[]' CHECK (json_valid("evidence"));
ALTER TABLE "evidence" ADD COLUMN "judged_by" TEXT REFERENCES "person"(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "evidence" ADD COLUMN "judged_at" TEXT;
ALTER TABLE "evidence" ADD COLUMN "drift" TEXT;
ALTER TABLE "evidence" ADD COLUMN "drift_note" TEXT;
ALTER TABLE "evidence" ADD COLUMN "checked_at" TEXT;

-- One version follows another: a second successor of the same one is refused.
CREATE UNIQUE INDEX evidence_supersedes ON "evidence"("supersedes") WHERE "supersedes" IS NOT NULL;
CREATE INDEX evidence_judged_by ON "evidence"("judged_by");
CREATE INDEX evidence_drift ON "evidence"("drift");

-- What evidence proves is found from its side too, without reading everything that has no evidence.
CREATE INDEX checklist_item_evidence ON "checklist_item"("evidence") WHERE "evidence" <> '[]';
CREATE INDEX risk_evidence ON "risk"("evidence") WHERE "evidence" <> '[]';
CREATE INDEX evidence_evidence ON "evidence"("evidence") WHERE "evidence" <> '[]';

-- What is to be done now is found in each register by one of these, however large it is.
CREATE INDEX evidence_status ON "evidence"("status");
CREATE INDEX risk_acceptance ON "risk"(ifnull("accepted_until", '9999-12-31'));
CREATE INDEX review_due ON "review"(is_open, ifnull("due_on", '9999-12-31'), no);
CREATE INDEX review_waiting ON "review"(ifnull("waiting_since", '9999-12-31'));
CREATE INDEX route_list ON "route"(is_open, ifnull("due_on", '9999-12-31'), no);
