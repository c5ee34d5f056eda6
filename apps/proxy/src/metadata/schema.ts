import type { UploadStatus } from '@slipway/core'
import type { Generated, Kysely, Transaction } from 'kysely'

// Rows as stored: text ids, integers for times (ms since the epoch), sizes (bytes) and flags (0 or 1), so that SQLite and
// PostgreSQL hold the same things.

export interface AccountRow {
  readonly id: string
  /** What counts against the quota: all parts of images that are not purged. */
  readonly stored_bytes: Generated<number>
}

export interface WorkspaceRow {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly created_at_ms: number
  readonly deleted_at_ms: number | null
}

export interface ImageRow {
  readonly id: string
  readonly account: string
  readonly workspace_id: string
  readonly name: string
  readonly upload_status: UploadStatus
  readonly sha256: string | null
  readonly size_bytes: number | null
  readonly is_sha256_verified: number
  readonly is_public: number
  readonly is_default: number
  /** Counts the changes of the image's parts: `complete` holds only for the manifest that was hashed. */
  readonly manifest_revision: number
  readonly created_at_ms: number
  readonly completed_at_ms: number | null
  readonly deleted_at_ms: number | null
  /** When the parts last changed: an upload that rests for too long expires. */
  readonly last_part_at_ms: number | null
  readonly failed_at_ms: number | null
  /** When the bytes of a deleted or failed image were removed. */
  readonly purged_at_ms: number | null
  /** The object store's id of the multipart upload; null where parts are files. */
  readonly upload_id: string | null
  /** The digest of the assembled object, where it was hashed before the completion was recorded. */
  readonly object_sha256: string | null
  /** The digest that an object store was asked to complete the upload with, and when; cleared when nothing came of it. */
  readonly begun_sha256: string | null
  readonly begun_at_ms: number | null
  /** Why the image failed, where that is known. */
  readonly failure_reason: string | null
}

export interface PartRow {
  readonly image_id: string
  readonly part_number: number
  readonly size_bytes: number
  readonly sha256: string | null
  readonly etag: string
  readonly blob_key: string
}

export interface TokenRow {
  readonly id: string
  readonly name: string
  /** SHA-256 of the token, hexadecimal: the token itself is stored nowhere. */
  readonly hash: string
  readonly role: string
  readonly account: string
  readonly workspace_id: string | null
  readonly created_at_ms: number
  readonly expires_at_ms: number | null
  readonly last_used_at_ms: number | null
  readonly revoked_at_ms: number | null
}

export interface SecretRow {
  readonly id: string
  readonly purpose: 'url-signing' | 'cursor'
  /** Base64url. */
  readonly value: string
  readonly created_at_ms: number
  /** When a newer key took over; it verifies for as long as its URLs live, then it is removed. */
  readonly retired_at_ms: number | null
}

export interface IdempotencyRow {
  readonly account: string
  readonly key: string
  /** SHA-256 of what was asked for. */
  readonly fingerprint: string
  /** JSON. */
  readonly answer: string
  readonly created_at_ms: number
}

export interface AuditRow {
  readonly id: string
  readonly at_ms: number
  readonly account: string | null
  /** A token's id, or `host` for somebody on the machine itself. */
  readonly actor: string
  readonly action: string
  readonly target: string | null
  readonly status: number
  readonly request_id: string | null
}

export interface LeaseRow {
  readonly name: string
  readonly holder: string
  readonly expires_at_ms: number
}

/** What passed through to an upstream and is not completed there yet, or was verified on its way. */
export interface RelayedImageRow {
  readonly image_id: string
  readonly max_size_bytes: number | null
  readonly is_sha256_verified: number
  readonly last_part_at_ms: number
}

export interface RelayedPartRow {
  readonly image_id: string
  readonly part_number: number
  readonly size_bytes: number
  readonly sha256: string | null
  readonly etag: string
  /** Where a copy is kept until completion, to hash the whole; null where none is. */
  readonly blob_key: string | null
}

export interface Tables {
  readonly accounts: AccountRow
  readonly workspaces: WorkspaceRow
  readonly images: ImageRow
  readonly parts: PartRow
  readonly tokens: TokenRow
  readonly secrets: SecretRow
  readonly idempotency_keys: IdempotencyRow
  readonly audit_events: AuditRow
  readonly leases: LeaseRow
  readonly relayed_images: RelayedImageRow
  readonly relayed_parts: RelayedPartRow
}

export type Database = Kysely<Tables>
/** A transaction or the plain database: what runs in either takes this. */
export type Connection = Database | Transaction<Tables>
